"""One endpoint as a visitor meets it: the page with its form, and the requests that are sent from it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit

import httpx

from launchready_tui.model.evidence import Ask, Failure, Fault
from launchready_tui.model.product import Family
from launchready_tui.probes.decoding import decode_text
from launchready_tui.probes.forms import Sending, chosen, filled, guessed, read_forms
from launchready_tui.probes.http import read_url
from launchready_tui.probes.httpfetch import Fetched, Fetcher, Order

MAX_BYTES = 512 * 1024
_REDIRECTS = frozenset({301, 302, 303, 307, 308})


@dataclass(frozen=True, slots=True)
class Seen:
    """An answer, read. `text` is that of the page behind a redirect of the same host, `landing` its URL."""

    status: int
    headers: tuple[tuple[str, str], ...]
    text: str
    location: str
    landing: str
    ms: float
    address: str
    set_cookies: tuple[str, ...] = ()

    def header(self, name: str) -> str:
        """The first header of that name, '' if absent."""
        return next((value for key, value in self.headers if key == name), "")


@dataclass(frozen=True, slots=True)
class Credentials:
    """What is put into a form. `token` is for invitations."""

    user: str
    password: str = ""
    token: str = ""


class Endpoint:
    """The page of a URL, its form, and a cookie jar of its own. `method` and `body` are used instead of the form if
    given.
    """

    def __init__(
        self,
        fetcher: Fetcher,
        ask: Ask,
        url: str,
        family: Family,
        *,
        method: str = "",
        body: str = "",
        jar: httpx.Cookies | None = None,
    ) -> None:
        self._fetcher = fetcher
        self._ask = ask
        self._url = url
        self._family = family
        self._method = method
        self._body = body
        self.jar = httpx.Cookies() if jar is None else jar
        self.page: Seen | None = None

    async def open(self) -> Failure | None:
        """Fetch the page, for its form and its cookies. An endpoint of machines has none."""
        if self._method or self._body:
            return None
        got = await self._fetch(Sending("GET", self._url))
        if isinstance(got, Failure):
            return got
        self.page = got
        return None

    @property
    def refreshes(self) -> bool:
        """Whether the form carries hidden fields, which may be good for one request only."""
        form = chosen(read_forms(self._url, self.page.text), self._family) if self.page else None
        return form is not None and any(field.kind == "hidden" for field in form.inputs)

    @property
    def target(self) -> str:
        """Where the requests go."""
        return self.sending(Credentials("", "")).url

    def sending(self, who: Credentials, number: int = 1) -> Sending:
        """The request for these values: from the page's form, else from what is usual."""
        if self._method or self._body:
            body = self._body.replace("{n}", str(number)).replace("{user}", who.user)
            kind = "application/json" if body.lstrip().startswith(("{", "[")) else "application/x-www-form-urlencoded"
            return Sending(self._method or "POST", self._url.replace("{n}", str(number)), body, kind if body else "")
        form = None
        if self.page is not None and self.page.status < 400:
            form = chosen(read_forms(self.page.landing, self.page.text), self._family)
        if form is not None and same_host(form.action, self._url):
            return filled(form, user=who.user, password=who.password, token=who.token)
        return guessed(self._url, self._family, user=who.user, password=who.password, token=who.token)

    async def send(
        self, who: Credentials, number: int = 1, headers: tuple[tuple[str, str], ...] = ()
    ) -> Seen | Failure:
        """Send one request as a browser would, and look at the page behind a redirect."""
        return await self._fetch(self.sending(who, number), headers)

    async def get(self, url: str) -> Seen | Failure:
        """Visit another page with the same cookies."""
        return await self._fetch(Sending("GET", url))

    async def _fetch(self, sending: Sending, headers: tuple[tuple[str, str], ...] = ()) -> Seen | Failure:
        first = await self._once(sending, headers)
        if isinstance(first, Failure):
            return first
        got, location = first, _location(sending.url, first)
        cookies = _set_cookies(got)
        text, landing = _text(got), sending.url
        if got.response.status_code in _REDIRECTS and same_host(location, sending.url):
            behind = await self._once(Sending("GET", location), headers)
            if not isinstance(behind, Failure):
                text, landing = _text(behind), location
                cookies += _set_cookies(behind)
        return Seen(
            got.response.status_code,
            got.headers,
            text,
            location,
            landing,
            round(got.elapsed * 1000, 1),
            got.target.address,
            cookies,
        )

    async def _once(self, sending: Sending, headers: tuple[tuple[str, str], ...]) -> Fetched | Failure:
        url = read_url(sending.url)
        if isinstance(url, Failure):
            return Failure("malformed", f"the form sends to no URL that can be asked: {url.message}", Fault.TARGET)
        own = (("content-type", sending.media_type),) if sending.media_type else ()
        origin = (("origin", f"{url.scheme}://{url.netloc.decode()}"), ("referer", self._url)) if sending.body else ()
        order = Order(
            sending.method, url, (*own, *origin, *headers), sending.body.encode(errors="replace"), max_bytes=MAX_BYTES
        )
        return await self._fetcher.fetch(order, self._ask, self.jar)


def invented_user(domain: str) -> str:
    """A mail address that nobody has; always the same one, so that it can be recognised in a log."""
    digest = hashlib.sha256(f"launchready account {domain}".encode()).hexdigest()
    return f"launchready-{digest[:8]}@{domain}"


def same_host(one: str, other: str) -> bool:
    """Whether two URLs have the same scheme and host."""
    try:
        a, b = urlsplit(one), urlsplit(other)
    except ValueError:
        return False
    return bool(a.hostname) and a.hostname == b.hostname and a.scheme == b.scheme


def _location(url: str, got: Fetched) -> str:
    value = next((value.strip() for name, value in got.headers if name == "location"), "")
    try:
        return urljoin(url, value[:4_000]) if value else ""
    except ValueError:
        return ""


def _set_cookies(got: Fetched) -> tuple[str, ...]:
    return tuple(value for name, value in got.headers if name == "set-cookie")[:50]


def _text(got: Fetched) -> str:
    return decode_text(got.body, next((value for name, value in got.headers if name == "content-type"), ""))
