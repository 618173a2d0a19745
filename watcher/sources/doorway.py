"""Pages that stand in front of what was asked for: a captcha, or the notice of a domain that is for sale. Pure.

Looked at only when a body is not what its source should be, so a false hit costs a word in a table, never a document.
"""

from __future__ import annotations

import re

from watcher.model.document import Health

_LOOKED_AT = 60_000

_CAPTCHA = re.compile(
    rb"g-recaptcha|h-captcha|hcaptcha\.com|recaptcha/api|cf-challenge|cf_chl_|challenge-platform|challenges\.cloudflare"
    rb"|captcha-delivery|px-captcha|_incapsula_|awswaf|verify (?:that )?you are (?:a )?human|are you a robot"
    rb"|<title>\s*(?:just a moment|attention required|access denied|robot check|security check)",
    re.I,
)
_PARKED = re.compile(
    rb"domain (?:name )?(?:is|may be) for sale|buy this domain|domain is parked|parked (?:free|domain)|parkingcrew"
    rb"|sedoparking|bodis\.com|hugedomains|afternic|domain (?:name )?has expired|parking-lander|this domain has been"
    rb" (?:registered|suspended)",
    re.I,
)


def behind(body: bytes) -> tuple[Health, str] | None:
    """What the page says about the source, with the class of the failure in one word; None for any other page."""
    head = body[:_LOOKED_AT]
    if _CAPTCHA.search(head):
        return Health.BLOCKED, "captcha"
    return (Health.GONE, "parked") if _PARKED.search(head) else None
