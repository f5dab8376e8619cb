"""Redirect rules in the words of the usual edges: for declared redirects, and for one canonical address a host."""

from __future__ import annotations

import re
from urllib.parse import parse_qsl

from launchready_tui.checks.reading.urls import counterpart
from launchready_tui.engine.fixkit import quoting
from launchready_tui.engine.fixkit.quoting import Place
from launchready_tui.engine.fixkit.snippet import Snippet
from launchready_tui.model.product import Host, Product
from launchready_tui.model.results import Result

CLOUDFLARE_RULES = "Rules, Redirect Rules: the expression by hand, the whole as a rule of the API"


def declared(result: Result, product: Product) -> tuple[Snippet, ...]:
    """The redirect that the profile promises, in one step and for good."""
    promise = next((item for item in product.redirects if item.source == result.subject), None)
    if promise is None:
        return ()
    source, target = quoting.place(promise.source), quoting.place(promise.target)
    if source is None or target is None:
        return ()
    keeps = source.query == target.query
    """Whether the query goes along as it came: then the rule need not know it."""
    return (
        *_nginx(source, target, keeps),
        Snippet("Caddy", "caddy", _caddy(source, target, keeps), "Caddyfile"),
        *_cloudflare(source, target, keeps),
        Snippet("Vercel", "json", _vercel(source, target, keeps), "vercel.json"),
        *_netlify(source, target, keeps),
    )


def _nginx(source: Place, target: Place, keeps: bool) -> tuple[Snippet, ...]:
    path = quoting.decoded(source.path)
    if not path:
        return ()
    to = f'return 301 "{target.page}$is_args$args";' if keeps else f'return 301 "{target.url}";'
    if not keeps and source.query:
        to = f'if ($args = "{source.query}") {{ {to} }}'
    text = f"# in the server block of {source.host}\nlocation = {quoting.nginx(path)} {{\n    {to}\n}}"
    return (Snippet("nginx", "nginx", text, f"server block of {source.host}"),)


def _caddy(source: Place, target: Place, keeps: bool) -> str:
    to = f"{target.page}?{{query}}" if keeps and source.query else target.page if keeps else target.url
    pairs = "" if keeps or not source.query else f'\n        expression `{{query}} == "{source.query}"`'
    matcher = f"    @moved {{\n        path {source.path}{pairs}\n    }}"
    return f"{source.origin} {{\n{matcher}\n    redir @moved {to} 301\n}}"


def _cloudflare(source: Place, target: Place, keeps: bool) -> tuple[Snippet, ...]:
    quoted = quoting.expression
    parts = [f"http.host eq {quoted(source.host)}", f"http.request.uri.path eq {quoted(source.path)}"]
    if not keeps and source.query:
        parts.append(f"http.request.uri.query eq {quoted(source.query)}")
    to = {"value": target.page if keeps else target.url}
    return _rule(" and ".join(parts), to, keeps, f"{source.page} moved")


def _rule(condition: str, target: dict[str, str], keep: bool, words: str) -> tuple[Snippet, ...]:
    condition = f"({condition})"
    value = {"status_code": 301, "target_url": target, "preserve_query_string": keep}
    rule = {
        "description": words,
        "expression": condition,
        "action": "redirect",
        "action_parameters": {"from_value": value},
    }
    return (
        Snippet("Cloudflare expression", "text", condition, CLOUDFLARE_RULES),
        Snippet("Cloudflare rule", "json", quoting.js(rule), CLOUDFLARE_RULES),
    )


def _vercel(source: Place, target: Place, keeps: bool) -> str:
    has: list[dict[str, str]] = [{"type": "host", "value": re.escape(source.host)}]
    if not keeps:
        pairs = parse_qsl(source.query, keep_blank_values=True)
        has += [{"type": "query", "key": key, "value": re.escape(value)} for key, value in pairs]
    to = target.page if keeps else target.url
    rule = {"source": _pattern(source.path), "has": has, "destination": _literal(to), "statusCode": 301}
    return quoting.js({"redirects": [rule]})


