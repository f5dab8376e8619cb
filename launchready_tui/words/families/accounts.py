"""Doors: series of requests until something brakes, forms that tell who has an account, logins of test accounts."""

from __future__ import annotations

from launchready_tui.model.questions import (
    AccountCompare,
    BurstReply,
    Comparison,
    Knock,
    Login,
    LoginReply,
    RateBurst,
)
from launchready_tui.text import plural
from launchready_tui.words.figures import Answered, Asked, Parts, Place, joined, nth, some


def _burst(found: BurstReply) -> str:
    braked = found.brake
    if braked is None:
        head = f"no brake in {plural(len(found.knocks), 'request')}"
        return joined(head, "every answer was the page itself" if found.echo else "")
    passed = sum(not knock.braked for knock in found.spoofed)
    forged = f"{passed} of {len(found.spoofed)} let through with a forged address" if found.spoofed else ""
    again = f"open again after {found.recovered_after:.0f} s" if found.recovered_after is not None else ""
    return joined(
        f"braked at the {nth(braked.number)} of {plural(len(found.knocks), 'request')} with {_brake(braked)}",
        f"Retry-After {braked.retry_after:.0f} s" if braked.retry_after is not None else "",
        forged,
        {True: "the owner got in", False: "the owner was locked out", None: ""}[found.owner],
        again,
    )


def _brake(knock: Knock) -> str:
    marks = [mark for mark in knock.marks if mark != str(knock.status)]
    return " ".join([*([str(knock.status)] if knock.status else []), *([f"({some(marks)})"] if marks else [])])


def _compared(found: Comparison) -> str:
    known, invented = ({knock.shape for knock in side} for side in (found.known, found.invented))
    head = f"{plural(len(found.known), 'answer')} for a known account, {len(found.invented)} for an invented one"
    if not found.known or not found.invented:
        told = "too few to compare"
    else:
        told = "alike" if known == invented else "they differ"
    return joined(head, told, "stopped by a brake" if found.throttled else "", "the page itself" if found.echo else "")


def _login(found: LoginReply) -> str:
    return joined(
        f"{'logged in' if found.accepted else 'not let in'} ({found.status})",
        plural(len(found.cookies), "cookie") + " set",
        {True: "its session ended with the logout", False: "its session outlived the logout", None: ""}[found.revoked],
    )


def _door(asked: RateBurst) -> Parts:
    return (f"how the {asked.family} door brakes: " if asked.family else "how it brakes: ", Place(asked.url))


ASKED: Asked = {
    RateBurst: _door,
    AccountCompare: lambda asked: ("whether ", Place(asked.burst.url), " tells who has an account"),
    Login: lambda asked: (
        f"login as {asked.account} at ",
        Place(asked.url),
        ", then logout" if asked.logout else "",
    ),
}

ANSWERED: Answered = {BurstReply: _burst, Comparison: _compared, LoginReply: _login}
