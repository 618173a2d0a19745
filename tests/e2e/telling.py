"""What the channels should have heard."""

from __future__ import annotations

from tests.support.office import RECIPIENTS


def everywhere(*told: tuple[str, str]) -> dict[str, list[tuple[str, str]]]:
    """Each telling once on every channel; PagerDuty does not tell an update from an alert."""
    channels = ("desk", "soc", "screen", *RECIPIENTS)
    return {name: sorted(told) for name in channels} | {"duty": sorted(("", signal) for _, signal in told)}
