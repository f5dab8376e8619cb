"""Mail: saved messages and reports of receivers."""

from __future__ import annotations

from launchready_tui.model.questions import MailFacts, MailMessage, MailReports, ReportFacts
from launchready_tui.text import plural
from launchready_tui.words.figures import Answered, Asked, Place, day, joined, some


def _message(found: MailFacts) -> str:
    methods = found.verdicts[0].methods if found.verdicts else ()
    verdicts = [f"{one.method} {one.result}" for one in methods]
    signers = list(dict.fromkeys(one.domain for one in found.signatures))
    tls = "" if found.tls is None else "over TLS" if found.tls else "without TLS"
    return joined(
        f"from {some(found.from_domains) or 'nobody'}",
        some(verdicts, 6) or "no verdict of a receiver",
        f"signed by {some(signers)}" if signers else "not signed",
        tls,
        "one-click unsubscribe" if found.one_click else "",
    )


def _reports(found: ReportFacts) -> str:
    messages = sum(row.count for row in found.rows)
    passed = sum(row.count for row in found.rows if row.passes)
    days = f"{day(found.begin)} to {day(found.end)}" if found.begin and found.end else ""
    by = f" of {some(found.receivers)}" if found.receivers else ""
    return joined(
        f"{plural(found.reports, 'report')}{by}",
        days,
        f"{passed:,} of {plural(messages, 'message')} pass DMARC",
        f"{plural(len(found.unread), 'file')} unread" if found.unread else "",
        "not all was read" if found.cut else "",
    )


ASKED: Asked = {
    MailMessage: lambda asked: ("head of the saved message ", Place(asked.path)),
    MailReports: lambda asked: ("DMARC reports in ", Place(asked.path)),
}

ANSWERED: Answered = {MailFacts: _message, ReportFacts: _reports}
