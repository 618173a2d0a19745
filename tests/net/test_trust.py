"""The authorities that TLS trusts are read once."""

from __future__ import annotations

import ssl

from watcher.net.trust import shared_trust


def test_contexts_verify_and_are_shared_by_those_that_offer_the_same_protocols() -> None:
    trust = shared_trust(http2=True)
    assert trust is shared_trust(http2=True)
    assert trust is not shared_trust(http2=False)
    assert (trust.verify_mode, trust.check_hostname) == (ssl.CERT_REQUIRED, True)
    assert trust.get_ca_certs()
