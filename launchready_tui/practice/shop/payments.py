"""The payment provider that the shop calls: a small service of its own on loopback, with a limit, in test mode."""

from __future__ import annotations

import http.client
import json
import random
import socketserver
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from http.server import BaseHTTPRequestHandler
from typing import Any, Final

from launchready_tui.practice.shop.logs import LogFile, call_line
from launchready_tui.practice.shop.settings import ShopSettings

HOST: Final = "api.paywell.test"
"""What the provider is called in the application's log."""

LIMIT_PER_MINUTE: Final = 240
_BURST: Final = 10.0
_TAKES_SECONDS = 0.03
_CALL_SECONDS = 5.0
_BODY_LIMIT = 65_536
_OPENING_PAUSE = 0.2


class PaymentsDown(Exception):
    """The provider did not take the payment."""


class PaymentProvider:
    """Answers `POST /v1/payments` up to its limit and 429 beyond; what it refused counts against the limit too."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._tokens = _BURST
        self._at = clock()
        self.calls = 0
        # Not an HTTPServer, which looks up the name of its address: that takes seconds where DNS is broken.
        self._server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), partial(_Handler, self.refuses))
        self._server.daemon_threads = True
        self.port: int = self._server.server_address[1]
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.1}, daemon=True).start()

    def refuses(self) -> bool:
        """One more call: whether it is over the limit."""
        now = self._clock()
        with self._lock:
            self.calls += 1
            self._tokens = min(_BURST, self._tokens + (now - self._at) * LIMIT_PER_MINUTE / 60)
            self._at = now
            allowed = self._tokens >= 1
            # A call that is refused costs as well, but never more than a second's worth of waiting.
            self._tokens = max(-LIMIT_PER_MINUTE / 60, self._tokens - 1)
            return not allowed

    def stop(self) -> None:
        """Stop listening."""
        self._server.shutdown()
        self._server.server_close()


class _Handler(BaseHTTPRequestHandler):
    """One call."""

    protocol_version = "HTTP/1.1"

    def __init__(self, refuses: Callable[[], bool], *connection: Any) -> None:
        self._refuses = refuses
        super().__init__(*connection)

    def do_POST(self) -> None:
        """Take a payment."""
        length = self.headers.get("Content-Length", "0")
        self.rfile.read(min(int(length) if length.isdecimal() else 0, _BODY_LIMIT))
        if self._refuses():
            self._answer(429, {"error": {"type": "rate_limit"}}, ("Retry-After", "1"))
            return
        time.sleep(_TAKES_SECONDS)
        self._answer(200, {"object": "payment", "livemode": False, "status": "succeeded"})

    def do_GET(self) -> None:
        """Say which mode this is."""
        self._answer(200, {"object": "account", "livemode": False})

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing: the shop's own log says what it called."""

    def _answer(self, status: int, value: object, *headers: tuple[str, str]) -> None:
        body = json.dumps(value).encode()
        self.send_response(status)
        for name, text in (("Content-Type", "application/json"), ("Content-Length", str(len(body))), *headers):
            self.send_header(name, text)
        self.end_headers()
        self.wfile.write(body)


@dataclass(frozen=True, slots=True)
class Payments:
    """The shop's own client of the provider: how often it calls and repeats is what `ShopSettings` say."""

    port: int
    log: LogFile
    pause: Callable[[float], object] = time.sleep

    def pay(self, order: int, amount: int, settings: ShopSettings, request_id: str) -> None:
        """Pay for an order. Raises `PaymentsDown`."""
        steps = ("payment", "customer", "method", "confirmation", "receipt", "balance")[: settings.payment_calls]
        for step in steps:
            body = json.dumps({"order": order, "amount": amount, "currency": "eur", "step": step})
            self._call(body, f"order-{order}-{step}", settings, request_id)

    def _call(self, body: str, key: str, settings: ShopSettings, request_id: str) -> None:
        wait = _OPENING_PAUSE
        for attempt in range(1 + settings.payment_retries):
            status, retry_after = self._ask(body, key, request_id)
            if status == 200:
                return
            if status not in (429, 503) or attempt == settings.payment_retries:
                break
            if settings.patient:
                self.pause(max(wait, retry_after) * random.uniform(1.0, 1.5))  # noqa: S311 - only spreads the load
                wait *= 2
        raise PaymentsDown(f"the payment provider answered {status}")

    def _ask(self, body: str, key: str, request_id: str) -> tuple[int, float]:
        began = time.perf_counter()
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=_CALL_SECONDS)
        status, retry_after, error = 0, 0.0, ""
        try:
            headers = {"Content-Type": "application/json", "Idempotency-Key": key}
            connection.request("POST", "/v1/payments", body, headers)
            answer = connection.getresponse()
            answer.read(_BODY_LIMIT)
            status = answer.status
            asked = answer.headers.get("Retry-After", "")
            retry_after = float(asked) if asked.isdecimal() else 0.0
        except TimeoutError:
            error = "timeout"
        except (OSError, http.client.HTTPException) as failure:
            error = type(failure).__name__
        finally:
            connection.close()
        took = (time.perf_counter() - began) * 1000
        self.log.line(call_line("payments", HOST, status, took, request_id, error))
        return status, retry_after
