"""Pure: reads DNS messages into the facts of `DnsAnswer`: names, records in presentation form, CNAME steps."""

from __future__ import annotations

from dataclasses import dataclass

import dns.exception
import dns.flags
import dns.message
import dns.name
import dns.rcode
import dns.rdata
import dns.rdataclass
import dns.rdatatype
import dns.rdtypes.ANY.CNAME
import dns.rdtypes.ANY.MX
import dns.rdtypes.ANY.SOA
import dns.rdtypes.ANY.TXT
import dns.rdtypes.IN.SRV
import dns.rrset

from launchready_tui.model.evidence import Failure, Fault
from launchready_tui.model.questions import Alias
from launchready_tui.text import one_line

MAX_RECORDS = 200
MAX_RECORD = 65_535
"""Characters of one record."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What one message says about a name: its aliases in order, the name they end at, and that name's records.

    `complete` says that nothing more need be asked: there are records, or the server said that there are none.
    """

    aliases: tuple[Alias, ...]
    name: dns.name.Name
    records: tuple[str, ...]
    ttl: int | None
    rcode: str
    loop: bool
    complete: bool


def parse_name(text: str) -> dns.name.Name | Failure:
    """A name to ask for; international names are encoded (IDNA 2008)."""
    try:
        return dns.name.from_text(text.strip(), idna_codec=dns.name.IDNA_2008_Practical)
    except (dns.exception.DNSException, UnicodeError) as error:
        return Failure("malformed", f'"{one_line(text, 80)}" is not a DNS name: {one_line(str(error))}', Fault.USAGE)


def parse_rdtype(text: str) -> dns.rdatatype.RdataType | Failure:
    """A record type to ask for; query types such as AXFR and ANY are none."""
    try:
        rdtype = dns.rdatatype.from_text(text)
    except (dns.exception.DNSException, ValueError):
        return Failure("malformed", f'"{one_line(text, 40)}" is not a DNS record type', Fault.USAGE)
    if dns.rdatatype.is_metatype(rdtype):
        return Failure("malformed", f"{text} is not a record type", Fault.USAGE)
    return rdtype


def name_text(name: dns.name.Name) -> str:
    """A name in lower case without the final dot."""
    return name.to_text(omit_final_dot=True).lower()


def record_text(rdata: dns.rdata.Rdata) -> str:
    """A record in presentation form, as `DnsAnswer` describes it."""
    match rdata:
        case dns.rdtypes.ANY.TXT.TXT():
            text = b"".join(rdata.strings).decode("utf-8", errors="backslashreplace")
        case dns.rdtypes.ANY.MX.MX():
            text = f"{rdata.preference} {name_text(rdata.exchange)}"
        case dns.rdtypes.ANY.SOA.SOA():
            numbers = f"{rdata.serial} {rdata.refresh} {rdata.retry} {rdata.expire} {rdata.minimum}"
            text = f"{name_text(rdata.mname)} {name_text(rdata.rname)} {numbers}"
        case dns.rdtypes.IN.SRV.SRV():
            text = f"{rdata.priority} {rdata.weight} {rdata.port} {name_text(rdata.target)}"
        case _ if isinstance(target := getattr(rdata, "target", None), dns.name.Name):
            text = name_text(target)
        case _:
            text = rdata.to_text()
    return text[:MAX_RECORD]


def read_message(message: dns.message.Message, qname: dns.name.Name, rdtype: dns.rdatatype.RdataType) -> Reading:
    """Follow the CNAME steps that the message holds from `qname` on. A question for CNAME follows nothing."""
    name, aliases, seen = qname, list[Alias](), {qname}
    loop = False
    while rdtype != dns.rdatatype.CNAME and len(aliases) < MAX_RECORDS:
        step = alias_at(message, name)
        if step is None:
            break
        alias, name = step
        aliases.append(alias)
        if loop := name in seen:
            break
        seen.add(name)
    found = None if loop else rrset_at(message, name, rdtype)
    rcode = dns.rcode.to_text(message.rcode())
    return Reading(
        aliases=tuple(aliases),
        name=name,
        # Servers rotate their records; sorted ones can be compared.
        records=tuple(sorted(record_text(item) for item in list(found or ())[:MAX_RECORDS])),
        ttl=found.ttl if found is not None else None,
        rcode=rcode,
        loop=loop,
        complete=loop or found is not None or not aliases or rcode != "NOERROR" or _denies(message, name),
    )


def alias_at(message: dns.message.Message, name: dns.name.Name) -> tuple[Alias, dns.name.Name] | None:
    """The CNAME of a name in the answer section, and the name that it leads to."""
    found = rrset_at(message, name, dns.rdatatype.CNAME)
    if found is None:
        return None
    cname = found[0]
    assert isinstance(cname, dns.rdtypes.ANY.CNAME.CNAME)
    return Alias(name_text(name), name_text(cname.target), found.ttl), cname.target


def rrset_at(
    message: dns.message.Message, name: dns.name.Name, rdtype: dns.rdatatype.RdataType
) -> dns.rrset.RRset | None:
    """The records of a name and type in the answer section."""
    return message.get_rrset(message.answer, name, dns.rdataclass.IN, rdtype)


def soa_owner(message: dns.message.Message) -> dns.name.Name | None:
    """The zone that a negative answer names in its authority section (RFC 2308)."""
    owners = (rrset.name for rrset in message.authority if rrset.rdtype == dns.rdatatype.SOA)
    return next(owners, None)


def _denies(message: dns.message.Message, name: dns.name.Name) -> bool:
    """Whether the message says that the name has no such record: it names a zone above it."""
    owner = soa_owner(message)
    return owner is not None and name.is_subdomain(owner)
