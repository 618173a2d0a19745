"""Compressed bodies: what comes out, in which steps, and what is refused."""

from __future__ import annotations

import gzip
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watcher.net.body import STEP, Decoder, decoder_for
from watcher.net.errors import BodyBrokenError, EncodingRefusedError


def run(decoder: Decoder, data: bytes, size: int = 1000) -> bytes:
    out = b"".join(piece for at in range(0, len(data), size) for piece in decoder.feed(data[at : at + size]))
    decoder.finish()
    return out


def raw_deflate(data: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return packer.compress(data) + packer.flush()


@given(st.binary(max_size=5000), st.integers(min_value=1, max_value=700))
def test_every_body_survives_every_encoding_in_any_pieces(data: bytes, size: int) -> None:
    assert run(decoder_for("gzip"), gzip.compress(data), size) == data
    assert run(decoder_for("x-gzip"), gzip.compress(data), size) == data
    assert run(decoder_for("deflate"), zlib.compress(data), size) == data
    assert run(decoder_for("deflate"), raw_deflate(data), size) == data
    assert run(decoder_for("identity"), data, size) == data


def test_a_bomb_comes_out_in_bounded_steps() -> None:
    bomb = gzip.compress(bytes(50_000_000))
    pieces = decoder_for("gzip").feed(bomb)
    assert all(len(next(pieces)) <= STEP for _ in range(20))


def test_members_in_a_row_are_one_body() -> None:
    assert run(decoder_for("gzip"), gzip.compress(b"one ") + gzip.compress(b"two"), 5) == b"one two"


def test_rubbish_after_the_end_is_ignored() -> None:
    assert run(decoder_for("gzip"), gzip.compress(b"news") + bytes(20), 7) == b"news"


@pytest.mark.parametrize("encoding", ["gzip", "deflate"])
def test_a_body_that_ends_early_is_an_error(encoding: str) -> None:
    packed = gzip.compress(b"news" * 500) if encoding == "gzip" else zlib.compress(b"news" * 500)
    with pytest.raises(BodyBrokenError):
        run(decoder_for(encoding), packed[:-12])


@given(st.binary(min_size=1, max_size=300))
def test_bytes_that_are_not_gzip_are_an_error_or_nothing_worse(data: bytes) -> None:
    try:
        run(decoder_for("gzip"), data)
    except BodyBrokenError:
        return
    assert gzip.decompress(data) is not None


def test_no_body_at_all_is_fine() -> None:
    assert run(decoder_for("gzip"), b"") == b""


@pytest.mark.parametrize("encoding", ["br", "zstd", "gzip, gzip", "deflate,gzip", "rot13", "gzip;q=1"])
def test_unknown_and_nested_encodings_are_refused(encoding: str) -> None:
    with pytest.raises(EncodingRefusedError):
        decoder_for(encoding)


@pytest.mark.parametrize("encoding", ["", " ", "identity", "IDENTITY, identity"])
def test_no_encoding_is_none(encoding: str) -> None:
    assert run(decoder_for(encoding), b"plain") == b"plain"
