"""A network that is not there: it keeps what it was asked, and answers from memory."""

from __future__ import annotations

import ssl
from collections.abc import Iterable, Sequence

import httpcore


class FakeStream(httpcore.AsyncNetworkStream):
    """Yields the given pieces, then nothing more."""

    def __init__(self, pieces: Sequence[bytes]) -> None:
        self._pieces = list(pieces)

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._pieces.pop(0) if self._pieces else b""

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:
        return None

    async def aclose(self) -> None:
        return None

    async def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.AsyncNetworkStream:
        return self

    def get_extra_info(self, info: str) -> object:
        return None


class FakeNetwork(httpcore.AsyncNetworkBackend):
    """`asked` are the hosts of connections in order; those in `refused` cannot be reached."""

    def __init__(self, pieces: Sequence[bytes] = (), refused: Sequence[str] = ()) -> None:
        self.asked: list[str] = []
        self.timeouts: list[float | None] = []
        self._pieces = pieces
        self._refused = refused

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        self.asked.append(host)
        self.timeouts.append(timeout)
        if host in self._refused:
            raise httpcore.ConnectError("refused")
        return FakeStream(self._pieces)

    async def connect_unix_socket(
        self, path: str, timeout: float | None = None, socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None
    ) -> httpcore.AsyncNetworkStream:
        raise AssertionError("nobody asks for this")

    async def sleep(self, seconds: float) -> None:
        return None


class Names:
    """A resolver with a fixed answer, or one after another for the same name."""

    def __init__(self, **answers: Sequence[Sequence[str]]) -> None:
        self._answers = {name.replace("_", "."): list(answer) for name, answer in answers.items()}
        self.asked: list[str] = []

    async def look_up(self, host: str, port: int) -> Sequence[str]:
        self.asked.append(host)
        answers = self._answers[host]
        return answers.pop(0) if len(answers) > 1 else answers[0]
