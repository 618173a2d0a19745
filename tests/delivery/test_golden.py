"""What each kind makes of a message, byte for byte."""

from __future__ import annotations

import pytest

from tests.delivery.golden import DELIVERIES, FOLDER, KINDS, forms

SENT = {**DELIVERIES, **KINDS}
PAIRS = [(name, ending) for name, sent in SENT.items() for ending in forms(sent)]


@pytest.mark.parametrize(("name", "ending"), PAIRS)
def test_rendered_as_before(name: str, ending: str) -> None:
    assert forms(SENT[name])[ending].decode() == (FOLDER / f"{name}.{ending}").read_bytes().decode()


def test_no_golden_file_is_left_over() -> None:
    assert {path.name for path in FOLDER.iterdir()} == {f"{name}.{ending}" for name, ending in PAIRS}
