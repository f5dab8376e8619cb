"""The handover (ROADMAP.md S7.D1): page one, then all that the founder and the backup person need at midnight."""

from __future__ import annotations

from launchready_tui.deliverables import access_pages, issues, journal, page_one, steps, topics, trace
from launchready_tui.deliverables.blocks import Block, Callout, Document, Paragraph, line
from launchready_tui.deliverables.evidence_list import evidence_list
from launchready_tui.deliverables.reading import Reading

ID = "handover"


APPENDIX = "appendix"


def handover(reading: Reading) -> Document:
    """The document, with its appendix."""
    return Document(ID, "Handover", reading.product, reading.date, (*main(reading).blocks, *appendix(reading).blocks))


def main(reading: Reading) -> Document:
    """What people read."""
    blocks: tuple[Block, ...] = (
        *_redaction(reading),
        *page_one.verdict(reading),
        page_one.bars(reading),
        page_one.blockers(reading),
        journal.sign_offs(reading),
        page_one.progress(reading),
        topics.topics(reading),
        access_pages.access(reading),
        journal.launch_notes(reading),
        issues.known_issues(reading),
        steps.next_steps(reading),
        journal.decisions(reading),
        journal.waivers(reading),
        journal.drills(reading),
        journal.attestations(reading),
        journal.permissions(reading),
        issues.what_holds(reading),
        trace.items(reading),
    )
    return Document(ID, "Handover", reading.product, reading.date, blocks)


def _redaction(reading: Reading) -> tuple[Block, ...]:
    """What a third party has to know about this copy."""
    if not reading.redacted:
        return ()
    told = line(
        "Contacts, custody, notes, the reasons of decisions and waivers, and the content of evidence are left out; ",
        "people are called by letters, private addresses by numbers. Dangers that follow from what is left out are ",
        "not listed.",
    )
    return (Callout("waived", "Redacted for third parties", (Paragraph(told),)),)


def appendix(reading: Reading) -> Document:
    """What people look things up in."""
    blocks: tuple[Block, ...] = (trace.trace(reading), journal.whole_journal(reading), evidence_list(reading))
    return Document(APPENDIX, "Appendix", reading.product, reading.date, blocks)
