"""The httpx client for everything that leaves for an address that somebody wrote into a rule."""

from __future__ import annotations

from collections.abc import Sequence
from http.cookiejar import CookieJar, DefaultCookiePolicy

import httpx

from watcher import __version__
from watcher.net.body import ACCEPTED
from watcher.net.guard import Network
from watcher.net.transport import Bounds, GuardedTransport, Outside


def guarded_client(
    allow_private: Sequence[Network] = (),
    *,
    timeout: float = 30.0,
    http2: bool = True,
    bounds: Bounds | None = None,
    outside: Outside | None = None,
) -> httpx.AsyncClient:
    """A client without redirects, cookies, netrc and proxies; `timeout` is seconds for a request in all.

    HTTP_PROXY and its like are not read: a proxy would make the connections in our stead, and the check of addresses
    would be worth nothing. Private addresses are refused unless they lie in `allow_private`. `bounds` replaces
    `timeout` and sets the other limits. A single request may bring its own Deadline as extension `deadline`.
    """
    bounds = bounds or Bounds(total_timeout=timeout)
    return httpx.AsyncClient(
        transport=GuardedTransport(allow_private=allow_private, bounds=bounds, http2=http2, outside=outside),
        headers={"User-Agent": f"SignalWatch/{__version__}", "Accept-Encoding": ACCEPTED},
        timeout=bounds.total_timeout,
        follow_redirects=False,
        trust_env=False,
        cookies=CookieJar(DefaultCookiePolicy(allowed_domains=[])),
    )
