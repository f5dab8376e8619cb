"""Turns the journeys of a profile into what the generator runs. Raises `InputError` for what cannot be run."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from urllib.parse import urlsplit

from launchready_tui.errors import InputError
from launchready_tui.load.script import Step, Walk
from launchready_tui.load.thinking import mean_pause
from launchready_tui.model import codec
from launchready_tui.model.performance import seconds_range, times_range
from launchready_tui.model.product import Journey, JourneyStep, Product, Route
from launchready_tui.text import one_line, plural

MOST_POOL_BYTES = 8 * 1024 * 1024
ALWAYS = frozenset({"n"})
ACCOUNT = frozenset({"account.username", "account.password"})

Key = tuple[str, str]
"""Route and journey."""


def make_walks(product: Product) -> tuple[tuple[Walk, ...], tuple[Key, ...]]:
    """The journeys, ready to run, and the pairs of route and journey that are counted apart."""
    if not any(journey.steps for journey in product.journeys):
        raise InputError(
            "The profile has no journey: there is nothing to send.",
            "Add a [[journey]] with its [[journey.step]]s to the profile.",
        )
    pools = frozenset(product.pools)
    keys: dict[Key, int] = {}
    walks: list[Walk] = []
    for journey in product.journeys:
        if not journey.steps:
            continue
        steps = tuple(_step(product, journey, step, keys) for step in journey.steps)
        _check(journey, steps, pools)
        account = product.account(journey.account)
        if account is None and any(step.needs & ACCOUNT for step in steps):
            raise InputError(
                f'Journey "{journey.id}" uses {{account.…}} and names no test account.',
                'Add account = "ROLE" to the journey and an [[account]] with that role.',
            )
        walks.append(
            Walk(journey.id, journey.weight, steps, journey.account, account.username if account is not None else "")
        )
    return tuple(walks), tuple(keys)


def flood_walks(walks: Iterable[Walk]) -> tuple[Walk, ...]:
    """The same routes called alone, one URL each, without sessions and pauses: what a simple benchmark does.

    Only steps that read and need nothing from an earlier step can be.
    """
    found: dict[int, Walk] = {}
    for walk in walks:
        for step in walk.steps:
            if step.method == "GET" and not step.needs and step.key not in found:
                alone = Step(step.key, step.method, step.origin, step.target, expect=step.expect)
                found[step.key] = Walk(walk.id, walk.weight, (alone,))
    return tuple(found.values())


def fingerprint(walks: tuple[Walk, ...], pools: object) -> str:
    """SHA-256 of the journeys and their data, so that machines can tell whether they run the same."""
    return codec.digest(codec.plain([walks, pools]))


def mean_think(walks: tuple[Walk, ...]) -> float:
    """Mean seconds of thinking in one session."""
    return _mean(walks, lambda step: _times(step) * mean_pause(*step.think))


def mean_requests(walks: tuple[Walk, ...]) -> float:
    """Mean number of requests in one session, redirects not counted."""
    return _mean(walks, _times)


def read_pools(product: Product) -> dict[str, tuple[str, ...]]:
    """The data pools with their files read: one value a line, blank lines left out."""
    return {name: _pool(product, name, values) for name, values in product.pools.items()}


def origins(walks: Iterable[Walk]) -> tuple[str, ...]:
    """The origins that the journeys call, in their order."""
    return tuple(dict.fromkeys(step.origin for walk in walks for step in walk.steps))


def _mean(walks: tuple[Walk, ...], of: Callable[[Step], float]) -> float:
    weights = sum(walk.weight for walk in walks)
    return float(sum(walk.weight * sum(of(step) for step in walk.steps) for walk in walks) / weights)


def _times(step: Step) -> float:
    return (step.times[0] + step.times[1]) / 2


def _step(product: Product, journey: Journey, step: JourneyStep, keys: dict[Key, int]) -> Step:
    route = product.route(step.route)
    if route is None:
        raise InputError(f'Journey "{journey.id}" names the route "{step.route}", which is not declared.')
    url = urlsplit(route.url)
    target = step.path or (url.path or "/") + (f"?{url.query}" if url.query else "")
    return Step(
        key=keys.setdefault((route.id, journey.id), len(keys)),
        method=step.method,
        origin=_origin(route),
        target=target,
        body=dict(step.data),
        json=step.json,
        extract=dict(step.extract),
        times=times_range(step.times),
        think=seconds_range(step.think),
        expect=step.expect_status or route.expect_status,
    )


def _origin(route: Route) -> str:
    """Scheme, host and port of a route's URL, the port always written."""
    try:
        url = urlsplit(route.url)
        port = url.port or (443 if url.scheme == "https" else 80)
    except ValueError:
        url, port = urlsplit(""), 0
    if url.scheme not in ("http", "https") or not url.hostname:
        raise InputError(f'Route "{route.id}": {one_line(route.url, 120)} is no http or https URL.')
    host = f"[{url.hostname}]" if ":" in url.hostname else url.hostname.lower()
    return f"{url.scheme}://{host}:{port}"


def _check(journey: Journey, steps: tuple[Step, ...], pools: frozenset[str]) -> None:
    """Every placeholder has to come from somewhere: a pool, the account, or an earlier step."""
    known = pools | ALWAYS | ACCOUNT
    for number, step in enumerate(steps, start=1):
        missing = sorted(step.needs - known)
        if missing:
            raise InputError(
                f'Journey "{journey.id}", step {number}: nothing fills {{{missing[0]}}}.',
                f"Extract it in an earlier step, or add a pool: [pools] {missing[0]} = [...]",
            )
        known |= step.extract.keys()


def _pool(product: Product, name: str, values: tuple[str, ...] | str) -> tuple[str, ...]:
    if not isinstance(values, str):
        found = values
    else:
        path = Path(product.base) / values
        try:
            with path.open("rb") as stream:
                data = stream.read(MOST_POOL_BYTES + 1)
        except OSError as error:
            raise InputError(
                f"[pools] {name}: {path} cannot be read: {error.strerror}.", "The path is relative to the profile."
            ) from None
        if len(data) > MOST_POOL_BYTES:
            raise InputError(f"[pools] {name}: {path} has more than {plural(MOST_POOL_BYTES >> 20, 'megabyte')}.")
        lines = data.decode("utf-8", "replace").splitlines()
        found = tuple(line.strip() for line in lines if line.strip())
    if not found:
        raise InputError(f"[pools] {name} is empty.", "Give it at least one value.")
    return found
