"""An id that no signal has is wrong usage everywhere, and says which one may have been meant."""

from __future__ import annotations

import pytest

from tests.cli.conftest import Cli


@pytest.mark.parametrize(
    "arguments",
    [
        ["routes", "test", "--signal", "dam-falure"],
        ["explain", "text.txt", "--signal", "dam-falure"],
        ["eval", "set.jsonl", "--signal", "dam-falure"],
        ["test", "dam-falure"],
    ],
    ids=" ".join,
)
def test_a_misspelt_signal_is_wrong_usage_everywhere(cli: Cli, arguments: list[str]) -> None:
    result = cli(*arguments)
    assert (result.code, result.out) == (2, "")
    assert "no signal `dam-falure`: did you mean `dam-failure`?" in " ".join(result.err.split())


def test_what_is_like_nothing_is_told_what_there_is(cli: Cli) -> None:
    result = cli("routes", "test", "--signal", "zzz")
    assert result.code == 2
    assert "signals are dam-failure, grain-treaty, port-strike" in " ".join(result.err.split())
