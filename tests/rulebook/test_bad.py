"""One bad file for each way of being wrong, pinned to the findings that it gives.

`bad/<case>.yaml` names in its first line the file that it stands for in a copy of `base/`; `bad/<case>.txt` holds what
must be found, one `path:line: CODE message` a line, warnings marked.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.rulebook.kinds import CHANNEL_KINDS, SOURCE_KINDS
from watcher.model.signal import Finding
from watcher.rulebook.codes import CODES
from watcher.rulebook.load import load

HERE = Path(__file__).parent
CASES = sorted(path.stem for path in (HERE / "bad").glob("*.yaml"))
# These need something else than one bad file: see test_files, test_load, test_closer, test_environment, test_versions
# and test_testing.
ELSEWHERE = {
    *("Y101", "Y108", "Y120", "Y121", "Y122", "Y123", "Y124", "F510", "R418", "S228", "S236", "T610"),
    *("S232", "S234", "S235", "L320", "L321", "T606", "T607", "R427", "F517"),
}


def findings_of(case: str, root: Path) -> str:
    shutil.copytree(HERE / "base", root)
    bad = (HERE / "bad" / f"{case}.yaml").read_text(encoding="utf-8")
    target = root / bad.partition("\n")[0].removeprefix("# ")
    target.parent.mkdir(exist_ok=True)
    target.write_text(bad, encoding="utf-8")
    loaded = load(root, source_kinds=SOURCE_KINDS, channel_kinds=CHANNEL_KINDS)
    assert (loaded.rulebook is None) == any(finding.error for finding in loaded.findings)
    return "".join(_line(finding, root) for finding in loaded.findings)


def _line(finding: Finding, root: Path) -> str:
    shown = str(finding).replace(f"{root.as_posix()}/", "")
    return f"{shown}{'' if finding.error else ' (warning)'}\n"


@pytest.mark.parametrize("case", CASES)
def test_a_bad_file_is_reported_at_its_line(case: str, tmp_path: Path) -> None:
    expected = (HERE / "bad" / f"{case}.txt").read_text(encoding="utf-8")
    assert findings_of(case, tmp_path / "rules") == expected


@pytest.mark.parametrize("case", CASES)
def test_a_case_shows_the_code_in_its_name(case: str) -> None:
    assert f" {case[:4].upper()} " in (HERE / "bad" / f"{case}.txt").read_text(encoding="utf-8")


def test_every_code_has_a_bad_file() -> None:
    assert {case[:4].upper() for case in CASES} | ELSEWHERE == set(CODES)


def test_the_base_is_good(tmp_path: Path) -> None:
    assert load(HERE / "base", source_kinds=SOURCE_KINDS, channel_kinds=CHANNEL_KINDS).findings == ()
