"""Lines of a zone file for mail: SPF, DKIM and DMARC, from the declared senders and what a check has read.

What a name server said is only taken over term by term, each in the alphabet of its standard.
"""

from __future__ import annotations

import re
from dataclasses import replace

from launchready_tui.checks.mail.rules.providers import MailProvider, mail_provider
from launchready_tui.checks.reading.names import under
from launchready_tui.engine.fixkit import quoting
from launchready_tui.engine.fixkit.snippet import Snippet
from launchready_tui.engine.fixkit.zone import LASTING, snippet
from launchready_tui.model.product import Product
from launchready_tui.model.results import Result

_TERM = re.compile(r"[+?~-]?(include:|redirect=|exists:|ip4:|ip6:|a|mx|all)[a-z0-9._:/%{}-]*", re.I)
_ALL = re.compile(r"[+?~-]?all", re.I)
_TAG = re.compile(r"\s*([a-z]{1,4})\s*=\s*([A-Za-z0-9:@._,!+ /-]{1,400}?)\s*")
_LINE = re.compile(r'([A-Za-z0-9_.-]+)\. (?:(CNAME) ([A-Za-z0-9_.-]+)|(MX) (\d{1,5} [A-Za-z0-9_.-]+)|(TXT) "(.*)")')
_OBSOLETE = ("pct", "rf", "ri")


def spf(result: Result, product: Product) -> tuple[Snippet, ...]:
    """One record: the one of today without its fault where that can be done term by term, else that of the senders."""
    domain = quoting.host(result.subject)
    if not domain:
        return ()
    includes = _includes(product, domain)
    sends = any(quoting.host(sender.domain) == domain for sender in product.senders)
    value = _mended(result) if result.reason in ("open-to-all", "neutral-ending", "ptr") else ""
    lines = []
    if not value:
        ending = "~all" if sends else "-all"
        value = " ".join(["v=spf1", *(f"include:{name}" for name in includes), ending])
        note = "only the declared senders: add who else writes as this domain, and take every other v=spf1 record away"
        lines.append(quoting.remark(note if sends else "nobody sends mail as this domain", ";"))
    else:
        lines.append(quoting.remark("replaces the record of today", ";"))
    return snippet("DNS zone", [*lines, *_txt(domain, value)])


def _mended(result: Result) -> str:
    """The record without `ptr` and with a cautious end; '' where a term is not one that SPF knows."""
    terms = result.facts.get("record", "").split()
    if not terms or terms[0].lower() != "v=spf1":
        return ""
    kept = [term for term in terms[1:] if not re.fullmatch(r"[+?~-]?ptr(:\S*)?", term, re.I)]
    if not all(_TERM.fullmatch(term) for term in kept) or any("redirect=" in term.lower() for term in kept):
        return ""
    ending = next((term for term in kept if _ALL.fullmatch(term)), "")
    ending = ending if ending[:1] in ("~", "-") else "~all"
    return " ".join(["v=spf1", *(term for term in kept if not _ALL.fullmatch(term)), ending])


def sender(result: Result, product: Product) -> tuple[Snippet, ...]:
    """What the declared providers want published, but for their keys."""
    domain = quoting.host(result.subject)
    lines = [line for line in _published(product, domain) if "._domainkey." not in line]
    own = f'{domain}. TXT "v=spf1'
    found = _zone([line for line in lines if not line.startswith(own)])
    if includes := _includes(product, domain):
        note = "a name has one SPF record only: put the include into the one that is there"
        found.append(quoting.remark(note, ";"))
        found += _txt(domain, " ".join(["v=spf1", *(f"include:{name}" for name in includes), "~all"]))
    return snippet("DNS zone", found)


def dkim(result: Result, product: Product) -> tuple[Snippet, ...]:
    """The providers' key records; the declared selector stands where they leave it open."""
    selector, _, domain = result.subject.rpartition("._domainkey.")
    domain, selector = quoting.host(domain), quoting.host(selector)
    if not domain:
        return ()
    users = tuple(item for item in product.senders if selector and selector in map(quoting.host, item.selectors))
    among = replace(product, senders=users) if users else product
    lines = [line for line in _published(among, domain) if "._domainkey." in line]
    if selector:
        lines = [re.sub(r"^SELECTOR[a-z]*(?=\._domainkey\.)", selector, line) for line in lines]
    if not lines and selector:
        lines = [f'{selector}._domainkey.{domain}. TXT "v=DKIM1; k=rsa; p=KEY"']
    return snippet("DNS zone", _zone(lines))


