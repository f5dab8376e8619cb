"""Reads a Content-Security-Policy (CSP Level 3) and judges how much it stops."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from launchready_tui.checks.edge.headerrules.finding import Finding, Headers

NAME = "content-security-policy"

DIRECTIVES = frozenset(
    {
        "base-uri",
        "child-src",
        "connect-src",
        "default-src",
        "fenced-frame-src",
        "font-src",
        "form-action",
        "frame-ancestors",
        "frame-src",
        "img-src",
        "manifest-src",
        "media-src",
        "object-src",
        "plugin-types",
        "prefetch-src",
        "report-to",
        "report-uri",
        "require-sri-for",
        "require-trusted-types-for",
        "sandbox",
        "script-src",
        "script-src-attr",
        "script-src-elem",
        "style-src",
        "style-src-attr",
        "style-src-elem",
        "trusted-types",
        "upgrade-insecure-requests",
        "worker-src",
        "block-all-mixed-content",
        "referrer",
        "reflected-xss",
        "webrtc",
    }
)
"""Directives of CSP 1 to 3 and of the drafts that browsers had."""

NOT_IN_META = frozenset({"frame-ancestors", "report-uri", "sandbox"})
"""Directives that are ignored where the policy stands in the page (CSP 3 section 3.3)."""

_HASH_OR_NONCE = re.compile(r"'(?:sha(?:256|384|512)|nonce)-")
_WIDE = frozenset({"*", "http:", "https:", "ftp:", "data:", "http://*", "https://*", "ftp://*", "blob:"})
"""Sources that let anybody's script in, or any string be one."""

_INSECURE = ("http:", "ftp:", "ws:")
_LAX_FRAMES = frozenset({"*", "http:", "https:"})
_PASSIVE = ("img-src", "media-src")
_ACTIVE = (
    "default-src",
    "child-src",
    "connect-src",
    "font-src",
    "frame-src",
    "manifest-src",
    "object-src",
    "script-src",
    "style-src",
    "worker-src",
)
MOST_POLICIES = 20

Policy = Mapping[str, frozenset[str]]
"""Sources by directive, both as they compare."""


class InvalidPolicy(ValueError):
    """A policy that a browser would not apply as its author thinks."""


@dataclass(frozen=True, slots=True)
class Combined:
    """All policies of a response: what each directive allows once all of them are applied."""

    directives: Policy
    from_header: bool

    def sources(self, directive: str) -> frozenset[str] | None:
        """The sources of a directive, else those of default-src; None where neither is given."""
        return self.directives.get(directive, self.directives.get("default-src"))


def parse(text: str) -> dict[str, frozenset[str]]:
    """One serialised policy. Raises `InvalidPolicy` for a repeated directive, or where there is none that is known."""
    found: dict[str, frozenset[str]] = {}
    for part in text.split(";"):
        name, *sources = part.split()[:1_000] or [""]
        name = name.lower()
        if not name:
            continue
        if name in found:
            raise InvalidPolicy(f"{name} stands twice")
        found[name] = frozenset(map(_comparable, sources)) or frozenset({"'none'"})
    if not found.keys() & DIRECTIVES and not any(name.endswith(("-src", "-ancestors")) for name in found):
        raise InvalidPolicy("no known directive")
    return found


def combined(headers: Headers) -> Combined | None:
    """All enforced policies of a response as one, None without any. Raises `InvalidPolicy`.

    Where two policies name the same directive, only what both allow is allowed.
    """
    sent = [text for value in headers.all(NAME) for text in value.split(",")][:MOST_POLICIES]
    policies = [parse(text) for text in sent]
    for text in headers.meta(NAME)[:MOST_POLICIES]:
        inside = {name: sources for name, sources in parse(text).items() if name not in NOT_IN_META}
        if inside:
            policies.append(inside)
    if not policies:
        return None
    merged: dict[str, frozenset[str]] = {}
    for policy in policies:
        for name, sources in policy.items():
            merged[name] = _both(merged[name], sources) if name in merged else sources
    return Combined(merged, bool(sent))


