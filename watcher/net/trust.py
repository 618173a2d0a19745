"""Whom TLS connections trust: the system's and certifi's authorities, read once for the whole process."""

from __future__ import annotations

import ssl
from functools import cache

import httpcore


@cache
def shared_trust(*, http2: bool) -> ssl.SSLContext:
    """Reading the authorities takes a tenth of a second, and every channel and fetcher needs them.

    One context for each choice of protocols, because httpcore writes the protocols that it offers into the context.
    """
    del http2  # part of the key only
    return httpcore.default_ssl_context()
