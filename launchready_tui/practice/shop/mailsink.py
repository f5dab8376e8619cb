"""A mail server that keeps nothing: every message of the shop ends here."""

from __future__ import annotations

import socketserver
import threading
from collections.abc import Callable
from functools import partial
from typing import Any, Final

_LINE_LIMIT: Final = 4_096
_LINES_LIMIT: Final = 20_000
_IDLE_SECONDS: Final = 10.0


class MailSink:
    """Speaks just enough SMTP (RFC 5321) on a loopback port to take mail and forget it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.messages = 0
        self._server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), partial(_Handler, self._count))
        self._server.daemon_threads = True
        self.port: int = self._server.server_address[1]
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.1}, daemon=True).start()

    def _count(self) -> None:
        """One more message."""
        with self._lock:
            self.messages += 1

    def stop(self) -> None:
        """Stop listening."""
        self._server.shutdown()
        self._server.server_close()


class _Handler(socketserver.StreamRequestHandler):
    """One SMTP session."""

    timeout = _IDLE_SECONDS

    def __init__(self, arrived: Callable[[], None], *connection: Any) -> None:
        self._arrived = arrived
        super().__init__(*connection)

    def handle(self) -> None:
        try:
            self._talk()
        except OSError:
            return

    def _talk(self) -> None:
        self._say("220 sink.acme.test ESMTP mail sink: nothing is delivered")
        for _ in range(_LINES_LIMIT):
            line = self.rfile.readline(_LINE_LIMIT)
            match line[:4].upper().strip():
                case b"":
                    return
                case b"QUIT":
                    self._say("221 bye")
                    return
                case b"DATA":
                    self._say("354 go on")
                    if not self._message():
                        return
                    self._arrived()
                    self._say("250 forgotten")
                case b"EHLO" | b"HELO" | b"MAIL" | b"RCPT" | b"RSET" | b"NOOP":
                    self._say("250 ok")
                case _:
                    self._say("502 no such command")

    def _message(self) -> bool:
        """Read a message up to its final dot; whether it came whole."""
        for _ in range(_LINES_LIMIT):
            line = self.rfile.readline(_LINE_LIMIT)
            if line in (b".\r\n", b".\n"):
                return True
            if not line:
                return False
        return False

    def _say(self, text: str) -> None:
        self.wfile.write(f"{text}\r\n".encode())