def judge(headers: Headers) -> Finding:
    """The Observatory's verdict on the policy of a response."""
    try:
        policy = combined(headers)
    except InvalidPolicy as error:
        return Finding("csp-header-invalid", False, str(error))
    if policy is None:
        if headers.all(f"{NAME}-report-only"):
            return Finding("csp-not-implemented-but-reporting-enabled", False, "report-only")
        return Finding("csp-not-implemented", False)
    return _judge(policy)


def _judge(policy: Combined) -> Finding:
    script = _effective(policy.sources("script-src"))
    style = _effective(policy.sources("style-src"))
    plugins = policy.sources("object-src")
    strict = "'strict-dynamic'" in script
    if strict and not _anchored(script):
        return Finding("csp-header-invalid", False, "'strict-dynamic' without a nonce or hash lets nothing run")
    if strict:
        script = frozenset(
            source for source in script if source not in _WIDE and not source.startswith(("http", "https"))
        )
    if "'unsafe-inline'" in script or script & _WIDE or plugins is None or _effective(plugins) & _WIDE:
        return Finding("csp-implemented-with-unsafe-inline", False, _loose(script, plugins))
    if any(_insecure(policy.directives.get(name, frozenset())) for name in _ACTIVE):
        return Finding("csp-implemented-with-insecure-scheme", False, "scripts may come over plain http")
    if "'unsafe-eval'" in script:
        return Finding("csp-implemented-with-unsafe-eval", False, "'unsafe-eval'")
    if any(_insecure(policy.directives.get(name, frozenset())) for name in _PASSIVE):
        result = "csp-implemented-with-insecure-scheme-in-passive-content-only"
        return Finding(result, True, "pictures may come over plain http")
    if "'unsafe-inline'" in style or style & _WIDE:
        return Finding("csp-implemented-with-unsafe-inline-in-style-src-only", True, "inline styles")
    if policy.directives.get("default-src", frozenset()) == {"'none'"}:
        return Finding("csp-implemented-with-no-unsafe-default-src-none", True)
    return Finding("csp-implemented-with-no-unsafe", True)


def frames(headers: Headers) -> bool | None:
    """Whether the policy of the header limits who may frame the page; None where it says nothing about it."""
    sources: frozenset[str] | None = None
    for value in headers.all(NAME):
        for text in value.split(","):
            try:
                sources = parse(text).get("frame-ancestors", sources)
            except InvalidPolicy:
                continue
    return None if sources is None else not sources & _LAX_FRAMES


def _comparable(source: str) -> str:
    """A source as it compares: case matters in hashes and nonces alone."""
    return source if _HASH_OR_NONCE.match(source.lower()) else source.lower()


def _both(one: frozenset[str], other: frozenset[str]) -> frozenset[str]:
    """What two policies allow together; where both name sources and share none, that is nothing."""
    return (one & other) or frozenset({"'none'"})


def _anchored(sources: Iterable[str]) -> bool:
    return any(_HASH_OR_NONCE.match(source.lower()) for source in sources)


def _effective(sources: frozenset[str] | None) -> frozenset[str]:
    """Sources as browsers read them: nothing said allows everything, a nonce or hash switches 'unsafe-inline' off."""
    if sources is None:
        return frozenset({"*", "'unsafe-inline'"})
    return sources - {"'unsafe-inline'"} if _anchored(sources) else sources


def _insecure(sources: Iterable[str]) -> bool:
    return any(source.startswith(_INSECURE) for source in sources)


def _loose(script: frozenset[str], plugins: frozenset[str] | None) -> str:
    if "'unsafe-inline'" in script and "*" not in script:
        return "'unsafe-inline' for scripts"
    wide = sorted(script & _WIDE)
    if wide:
        return f"scripts from {' '.join(wide)}"
    return "no object-src and no default-src" if plugins is None else "plugins from anywhere"
