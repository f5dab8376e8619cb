"""Evidence in words: what was asked, what came back, when and from where."""

from __future__ import annotations

import json
from typing import Any

from launchready_tui.model import codec
from launchready_tui.model.evidence import Evidence
from launchready_tui.model.questions import (
    DnsAnswer,
    DnsLookup,
    EarlierCertificate,
    HttpExchange,
    HttpResponse,
    KeptLoad,
    NewestLoad,
    RdapDomain,
    Registration,
    ResolverList,
    Resolvers,
    SeenCertificate,
    TlsHandshake,
    TlsOffer,
    TlsReply,
    TlsSession,
)
from launchready_tui.text import one_line


def asked(evidence: Evidence[Any]) -> str:
    """The question in a few words."""
    match evidence.question:
        case DnsLookup(name=name, rdtype=rdtype, via=via):
            text = f"{rdtype} {name}" + (f" @{via}" if via else "")
        case Resolvers():
            text = "resolvers of this run"
        case HttpExchange(method=method, url=url, address=address):
            text = f"{method} {url}" + (f" at {address}" if address else "")
        case TlsHandshake(name=name, port=port):
            text = f"TLS {name}:{port}"
        case TlsOffer(name=name, version=version, group=group):
            text = f"{version} ({group}) {name}"
        case EarlierCertificate(name=name):
            text = f"earlier certificate of {name}"
        case NewestLoad():
            text = "newest load test of this engagement"
        case RdapDomain(domain=domain):
            text = f"RDAP {domain}"
        case other:
            text = f"{other.kind} {other.host}"
    return one_line(text, 160)


def answered(evidence: Evidence[Any]) -> str:
    """The answer in one line."""
    if evidence.failure is not None:
        return one_line(f"{evidence.failure.reason}: {evidence.failure.message}", 200)
    match evidence.facts:
        case DnsAnswer(rcode=rcode, records=records, ttl=ttl, aliases=aliases):
            chain = "".join(f"{alias.target} → " for alias in aliases[:4])
            text = chain + (", ".join(records[:6]) or ("no such record" if rcode == "NOERROR" else rcode))
            text += f" and {len(records) - 6} more" if len(records) > 6 else ""
            text += f" · TTL {ttl} s" if ttl is not None else ""
        case ResolverList(resolvers=resolvers):
            text = ", ".join(resolvers)
        case HttpResponse(status=status, location=location, media_type=media, body_bytes=size):
            text = f"{status}" + (f" → {location}" if location else f" {media}, {size:,} bytes")
        case TlsSession(version=version, problem=problem, leaf=leaf):
            text = f"{version}, {problem or 'verified'}; until {leaf.not_after:%d %b %Y} from {leaf.issuer}"
        case TlsReply(accepted=accepted, version=version, cipher=cipher, alert=alert):
            text = f"accepted {version} {cipher}" if accepted else f"refused ({alert or 'closed'})"
        case KeptLoad(report=report):
            text = "nobody ran one"
            if report is not None:
                text = f"{report.requests:,} requests, {report.failures:,} failed, at most {report.most_users} at once"
        case SeenCertificate(found=found, serial=serial):
            text = f"serial {serial}" if found else "none seen before"
        case Registration(registered=registered, expires_at=expires, registrar=registrar):
            text = "registered" if registered else "not registered"
            text += f" at {registrar}" if registrar else ""
            text += f" until {expires:%d %b %Y}" if expires else ""
        case other:
            text = json.dumps(codec.plain(other), ensure_ascii=True)
    return one_line(text, 300)


def whence(evidence: Evidence[Any]) -> str:
    """When, how long, and from where."""
    took = (evidence.finished_at - evidence.started_at).total_seconds() * 1000
    parts = [f"{evidence.finished_at.astimezone():%d %b %H:%M:%S}", f"{took:.0f} ms"]
    if evidence.vantage.address:
        parts.append(f"dialled {evidence.vantage.address}")
    if evidence.vantage.resolvers:
        parts.append(f"resolver {', '.join(evidence.vantage.resolvers[:2])}")
    if evidence.attempt > 1:
        parts.append(f"attempt {evidence.attempt}")
    return one_line(" · ".join(parts), 200)


def raw(evidence: Evidence[Any]) -> str:
    """Everything as JSON; control characters are escaped."""
    return json.dumps(codec.evidence_to_plain(evidence), indent=2, ensure_ascii=True)[:60_000]
