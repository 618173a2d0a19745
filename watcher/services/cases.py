"""Cases: what is to be judged of a document that matches."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from watcher.alerting.inhibit import may_be_inhibited
from watcher.alerting.unmute import REASONS
from watcher.detection.score import corroborated
from watcher.model.story import Placement
from watcher.services.desk import Desk
from watcher.services.judging import Case, subject_of
from watcher.services.readings import Found


def cases(
    desk: Desk,
    one: Found,
    placement: Placement,
    muted: Mapping[str, str] | None = None,
    elsewhere: Collection[str] = (),
) -> list[Case]:
    """A case for each match, with its story's corroboration; those that another one's alert may inhibit come last.

    With `muted` the document comes by again for these signals alone: the others have had their say. Those `elsewhere`
    tell of other stories only.
    """
    found = []
    for match in one.detection.matches:
        signal = desk.rulebook.signal(match.signal_id)
        if signal and signal.id not in elsewhere and (muted is None or signal.id in muted):
            reasons = (REASONS[muted[signal.id]],) if muted else ()
            scored = corroborated(match, signal, placement.publishers)
            found.append(Case(one.document, one.detection.language, placement, signal, scored, reasons))
    inhibitions = desk.rulebook.routing.inhibitions
    return sorted(found, key=lambda case: may_be_inhibited(inhibitions, subject_of(case)))
