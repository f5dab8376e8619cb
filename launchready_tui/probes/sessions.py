"""The sessions of test accounts, for the probes that look at pages as somebody."""

from __future__ import annotations

import httpx

from launchready_tui.model.evidence import Ask, Failure, Fault
from launchready_tui.model.questions import Login
from launchready_tui.probes.http import HttpProbe
from launchready_tui.text import one_line


async def session_of(http: HttpProbe, ask: Ask, login: str, role: str) -> httpx.Cookies | Failure:
    """The cookies of a test account that has logged in at `login`, once in a run however many probes ask."""
    question = Login(login, role)
    answer = await ask(question)
    if answer.failure is not None:
        return answer.failure
    if not answer.facts.accepted:
        message = f"the login of {one_line(role, 40)} was not accepted ({answer.facts.status})"
        return Failure("login-refused", message, Fault.TARGET)
    return http.jar(question.session)


def copied(jar: httpx.Cookies) -> httpx.Cookies:
    """A jar of its own with the same cookies: what an answer sets stays in it, and a stored session is not changed."""
    return httpx.Cookies(jar)
