"""URLs as they are fetched: checked, without the user and password they may carry, and where a redirect leads."""

from __future__ import annotations

import re
from base64 import b64encode
from dataclasses import dataclass
from urllib.parse import unquote

import httpx

from watcher.model.document import Source, SourceState
from watcher.sources.failure import FetchError, Reason

MAX_URL = 8_000
_HOST = re.compile(rb"[A-Za-z0-9._:-]+")


@dataclass(frozen=True, slots=True)
class Target:
    """Where a request goes. `authorization` is the header made of the URL's user and password, kept out of the repr."""

    url: httpx.URL
    authorization: str | None = None

    def __repr__(self) -> str:
        return f"Target({str(self.url)!r})"

    @property
    def host(self) -> str:
        """Host and port, for the gate."""
        return self.url.netloc.decode("ascii")


def target_of(url: str) -> Target:
    """Read a configured URL. Raises FetchError (url) for anything but http and https with a host."""
    parsed = _parse(url)
    authorization = None
    if parsed.userinfo:
        user, _, password = parsed.userinfo.partition(b":")
        plain = f"{unquote(user.decode())}:{unquote(password.decode())}"
        authorization = "Basic " + b64encode(plain.encode()).decode()
    return Target(_bare(parsed), authorization)


def polled_url(source: Source, state: SourceState) -> str:
    """Where a source is polled: where its server said for good that it has moved to, else as configured.

    A move holds for the configured address that it was found under. An address with a password is always asked itself:
    the password is not taken along.
    """
    if not state.moved_to or state.url != source.url or "@" in source.url.partition("://")[2].partition("/")[0]:
        return source.url
    return state.moved_to


def redirected(target: Target, location: str) -> Target:
    """Where `location` leads from `target`. Credentials stay with their scheme, host and port; new ones are not taken.

    Raises FetchError (redirects) for what is not http or https.
    """
    try:
        there = _bare(_parse(str(target.url.join(location.strip()))))
    except (FetchError, httpx.InvalidURL, ValueError):
        raise FetchError(Reason.REDIRECTS, "redirected to something that is not an http or https address") from None
    same = (there.scheme, there.host, there.port) == (target.url.scheme, target.url.host, target.url.port)
    return Target(there, target.authorization if same else None)


def _parse(url: str) -> httpx.URL:
    try:
        parsed = httpx.URL(url)
    except (httpx.InvalidURL, ValueError, TypeError):
        raise FetchError(Reason.URL, "the address cannot be read") from None
    if not parsed.scheme:
        raise FetchError(Reason.URL, "the address has to begin with https:// or http://")
    if parsed.scheme not in ("http", "https"):
        raise FetchError(Reason.URL, f"only http and https are fetched, not {parsed.scheme[:20]!r}")
    if not _HOST.fullmatch(parsed.raw_host) or len(url) > MAX_URL:
        raise FetchError(Reason.URL, f"the address has no proper host, or is longer than {MAX_URL} characters")
    return parsed


def _bare(url: httpx.URL) -> httpx.URL:
    return url.copy_with(username=None, password=None, fragment=None) if url.userinfo or url.fragment else url
