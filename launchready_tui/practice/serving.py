"""Puts the parts together that answer a request: brakes, the cache, the shop, the pages of a session, the world."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from threading import Barrier

from launchready_tui.practice import site
from launchready_tui.practice.encoding import finished
from launchready_tui.practice.httpserver import Request
from launchready_tui.practice.shop.application import Shop
from launchready_tui.practice.shop.logs import LogFile, access_line
from launchready_tui.practice.shop.router import Served, request_id, route_of
from launchready_tui.practice.visitors import Visitors
from launchready_tui.practice.world import Reply, World

_THREADS = 24
"""Requests of the shop that are worked at at the same time: as many as a good pool has connections."""

_PATIENCE = 30.0


class Serving:
    """Answers requests to the marketplace, and keeps its access log."""

    def __init__(self, world: Callable[[], World], visitors: Visitors, shop: Shop, log: LogFile) -> None:
        self._world = world
        self._visitors = visitors
        self._shop = shop
        self._log = log
        self._threads = ThreadPoolExecutor(_THREADS, thread_name_prefix="practice-shop")

    def respond(self, request: Request) -> Reply | Awaitable[Reply]:
        """The answer; one to wait for where the shop has to work for it."""
        world = self._world()
        route = route_of(world, request)
        if route is None:
            return self._complete(world, request, None)
        return asyncio.get_running_loop().run_in_executor(self._threads, self._complete, world, request, route)

    def answer(self, request: Request) -> Reply:
        """The answer, however long it takes."""
        world = self._world()
        return self._complete(world, request, route_of(world, request))

    def answered(self, request: Request, reply: Reply, size: int, seconds: float) -> None:
        """Write the line of the access log."""
        asked = f"{request.method} {request.target} HTTP/1.1"
        self._log.line(access_line(asked, request.headers, request.remote, reply, size, seconds))

    def left(self, connection: int) -> None:
        """A visitor has disconnected."""
        with suppress(RuntimeError):
            self._threads.submit(self._shop.left, connection)

    def warm_up(self, request: Request) -> None:
        """Let every thread answer a request once, all at the same time: what threads and database connections cost in
        memory is not to look like growth when the first visitors come.
        """
        together = Barrier(_THREADS)

        def work() -> None:
            together.wait(_PATIENCE)
            self.answer(request)

        for started in [self._threads.submit(work) for _ in range(_THREADS)]:
            started.result()

    def stop(self) -> None:
        """Take no more requests; those under way are ended."""
        self._threads.shutdown(wait=True, cancel_futures=True)

    def _complete(self, world: World, request: Request, route: tuple[Served, str] | None) -> Reply:
        name = request_id(request)
        reply = self._visitors.braked(world, request)
        if reply is None:
            reply = self._visitors.counted(world, request, self._made(world, request, route, name))
        named = replace(reply, headers=(*reply.headers, ("X-Request-Id", name)))
        return finished(request, named, world.compressed, varies=request.host not in world.unvaried)

    def _made(self, world: World, request: Request, route: tuple[Served, str] | None, name: str) -> Reply:
        if route is None:
            return self._visitors.session_page(world, request) or site.respond(world, request)
        cache = self._shop.cache
        if stored := cache.find(request):
            return stored
        resource = self._shop.answer(world, request, *route, name)
        reply = site.respond(world, request, resource)
        return reply if resource is None else cache.offer(request, reply)


def timed(serving: Serving, request: Request) -> Reply:
    """Answer a request that came over no wire, and write it into the access log."""
    began = time.perf_counter()
    reply = serving.answer(request)
    serving.answered(request, reply, len(reply.body), time.perf_counter() - began)
    return reply
