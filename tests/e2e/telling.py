"""What the channels should have heard."""

from __future__ import annotations

from tests.support.office import RECIPIENTS


def everywhere(*told: tuple[str, str], slack: bool = False) -> dict[str, list[tuple[str, str]]]:
    """Each telling once on every channel; PagerDuty does not tell an update from an alert."""
    heard = {name: sorted(told) for name in ("soc", "screen", *RECIPIENTS)}
    return heard | {"duty": sorted(("", signal) for _, signal in told), "desk": sorted(told) if slack else []}
