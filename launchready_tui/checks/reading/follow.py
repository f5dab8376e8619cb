"""Follows redirects hop by hop, as a browser does, and notices when they go round in circles."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from launchready_tui.checks.reading.urls import hides_value, tidy
from launchready_tui.model.evidence import Ask, Failure, Unseen
from launchready_tui.model.questions import Cookie, Family, HttpExchange, HttpResponse

REDIRECTS = frozenset({301, 302, 303, 307, 308})
"""The statuses that send a visitor on (RFC 9110 sections 15.4.2 to 15.4.4, 15.4.8, 15.4.9)."""

PERMANENT = frozenset({301, 308})
"""The redirects that say: from now on ask there."""

MOST_VISITS = 2
"""Visits of one URL after which coming back is a loop whatever cookies it sets: a counter would never end."""


@dataclass(frozen=True, slots=True)
class Hop:
    """One URL of a chain and what it answered."""

    url: str
    response: HttpResponse
    seen_at: datetime

    @property
    def redirects(self) -> bool:
        """Whether the answer sends the visitor on."""
        return self.response.status in REDIRECTS and bool(self.response.location)


@dataclass(frozen=True, slots=True)
class Chain:
    """Where a URL leads.

    `loop`: it comes back to a URL with nothing new learnt. `too_long`: more redirects than the limit. `stuck`: a
    redirect to something that no browser follows as a web page (another scheme, no valid URL). `failure`: the next URL
    gave no answer (only from `trace`). In all four `next_url` is what would have come next; '' where the chain ended.
    """

    hops: tuple[Hop, ...]
    loop: bool = False
    too_long: bool = False
    stuck: bool = False
    failure: Failure | None = None
    next_url: str = ""

    @property
    def last(self) -> Hop:
        """The last hop that answered."""
        return self.hops[-1]

    @property
    def final_url(self) -> str:
        """The URL of the last hop."""
        return self.last.url

    @property
    def length(self) -> int:
        """The number of redirects."""
        return sum(hop.redirects for hop in self.hops)

    @property
    def ended(self) -> bool:
        """Whether the chain came to an answer that is no redirect."""
        return bool(self.hops) and not (self.loop or self.too_long or self.stuck or self.failure)

    @property
    def urls(self) -> tuple[str, ...]:
        """All URLs in order, the one that would have come next included."""
        seen = tuple(hop.url for hop in self.hops)
        return (*seen, self.next_url) if self.next_url else seen


async def follow(ask: Ask, url: str, *, family: Family = "", limit: int = 10, crawl: bool = False) -> Chain:
    """Ask a URL and follow at most `limit` redirects. Raises `Unseen` where a URL on the way gave no answer."""
    chain = await trace(ask, url, family=family, limit=limit, crawl=crawl)
    if chain.failure is not None:
        raise Unseen(chain.failure)
    return chain


async def trace(ask: Ask, url: str, *, family: Family = "", limit: int = 10, crawl: bool = False) -> Chain:
    """As `follow`, but a URL that gave no answer ends the chain with its `failure` instead of raising.

    It goes without cookies until a redirect sets one; then it starts again with a cookie jar of its own, because a page
    that sets a cookie and sends the visitor back is no loop.

    Evidence keeps no secret values, so a redirect with one is followed without it. Where the page behind it then
    does not answer as it should, that is our doing: the chain ends before it, with a failure.
    """
    plain = _Trip(url, family, limit, crawl)
    chain = await _walk(ask, plain)
    if plain.wants_jar:
        chain = await _walk(ask, _Trip(url, family, limit, crawl, jar=f"{url} v{family}" if family else url))
    return _without_our_doing(chain)


def _without_our_doing(chain: Chain) -> Chain:
    """The chain up to the first URL whose secret is missing, unless what came of asking for that URL is in order."""
    hidden = next((place for place, hop in enumerate(chain.hops) if place and hides_value(hop.url)), 0)
    if not hidden or chain.failure or (chain.ended and chain.last.response.status < 400):
        return chain
    failure = Failure("redacted-url", "the redirect carries a secret, and evidence keeps none to ask on with")
    return Chain(chain.hops[:hidden], failure=failure, next_url=chain.hops[hidden].url)


@dataclass(slots=True)
class _Trip:
    """One walk along a chain: how to ask, and what was learnt so far."""

    start: str
    family: Family
    limit: int
    crawl: bool
    jar: str = ""
    hops: list[Hop] = field(default_factory=list)
    cookies: set[Cookie] = field(default_factory=set)
    visits: dict[str, list[int]] = field(default_factory=dict)

    @property
    def wants_jar(self) -> bool:
        """Whether a redirect set a cookie and there is no jar to keep it."""
        return not self.jar and any(hop.redirects and hop.response.cookies for hop in self.hops)

    def question(self, url: str) -> HttpExchange:
        """The next question; the walk without cookies shares its questions with everybody who asks for that URL."""
        step = len(self.hops) if self.jar else 0
        return HttpExchange("GET", url, family=self.family, session=self.jar, step=step, crawl=self.crawl)

    def enter(self, url: str) -> bool:
        """Note a visit of a URL; False if it was visited before with the same cookies, or often enough."""
        earlier = self.visits.setdefault(tidy(url) or url, [])
        if earlier and (len(earlier) >= MOST_VISITS or earlier[-1] == len(self.cookies)):
            return False
        earlier.append(len(self.cookies))
        return True


async def _walk(ask: Ask, trip: _Trip) -> Chain:
    """The chain of one walk, which is given up at the first cookie that there is no jar for."""
    url = trip.start
    trip.enter(url)
    while True:
        answer = await ask(trip.question(url))
        if answer.failure is not None:
            return Chain(tuple(trip.hops), failure=answer.failure, next_url=url)
        hop = Hop(url, answer.facts, answer.seen_at)
        trip.hops.append(hop)
        trip.cookies.update(hop.response.cookies)
        if not hop.redirects or trip.wants_jar:
            return Chain(tuple(trip.hops))
        url = tidy(hop.response.location)
        if not url:
            return Chain(tuple(trip.hops), stuck=True, next_url=hop.response.location)
        if not trip.enter(url):
            return Chain(tuple(trip.hops), loop=True, next_url=url)
        if len(trip.hops) > trip.limit:
            return Chain(tuple(trip.hops), too_long=True, next_url=url)
