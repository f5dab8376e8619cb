"""Faults in the mail: records that receivers cannot use, keys that prove nothing, a message in a stranger's name."""

from __future__ import annotations

from launchready_tui.practice.faults.model import Edit, Fault, hints, shows
from launchready_tui.practice.marketplace import DOMAIN
from launchready_tui.practice.post import (
    OLD_PROVIDER,
    OWN_SERVER,
    PROVIDER,
    REPORT_FILE,
    RESET_FILE,
    SELECTOR,
    SENDING_SERVER,
    SHORT_KEY,
    WEAK_KEY,
    message,
    report,
    row,
    sending_domains,
    text,
)
from launchready_tui.practice.world import Record, World


def _name(label: str) -> str:
    return f"{label}.{DOMAIN}"


def _key_of(label: str) -> str:
    return f"{SELECTOR}._domainkey.{_name(label)}"


def _txt(name: str, *values: str) -> Edit:
    """The TXT records of a name replaced by others."""
    records = Record(name, "TXT", tuple(item for value in values for item in text(value)), 3600)
    return lambda world: world.with_records(records)


def _spf(label: str, record: str, *more: str) -> Edit:
    return _txt(_name(label), record, *more)


def _without(name: str, *rdtypes: str) -> Edit:
    return lambda world: world.without_records(name, *rdtypes)


def _round(world: World) -> World:
    """The record includes one that includes the record."""
    back = Record(f"ring.{PROVIDER}", "TXT", text(f"v=spf1 include:{_name('loop')} -all"), 3600)
    record = text(f"v=spf1 include:spf.{PROVIDER} include:ring.{PROVIDER} -all")
    return world.with_records(Record(_name("loop"), "TXT", record, 3600), back)


def _foreign_reset(world: World) -> World:
    foreign = message(DOMAIN, "Reset your password", signer=PROVIDER, return_path=f"bounces.{PROVIDER}")
    return world.with_file(RESET_FILE, foreign)


def _failing_week(world: World) -> World:
    rows = [row(SENDING_SERVER, 70, name) for name in sending_domains(DOMAIN)]
    return world.with_file(REPORT_FILE, report(DOMAIN, [*rows, row(SENDING_SERVER, 600, DOMAIN, passes=False)]))


_TWELVE = " ".join(f"include:spf{number}.{PROVIDER}" for number in range(1, 13))
_SEVEN = " ".join(f"include:spf{number}.{PROVIDER}" for number in range(1, 8))
_GONE = " ".join(f"a:old{number}.{PROVIDER}" for number in range(1, 4))

