"""The product profile as people read it, a section at a time. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from textual.content import Content

from launchready_tui.model.product import Network, Product
from launchready_tui.tui.render import Ink, Part
from launchready_tui.tui.widgets.lines import fit

SECTIONS = (
    ("all", "Everything"),
    ("hosts", "Hosts"),
    ("routes", "Routes"),
    ("redirects", "Redirects"),
    ("senders", "Senders"),
    ("journeys", "Journeys"),
    ("network", "Network"),
    ("code", "Code"),
)

EMPTY = {
    "hosts": "No host is declared: the domain itself is looked at. e adds [[host]] with name, role, expect.",
    "routes": "No route is declared: only each host's / is fetched. e adds [[route]] with id, url and kind.",
    "redirects": "No redirect is declared. e adds [[redirect]] with from and to: old links, payment returns.",
    "senders": "No mail sender is declared. e adds [[sender]] with domain, provider and DKIM selectors.",
    "journeys": "No journey is declared. e adds [[journey]] with its steps: load tests and priorities come from here.",
    "network": "The public internet, as any customer sees it. e adds [network] for split DNS, a private CA, staging.",
    "code": "No repository and no commands. e adds [repository] with path, and [commands] with argument lists.",
}
"""What an empty section teaches."""


def counts(product: Product) -> dict[str, int]:
    """How many of each there are."""
    found = {
        "hosts": len(product.hosts),
        "routes": len(product.routes),
        "redirects": len(product.redirects),
        "senders": len(product.senders),
        "journeys": len(product.journeys),
    }
    return {name: count for name, count in found.items() if count}


def section(ink: Ink, product: Product, name: str, width: int) -> Content:
    """One section, or all of them with their headings."""
    head: list[Part | Content] = [(product.name, "bold"), ("  " + product.domain, "muted"), "\n"]
    if name != "all":
        return ink.line(*head, "\n", *_body(ink, product, name, width), lines=True)
    for known, title in SECTIONS[1:]:
        head += ["\n", (title, "bold focus"), "\n", *_body(ink, product, known, width)]
    return ink.line(*head, lines=True)


def _body(ink: Ink, product: Product, name: str, width: int) -> list[Part | Content]:
    if name == "redirects" and product.redirects:
        return _pairs(ink, product)
    make = {"hosts": _hosts, "routes": _routes, "senders": _senders, "journeys": _journeys}
    if name in make:
        rows = make[name](product)
    else:
        rows = _network(product.network) if name == "network" else _code(product) if name == "code" else []
    if not rows:
        return [(EMPTY[name] + "\n", "muted")]
    if name == "journeys" and product.signals:
        return [*_table(ink, rows, width), "\n", *_table(ink, _signals(product), width)]
    note = "These name servers answer for everything: public DNS is not asked, delegation is not judged.\n"
    split: list[Part | Content] = [(note, "muted")] if name == "network" and product.network.nameservers else []
    return [*split, *_table(ink, rows, width)]


def _table(ink: Ink, rows: Sequence[Sequence[str]], width: int) -> list[Part | Content]:
    """Rows in columns as wide as their words, the last with what is left."""
    most = [max(len(row[at]) for row in rows) for at in range(len(rows[0]))]
    widths = [min(length, max(10, width // 3)) for length in most[:-1]]
    parts: list[Part | Content] = []
    for number, row in enumerate(rows):
        *cells, last = row
        head = number == 0
        for at, (cell, size) in enumerate(zip(cells, widths, strict=True)):
            tone = "muted" if head or at else "plain"
            parts += [(fit(cell, size, ink.glyphs.ellipsis), tone), "  "]
        rest = max(10, width - sum(widths) - 2 * len(widths))
        parts += [(fit(last, rest, ink.glyphs.ellipsis).rstrip(), "muted"), "\n"]
    return parts


def _pairs(ink: Ink, product: Product) -> list[Part | Content]:
    arrow = "->" if ink.glyphs.is_ascii else "→"
    parts: list[Part | Content] = []
    for redirect in product.redirects:
        parts += [redirect.source, "\n", (f"  {arrow} {redirect.target}\n", "muted")]
    return parts


def _hosts(product: Product) -> list[tuple[str, ...]]:
    rows = [(h.name, h.role, ", ".join(h.expect) or "not declared") for h in product.hosts]
    return [("host", "role", "should point to"), *rows] if rows else []


def _routes(product: Product) -> list[tuple[str, ...]]:
    rows = []
    for route in product.routes:
        status = (
            "" if route.expect_status == (200,) else f"expects {', '.join(str(code) for code in route.expect_status)}"
        )
        marks = [word for word, on in (("core", route.core), ("onboarding", route.onboarding)) if on]
        rows.append((route.id, f"{route.kind} {route.family}".strip(), " ".join([*marks, status]).strip(), route.url))
    return [("route", "kind", "marks", "address"), *rows] if rows else []


def _senders(product: Product) -> list[tuple[str, ...]]:
    rows = [
        (s.domain, s.provider or "not named", ", ".join(s.selectors) or "selectors not known") for s in product.senders
    ]
    return [("domain", "provider", "DKIM selectors"), *rows] if rows else []


def _journeys(product: Product) -> list[tuple[str, ...]]:
    total = sum(journey.weight for journey in product.journeys) or 1
    rows = [
        (
            j.id,
            f"{j.weight / total:.0%}" + (f" · {j.per_hour:g}/h" if j.per_hour else ""),
            " › ".join(f"{step.route} ({step.think})" for step in j.steps) or "no steps yet",
        )
        for j in product.journeys
    ]
    return [("journey", "share", "steps (pause after each)"), *rows] if rows else []


def _signals(product: Product) -> list[tuple[str, ...]]:
    units = {"count": "failures", "rate": "%", "latency": "ms"}
    rows = [
        (
            s.journey,
            f"{s.threshold:g} {units[s.kind]} in {s.window}",
            s.owner or "nobody is told",
            f"fired {s.tested}" if s.tested else "never fired",
            s.signal if not s.lacking else f"{s.signal}: {', '.join(s.lacking)} missing",
        )
        for s in product.signals
    ]
    return [("journey", "fires at", "who is told", "test", "signal"), *rows] if rows else []


def _network(network: Network) -> list[tuple[str, ...]]:
    if network == Network():
        return []
    rows = [
        ("name servers", ", ".join(network.nameservers)),
        ("CA bundle", network.ca_bundle),
        ("connect to", ", ".join(network.connect_to)),
        ("counts as public", ", ".join(network.public)),
        ("RDAP", network.rdap),
        *((f"ranges of {name}", ", ".join(values)) for name, values in network.ranges.items()),
    ]
    return [("setting", "value"), *(row for row in rows if row[1])]


def _code(product: Product) -> list[tuple[str, ...]]:
    rows = [("repository", product.repository)] if product.repository else []
    rows += [(name, " ".join(words)) for name, words in product.commands.items()]
    return [("what", "where, or the words of the command"), *rows] if rows else []
