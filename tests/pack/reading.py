"""The pack as it is shipped, loaded once, and what it makes of a text; the invented texts of a language."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml

from watcher.delivery.registry import KINDS as CHANNEL_KINDS
from watcher.detection.engine import Detector
from watcher.rulebook.load import load
from watcher.sources.registry import KINDS as SOURCE_KINDS

HERE = Path(__file__).parent
RULES = HERE.parents[1] / "rules"


@dataclass(frozen=True)
class Texts:
    """`fires` and `below` are (signal, title, text); `unrelated` are (title, text)."""

    fires: list[tuple[str, str, str]]
    below: list[tuple[str, str, str]]
    unrelated: list[tuple[str, str]]


def texts(name: str) -> Texts:
    """The texts of tests/pack/<name>.yaml."""
    told = yaml.safe_load((HERE / f"{name}.yaml").read_text(encoding="utf-8"))

    def cases(key: str) -> list[tuple[str, str, str]]:
        return [(signal, title, text) for signal, items in told[key].items() for title, text in items]

    return Texts(cases("fires"), cases("below"), [(title, text) for title, text in told["unrelated"]])


@cache
def _detector() -> tuple[Detector, dict[str, int]]:
    """The detector over rules/, and each signal's threshold by its id."""
    loaded = load(
        RULES,
        source_kinds={name: kind.options for name, kind in SOURCE_KINDS.items()},
        channel_kinds={name: kind.options for name, kind in CHANNEL_KINDS.items()},
    )
    book = loaded.rulebook
    assert book is not None, [str(finding) for finding in loaded.findings]
    return Detector(book.signals, book.lexicons), {signal.id: signal.alert_at for signal in book.signals}


def alerts(title: str, text: str, language: str) -> frozenset[str]:
    """The signals that would alert."""
    detector, thresholds = _detector()
    found = detector.detect(title, text, language).matches
    return frozenset(match.signal_id for match in found if match.score >= thresholds[match.signal_id])
