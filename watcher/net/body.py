"""Decompression in bounded steps: a gigabyte of zeros costs one step of memory before the cap stops it."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from typing import Protocol

from watcher.net.errors import BodyBrokenError, EncodingRefusedError

STEP = 64 * 1024
"""Bytes that one step may produce."""

ACCEPTED = "gzip, deflate"
"""What a request may advertise."""

_GZIP_MAGIC = b"\x1f\x8b"


class Decoder(Protocol):
    """Turns the bytes of the wire into those of the document."""

    def feed(self, data: bytes) -> Iterator[bytes]:
        """Decode `data` in pieces of at most STEP bytes. Raises BodyBrokenError."""
        ...

    def finish(self) -> None:
        """Say that no more data comes. Raises BodyBrokenError if the body ended early."""
        ...


class Identity:
    """A body that is not compressed."""

    def feed(self, data: bytes) -> Iterator[bytes]:
        """Hand the data on."""
        yield data

    def finish(self) -> None:
        """Nothing is outstanding."""


class Inflater:
    """gzip (also several members in a row), or deflate with or without the zlib header that the standard asks for."""

    def __init__(self, *, gzip: bool) -> None:
        self._gzip = gzip
        self._zlib = zlib.decompressobj(31 if gzip else zlib.MAX_WBITS)
        self._started = False
        self._padding = False
        self._held = b""

    def feed(self, data: bytes) -> Iterator[bytes]:
        """Decode in steps. Raises BodyBrokenError."""
        if not self._started and data:
            self._start(data)
        while data and not self._padding:
            if self._zlib.eof:
                data = self._next_member(self._held + data)
            else:
                yield from self._one_member(data)
                data = self._zlib.unused_data

    def finish(self) -> None:
        """Raises BodyBrokenError if the stream did not come to its end."""
        if self._started and not self._zlib.eof and not self._padding:
            raise BodyBrokenError("the compressed body ends early")

    def _start(self, data: bytes) -> None:
        self._started = True
        # RFC 9110 means zlib by "deflate"; some servers send it bare. 0x78 is zlib's usual first byte.
        if not self._gzip and data[0] & 0x0F != 8:
            self._zlib = zlib.decompressobj(-zlib.MAX_WBITS)

    def _one_member(self, data: bytes) -> Iterator[bytes]:
        while True:
            try:
                piece = self._zlib.decompress(data, STEP)
            except zlib.error:
                raise BodyBrokenError("the compressed body is damaged") from None
            if piece:
                yield piece
            data = self._zlib.unconsumed_tail
            if self._zlib.eof or (not data and len(piece) < STEP):
                return

    def _next_member(self, data: bytes) -> bytes:
        """Go on with what follows the end of a member; the first byte of a mark that was cut in two is held."""
        self._held = b""
        if self._gzip and data.startswith(_GZIP_MAGIC):
            self._zlib = zlib.decompressobj(31)
            return data
        if self._gzip and data == _GZIP_MAGIC[:1]:
            self._held = data
        else:
            self._padding = True  # zeros or rubbish after the end: ignored, as every browser does
        return b""


def decoder_for(content_encoding: str) -> Decoder:
    """The decoder for a Content-Encoding header. Raises EncodingRefusedError for unknown or nested ones."""
    names = [name.strip().lower() for name in content_encoding.split(",")]
    names = [name for name in names if name not in ("", "identity")]
    if not names:
        return Identity()
    if len(names) > 1:
        raise EncodingRefusedError(f"the body is encoded {len(names)} times over")
    if names[0] in ("gzip", "x-gzip"):
        return Inflater(gzip=True)
    if names[0] == "deflate":
        return Inflater(gzip=False)
    raise EncodingRefusedError(f"unknown content encoding {names[0][:40]!r}")
