"""A signal that is not live is scored and shown, and never alerts."""

from dataclasses import replace

import pytest

from watcher.model.alert import Routing
from watcher.model.rulebook import Rulebook
from watcher.model.signal import Group, Signal, Status, Term
from watcher.services.incoming import read_document
from watcher.services.matching import Matching

SIGNAL = Signal("flood", "Flood", (Group("flood", 80, (Term("flood"),)),))


@pytest.mark.parametrize(("status", "alerts"), [(Status.LIVE, True), (Status.SHADOW, False), (Status.DRAFT, False)])
def test_only_live_signals_alert(status: Status, alerts: bool) -> None:
    book = Rulebook((replace(SIGNAL, status=status),), (), (), Routing({}, ()), "")
    document = read_document({"title": "Flood in the valley", "language": "en"}, "a")
    (match,) = Matching(book).match(document, "a")["matches"]
    assert match["score"] >= 60
    assert match["alert"] is alerts
