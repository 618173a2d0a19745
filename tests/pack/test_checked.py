"""The pack is clean under the closer look: nothing is written twice, nothing can never hold."""

from __future__ import annotations

from watcher.rulebook.load import load
from watcher.services.rules import pack_dir


def test_the_pack_has_no_findings_but_notes() -> None:
    loaded = load(pack_dir(), source_kinds={}, channel_kinds={}, signals_only=True, thorough=True)
    # S234 is for whoever writes the rules: an exclusion may be right before its test is there.
    assert [str(finding) for finding in loaded.findings if not finding.note and finding.code != "S234"] == []
