"""The domain that somebody registered, as the name of a publisher."""

from __future__ import annotations

import re
from functools import lru_cache

from tldextract import TLDExtract

_HOST = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.){1,10}[a-z0-9-]{2,63}")


def registrable_domain(host: str) -> str:
    """`news.example.co.uk` is `example.co.uk`; a name below no public suffix is its own, and "" stands for no name."""
    name = host.strip().rstrip(".").lower()
    return (_suffixes().extract_str(name).top_domain_under_public_suffix or name) if _HOST.fullmatch(name) else ""


@lru_cache(maxsize=1)
def _suffixes() -> TLDExtract:
    """The public suffix list that comes with the library; nothing is fetched."""
    return TLDExtract(suffix_list_urls=(), cache_dir=None)
