"""Starts the shop beside everything else, and lets it follow the faults that are switched, in a thread of its own."""

from __future__ import annotations

import threading
from collections.abc import Callable

from launchready_tui.practice.shop.application import Shop
from launchready_tui.practice.shop.database import DatabaseDown
from launchready_tui.practice.shop.settings import ShopSettings


class ShopKeeper:
    """Applies the newest settings. `warm_up` is called once the shop has started, `rehearse` after every change: it
    fills the new logs with visits.
    """

    def __init__(
        self, shop: Shop, warm_up: Callable[[], None], rehearse: Callable[[], None], *, postgres: bool
    ) -> None:
        self._shop = shop
        self._warm_up = warm_up
        self._rehearse = rehearse
        self._postgres = postgres
        self._condition = threading.Condition()
        self._wanted: ShopSettings | None = None
        self._applied: ShopSettings | None = None
        self._ending = False
        self._failure: Exception | None = None
        self._thread = threading.Thread(target=self._run, name="practice-keeper", daemon=True)

    def start(self) -> None:
        """Begin to start the shop."""
        self._thread.start()

    def want(self, settings: ShopSettings) -> None:
        """The shop is to be built like this as soon as possible."""
        with self._condition:
            self._wanted = settings
            self._condition.notify_all()

    def wait(self) -> None:
        """Wait until the shop is what was wanted. Raises what kept it from starting."""
        with self._condition:
            self._condition.wait_for(lambda: self._failure or self._ending or self._applied == self._wanted)
            if self._failure is not None:
                raise self._failure

    def stop(self) -> None:
        """End the shop."""
        with self._condition:
            self._ending = True
            self._condition.notify_all()
        if self._thread.is_alive():
            self._thread.join()
        self._shop.stop()

    def _run(self) -> None:
        try:
            self._shop.start(postgres=self._postgres)
            self._warm_up()
        except Exception as error:
            with self._condition:
                self._failure = error
                self._condition.notify_all()
            return
        while (settings := self._next()) is not None:
            try:
                if self._shop.follow(settings):
                    self._rehearse()
            except DatabaseDown:
                # Its pages say so; what is switched next is tried again.
                pass
            with self._condition:
                self._applied = settings
                self._condition.notify_all()

    def _next(self) -> ShopSettings | None:
        with self._condition:
            self._condition.wait_for(lambda: self._ending or self._applied != self._wanted)
            return None if self._ending else self._wanted
