"""The few things that the shared words do beside being named."""

from watcher.model.match import Assertion
from watcher.model.signal import Severity


def test_severity_and_assertion_are_ordered() -> None:
    assert [band.rank for band in Severity] == [0, 1, 2, 3]
    assert Assertion.ASSERTED.strength > Assertion.ATTRIBUTED.strength > Assertion.DENIED.strength
    assert Assertion.OPINION.strength == 0
