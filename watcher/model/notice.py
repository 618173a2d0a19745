"""What an operator is told about the watcher itself: a source that broke, deliveries that are dead, a full disk."""

from __future__ import annotations

from dataclasses import dataclass

from watcher.model.signal import Severity


@dataclass(frozen=True, slots=True)
class Notice:
    """One notice. `kind` is a short class (`source-health`), `subject` one line, `text` the rest in plain words.

    The outbox takes one notice only for each `dedup_key`: it names the fact, such as a source's state and since when.
    `link` leads to what it is about, or is "".
    """

    kind: str
    subject: str
    text: str
    severity: Severity
    dedup_key: str
    link: str = ""
