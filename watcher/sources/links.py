"""Links: made absolute, kept only if they lead to the web, and the one form that tells documents apart. Pure."""

from __future__ import annotations

import re
from urllib.parse import SplitResult, urljoin, urlsplit, urlunsplit

MAX_URL = 2_000
"""Characters; longer links are dropped."""

_TRACKING = re.compile(
    r"utm_\w*|fbclid|gclid|gbraid|wbraid|dclid|msclkid|yclid|twclid|igshid|igsh|mc_cid|mc_eid|_ga|_gl|_hsenc|_hsmi|mkt_tok"
    r"|at_\w+|ns_\w+|xtor|wt_mc|wt_zmc|cmpid|smid|smtyp|partner|ftag|ocid|ito|ncid|trk|oly_enc_id|oly_anon_id|vero_id"
    r"|s_cid|spm|share_id|rss|via=rss|traffic_source|maca|ref_src|ref_url|fb_ref|fb_source|__twitter_impression",
    re.IGNORECASE,
)
_TRACKING_VALUES = frozenset({("ref", "rss"), ("source", "rss"), ("src", "rss"), ("from", "rss"), ("feed", "rss")})
# A link in good order, with nothing to escape, drop or write in another way: path, query and fragment.
_GOOD = re.compile(
    r"https?://[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?(/[!$%&'()*+,./0-9:;=@A-Z_a-z~\[\]-]*)?"
    r"(\?[!$%&'()*+,./0-9:;=@A-Z_a-z~?\[\]-]+)?(#[!$%&'()*+,./0-9:;=@A-Z_a-z~?\[\]-]+)?"
)
_UNSAFE = re.compile(r"[^\x21-\x7e]|[<>\"\\^`{|}]")


def absolute_url(link: str, base: str) -> str:
    """`link` resolved against `base`, or "" if that is not an http(s) URL with a host. User and password go."""
    if len(link) <= MAX_URL and _GOOD.fullmatch(link):
        return link
    text = "".join(link[: MAX_URL * 2].split("\n")).strip().replace("\r", "").replace("\t", "")
    if not text:
        return ""
    try:
        parts = urlsplit(text)
        if base and not (parts.scheme and parts.netloc):  # joining would rewrite what is whole already
            parts = urlsplit(urljoin(base, text))
        host = _host(parts)
    except ValueError:
        return ""
    if parts.scheme not in ("http", "https") or not host:
        return ""
    joined = urlunsplit((parts.scheme, host, parts.path, parts.query, parts.fragment))
    escaped = _UNSAFE.sub(_percent, joined)
    return escaped if len(escaped) <= MAX_URL else ""


def canonical_url(url: str) -> str:
    """The form of a link that stays the same when a publisher only counts its readers; "" for no usable link.

    Scheme and host in lower case, no default port, no user, no fragment, no tracking parameters; the order of the
    others is kept, because it may mean something.
    """
    good = _GOOD.fullmatch(url)
    if good is not None and len(url) <= MAX_URL and good.start(2) < 0:
        plain = url[: good.start(3)] if good.start(3) >= 0 else url
        return plain if good.start(1) >= 0 else f"{plain}/"
    try:
        parts = urlsplit(absolute_url(url, ""))
    except ValueError:
        return ""
    if not parts.netloc:
        return ""
    kept = [pair for pair in parts.query.split("&") if pair and not _is_tracking(pair)]
    return urlunsplit((parts.scheme, parts.netloc, parts.path or "/", "&".join(kept), ""))


def identifies(url: str, source_url: str) -> bool:
    """Whether a canonical URL can stand for one document: not for a homepage, nor for the feed's own address."""
    parts = urlsplit(url)
    return (parts.path.strip("/") != "" or bool(parts.query)) and url != canonical_url(source_url)


def _host(parts: SplitResult) -> str:
    """Host in lower case and in its ASCII form, with the port unless it is the usual one. Raises ValueError."""
    host = (parts.hostname or "").rstrip(".")
    if not host.isascii():
        host = host.encode("idna").decode("ascii")
    if not host or _UNSAFE.search(host) or "%" in host:
        return ""
    if ":" in host:
        host = f"[{host}]"
    usual = {"http": 80, "https": 443}.get(parts.scheme)
    return host if parts.port in (None, usual) else f"{host}:{parts.port}"


def _percent(found: re.Match[str]) -> str:
    return "".join(f"%{byte:02X}" for byte in found.group().encode("utf-8", "surrogatepass"))


def _is_tracking(pair: str) -> bool:
    name, _, value = pair.partition("=")
    return bool(_TRACKING.fullmatch(name)) or (name.lower(), value.lower()) in _TRACKING_VALUES