def dmarc(result: Result, product: Product) -> tuple[Snippet, ...]:
    """The policy of today with its fault mended, or a first one that only listens."""
    domain = quoting.host(result.subject)
    if not domain:
        return ()
    if result.reason == "rua-not-authorized":
        head = quoting.remark("at the domain that gets the reports: its owner has to publish it", ";")
        return snippet("DNS zone", [head, *_zone([result.facts.get("publish", "")])])
    owner, tags = _policy(result, domain)
    reason = result.reason
    for name in _OBSOLETE:
        tags.pop(name, None)
    if not tags or reason in ("no-record", "no-record-unused", "several-records", "invalid-record"):
        unused = not any(quoting.host(sender.domain) == domain for sender in product.senders)
        owner, tags = domain, {"p": "reject" if unused else "none"}
    if reason == "policy-none":
        tags["p"] = "quarantine"
    if reason == "testing":
        tags.pop("t", None)
    if reason == "subdomains-open":
        tags = {name: value for name, value in tags.items() if name not in ("sp", "np")}
    if reason in ("no-reports", "rua-unusable", "none-without-reports") or "rua" not in tags:
        tags["rua"] = f"mailto:dmarc@{domain}"
    if reason == "many-rua":
        tags["rua"] = ",".join(tags["rua"].split(",")[:2])
    policy = tags.pop("p", "none")
    value = "; ".join(["v=DMARC1", f"p={policy}", *(f"{name}={value}" for name, value in tags.items() if name != "v")])
    head = quoting.remark("one record only; raise p step by step when the reports show that your own mail passes", ";")
    return snippet("DNS zone", [head, *_txt(f"_dmarc.{owner}", value)])


def basics(result: Result, product: Product) -> tuple[Snippet, ...]:
    """SPF and DMARC of a sending domain, together."""
    return (*spf(result, product), *dmarc(result, product)) if result.reason == "basics-missing" else ()


def _policy(result: Result, domain: str) -> tuple[str, dict[str, str]]:
    """Whose record counts now, and its tags; none where one of them is not in the standard's alphabet."""
    record = result.facts.get("record", "")
    parts = [_TAG.fullmatch(part) for part in record.split(";") if part.strip()]
    good = [part for part in parts if part is not None]
    owner = domain
    for line in result.details:
        name, _, said = line.partition(": ")
        found = quoting.host(name.removeprefix("_dmarc."))
        if name.startswith("_dmarc.") and said.startswith("v=DMARC1") and found and under(domain, found):
            owner = found
            break
    return owner, {part[1]: part[2] for part in good} if len(good) == len(parts) else {}


def _providers(product: Product, domain: str) -> tuple[MailProvider, ...]:
    named = [mail_provider(item.provider) for item in product.senders if quoting.host(item.domain) == domain]
    return tuple(dict.fromkeys(item for item in named if item is not None))


def _includes(product: Product, domain: str) -> list[str]:
    """What the declared providers want in the SPF record of the domain itself."""
    lines = [line for line in _published(product, domain) if line.startswith(f'{domain}. TXT "v=spf1')]
    return list(dict.fromkeys(name for line in lines for name in re.findall(r"include:([\w.-]+)", line)))


def _published(product: Product, domain: str) -> list[str]:
    return [line for item in _providers(product, domain) for line in item.publish(domain)] if domain else []


def _zone(lines: list[str]) -> list[str]:
    """Lines of provider data as those of a zone file; a line that is none is left out."""
    found = []
    for line in lines:
        match = _LINE.fullmatch(line)
        if match is None or not quoting.host(match[1]):
            continue
        if match[6]:
            found += _txt(match[1], match[7])
        else:
            found.append(f"{match[1]}. {LASTING} IN {match[2] or match[4]} {match[3] or match[5]}")
    return list(dict.fromkeys(found))


def _txt(owner: str, value: str) -> list[str]:
    data = quoting.txt(value)
    return [f"{owner}. {LASTING} IN TXT {data}"] if data else []
