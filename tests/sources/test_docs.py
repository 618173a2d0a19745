"""docs/sources.md speaks of every kind, key, health and reason there is."""

from __future__ import annotations

from pathlib import Path

import pytest

from watcher.model.document import Health
from watcher.sources.api import ApiFields
from watcher.sources.failure import Reason
from watcher.sources.policy import FetchPolicy
from watcher.sources.registry import KINDS

TEXT = (Path(__file__).parents[2] / "docs" / "sources.md").read_text()
KEYS = sorted({key for kind in KINDS.values() for key in kind.options.model_fields} | set(ApiFields.model_fields))


@pytest.mark.parametrize("word", [*KINDS, *KEYS, *Health, *Reason])
def test_every_word_is_explained(word: str) -> None:
    assert f"`{word}`" in TEXT


def test_the_bounds_are_those_of_the_program() -> None:
    policy = FetchPolicy()
    assert (policy.max_bytes, policy.max_redirects, policy.max_headers) == (10_000_000, 5, 200)
    assert (policy.total_timeout, policy.connect_timeout, policy.per_host, policy.concurrency) == (30, 10, 2, 32)
    assert policy.user_agent.split(" ")[0] in TEXT
    assert policy.retries == (0.5, 2.0)