MAIL_FAULTS: tuple[Fault, ...] = (
    Fault(
        "spf-thirteen-lookups",
        "The SPF record of order mail needs thirteen look-ups",
        "Every tool that ever sent a mail left its include. Ten are allowed; then the whole record is an error.",
        "Keep the one include of orders.acme.test that is in use.",
        (shows("mail.spf", _name("orders"), "too-many-lookups"),),
        _spf("orders", f"v=spf1 include:spf.{PROVIDER} {_TWELVE} -all"),
    ),
    Fault(
        "spf-eight-lookups",
        "The SPF record of invitations is nearly full",
        "Seven old includes beside the one that counts. The next tool will break it.",
        "Remove the includes of invites.acme.test that nobody uses.",
        (hints("mail.spf", _name("invites"), "many-lookups"),),
        _spf("invites", f"v=spf1 include:spf.{PROVIDER} {_SEVEN} -all"),
    ),
    Fault(
        "spf-two-records",
        "Receipts have two SPF records",
        "The new tool's assistant added a record instead of changing the old one. Two records count as an error.",
        "Merge the two records of receipts.acme.test into one.",
        (shows("mail.spf", _name("receipts"), "several-records"),),
        _spf("receipts", f"v=spf1 include:spf.{PROVIDER} -all", f"v=spf1 include:spf1.{PROVIDER} ~all"),
    ),
    Fault(
        "spf-everybody",
        "Everybody may send support mail",
        "Replies bounced once, and +all made it stop. It also made the whole world a sender.",
        "End the record of tickets.acme.test in -all.",
        (shows("mail.spf", _name("tickets"), "open-to-all"),),
        _spf("tickets", f"v=spf1 include:spf.{PROVIDER} +all"),
    ),
    Fault(
        "spf-void-lookups",
        "The SPF record names three servers that are gone",
        "The old machines were switched off and their names deleted. Receivers allow two such misses.",
        "Remove the three a: terms from the record of updates.acme.test.",
        (shows("mail.spf", _name("updates"), "too-many-void"),),
        _spf("updates", f"v=spf1 include:spf.{PROVIDER} {_GONE} -all"),
    ),
    Fault(
        "spf-ring",
        "Two SPF records include each other",
        "The letter tool includes its customers, and the customer includes the letter tool.",
        f"Remove include:ring.{PROVIDER} from the record of loop.acme.test.",
        (shows("mail.spf", _name("loop"), "loop"),),
        _round,
    ),
    Fault(
        "spf-last-years-provider",
        "Instalment letters are authorized for last year's provider",
        "The record is valid, and names a company that no longer sends anything.",
        f"Put include:spf.{PROVIDER} into the record of loans.acme.test.",
        (shows("mail.spf-sender", _name("loans"), "sender-not-authorized"),),
        _spf("loans", f"v=spf1 include:{OLD_PROVIDER} -all"),
    ),
    Fault(
        "dkim-revoked",
        "The key of price alerts is revoked",
        "Somebody emptied the key to see whether it was in use. It was.",
        "Publish the key of alerts.acme.test again.",
        (
            shows("mail.dkim", _key_of("alerts"), "revoked"),
            shows("mail.bulk-rules", _name("alerts"), "basics-missing"),
        ),
        _txt(_key_of("alerts"), "v=DKIM1; k=rsa; p="),
    ),
    Fault(
        "dkim-missing",
        "The survey is signed with a key that nobody published",
        "The provider's page showed the record. Nobody pasted it.",
        "Publish the key of survey.acme.test.",
        (
            shows("mail.dkim", _key_of("survey"), "missing"),
            shows("mail.bulk-rules", _name("survey"), "basics-missing"),
        ),
        _without(_key_of("survey")),
    ),
    Fault(
        "dkim-weak",
        "The key of the welcome mail has 768 bits",
        "It was made in 2011 and has moved from provider to provider since. Receivers must not accept it.",
        "Make a key of 2048 bits for hello.acme.test.",
        (shows("mail.dkim", _key_of("hello"), "weak-key"),),
        _txt(_key_of("hello"), f"v=DKIM1; k=rsa; p={WEAK_KEY}"),
    ),
    Fault(
        "dkim-short",
        "The key of delivery updates has 1024 bits",
        "It was the provider's default, and the DNS panel took no longer one.",
        "Make a key of 2048 bits for updates.acme.test.",
        (hints("mail.dkim", _key_of("updates"), "short-key"),),
        _txt(_key_of("updates"), f"v=DKIM1; k=rsa; p={SHORT_KEY}"),
    ),
    Fault(
        "dmarc-none-deaf",
        "The policy of the stories asks for nothing and hears nothing",
        "p=none was meant for two weeks of listening, but no address for the reports was given.",
        "Add rua=mailto:dmarc@acme.test to the record of stories.acme.test.",
        (shows("mail.dmarc", _name("stories"), "none-without-reports"),),
        _txt(f"_dmarc.{_name('stories')}", "v=DMARC1; p=none"),
    ),
    Fault(
        "dmarc-reports-refused",
        "Reports about offers go to a company that has not agreed",
        "The report service was changed on its side, and its permission record went. Receivers send it nothing.",
        f"Have the permission record published under reports.{PROVIDER}.",
        (shows("mail.dmarc", _name("deals"), "rua-not-authorized"),),
        _without(f"{_name('deals')}._report._dmarc.reports.{PROVIDER}"),
    ),
    Fault(
        "dmarc-two-records",
        "Campaigns have two DMARC records",
        "One from the letter tool, one from the security guide. Receivers use neither.",
        "Keep one of the two records of promo.acme.test.",
        (shows("mail.dmarc", _name("promo"), "several-records"),),
        _txt(
            f"_dmarc.{_name('promo')}",
            f"v=DMARC1; p=quarantine; rua=mailto:dmarc@{DOMAIN}",
            f"v=DMARC1; p=none; rua=mailto:dmarc@{DOMAIN}",
        ),
    ),
    Fault(
        "dmarc-quarter",
        "The policy of legal notices is applied to a quarter",
        "pct=25 was a cautious start. Since RFC 9989 nobody reads it any more.",
        "Remove pct from the record of notices.acme.test.",
        (hints("mail.dmarc", _name("notices"), "obsolete-tag"),),
        _txt(f"_dmarc.{_name('notices')}", f"v=DMARC1; p=quarantine; pct=25; rua=mailto:dmarc@{DOMAIN}"),
    ),
    Fault(
        "night-mailer-nameless",
        "The marketplace's own mail server has no name",
        "The server moved, and the host that owns the address was never asked for the reverse record.",
        f"Have the PTR record of {OWN_SERVER} point to night-mailer.acme.test.",
        (shows("mail.bulk-rules", _name("night"), "no-reverse-name"),),
        _without("96.0.0.127.in-addr.arpa"),
    ),
    Fault(
        "reset-in-foreign-name",
        "The reset mail is signed by the mail company, not by us",
        "Sign-up was moved to our own domain, the reset mail was forgotten. Receivers see a stranger writing as Acme.",
        "Send the reset mail with the domain identity of acme.test, then save it anew.",
        (shows("mail.alignment", DOMAIN, "not-aligned"),),
        _foreign_reset,
    ),
    Fault(
        "reports-show-failures",
        "A third of our own mail fails",
        "The invoice tool sends through the same company, in that company's name. The reports say so every day.",
        "Authenticate acme.test in the invoice tool, and read the next reports.",
        (shows("mail.aggregate-reports", DOMAIN, "own-mail-fails"),),
        _failing_week,
    ),
)
"""All faults that mail records, messages and reports show."""