def _pattern(path: str) -> str:
    """A path as Vercel's pattern: nothing in it has a meaning, because all of that is percent-encoded by now."""
    return re.sub(r"[^A-Za-z0-9._~/%-]", lambda found: f"%{ord(found[0]):02X}", path)


def _literal(url: str) -> str:
    """A destination in which a colon after the host is no parameter."""
    head, slashes, rest = url.partition("//")
    name, slash, tail = rest.partition("/")
    return head + slashes + name + slash + tail.replace(":", "%3A")


def _netlify(source: Place, target: Place, keeps: bool) -> tuple[Snippet, ...]:
    to = _literal(target.page if keeps else target.url)
    lines = [f"{source.page} {to} 301!"]
    if not keeps and source.query:
        lines.insert(0, "# matches the path with any query; what the visitor's query was goes along")
    return (Snippet("Netlify", "text", "\n".join(lines), "_redirects in the folder that is published"),)


# --- canonical hosts --------------------------------------------------------------------------------------------------


def canonical(result: Result, product: Product) -> tuple[Snippet, ...]:
    """One address: https on the host itself first, then the bare domain or www, whichever is the canonical one."""
    host = product.host(result.subject)
    name = quoting.host(result.subject)
    if host is None or not name:
        return ()
    home = canonical_of(host, product)
    https = (
        Snippet("nginx, http to https", "nginx", _nginx_host(name, name, 80), "beside the other server blocks"),
        Snippet("Caddy, http to https", "caddy", _caddy_host("http", name, name), "Caddyfile"),
        *_host_rule(f"not ssl and http.host eq {quoting.expression(name)}", name, "http to https"),
    )
    if home == name:
        return https
    has = [{"type": "host", "value": re.escape(name)}]
    rule = {"source": "/:path*", "has": has, "destination": f"https://{home}/:path*", "statusCode": 301}
    lines = [f"{scheme}://{name}/* https://{home}/:splat 301!" for scheme in ("https", "http")]
    where = f"{name} leads to {home}; exchange the two if {name} is the name that you print"
    return (
        *https,
        Snippet(f"nginx, to {home}", "nginx", _nginx_host(name, home, 443), where),
        Snippet(f"Caddy, to {home}", "caddy", _caddy_host("https", name, home), where),
        *_host_rule(f"ssl and http.host eq {quoting.expression(name)}", home, f"to {home}"),
        Snippet(f"Vercel, to {home}", "json", quoting.js({"redirects": [rule]}), f"vercel.json: {where}"),
        Snippet(f"Netlify, to {home}", "text", "\n".join(lines), f"_redirects: {where}"),
    )


def canonical_of(host: Host, product: Product) -> str:
    """The name on which a host should end: itself, or its twin with or without www where more routes are declared."""
    others = [item for item in product.web_hosts if counterpart(host.name, item.name)]
    if host.role not in ("apex", "www") or not others:
        return quoting.host(host.name)
    twins = sorted([host, others[0]], key=lambda item: len(item.name))
    best = max(twins, key=lambda item: sum(route.host == item.name for route in product.routes))
    return quoting.host(best.name)


def _nginx_host(name: str, home: str, port: int) -> str:
    secure = " ssl" if port == 443 else ""
    lines = [f"    listen {port}{secure};", f"    listen [::]:{port}{secure};", f"    server_name {name};"]
    if secure:
        lines.append(f"    # ssl_certificate and ssl_certificate_key as for {home}; the certificate covers {name} too")
    return "\n".join(["server {", *lines, f"    return 301 https://{home}$request_uri;", "}"])


def _caddy_host(scheme: str, name: str, home: str) -> str:
    return f"{scheme}://{name} {{\n    redir https://{home}{{uri}} 301\n}}"


def _host_rule(condition: str, home: str, words: str) -> tuple[Snippet, ...]:
    target = {"expression": f'concat("https://{home}", http.request.uri.path)'}
    first, second = _rule(condition, target, True, words)
    return (
        Snippet(f"{first.title}, {words}", first.language, first.text, first.where),
        Snippet(f"{second.title}, {words}", second.language, second.text, second.where),
    )
