"""Rules that changed while their version did not, against a directory and against a git revision."""

from __future__ import annotations

import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from tests.rulebook.building import BASE, load_rules, write
from watcher.model.errors import UserError
from watcher.model.signal import Lexicon, Signal
from watcher.rulebook.revision import rules_at
from watcher.rulebook.versions import unraised

SIGNAL = BASE["signals/dam.yaml"]


def signal(version: int, meaning: str, signal_id: str = "dam") -> Signal:
    return Signal(id=signal_id, title="", groups=(), version=version, meaning=meaning, path="signals/dam.yaml", line=2)


@pytest.mark.parametrize(
    ("before", "now", "told"),
    [
        ((1, "a"), (1, "a"), ""),
        ((1, "a"), (2, "b"), ""),
        ((1, "a"), (2, "a"), ""),
        ((3, "a"), (3, "b"), "still 3: write `version: 4`"),
        ((3, "a"), (2, "b"), "2, and was 3: write `version: 4`"),
    ],
)
def test_a_changed_meaning_wants_a_higher_version(before: tuple[int, str], now: tuple[int, str], told: str) -> None:
    found = [str(one) for one in unraised([signal(*before)], [signal(*now), signal(1, "c", "new")], "S235")]
    assert len(found) == bool(told)
    assert all(told in one and one.startswith("signals/dam.yaml:2: S235 `dam` means") for one in found)


def test_lexicons_without_a_version_are_not_asked() -> None:
    old = Lexicon("people", version=None, meaning="a")
    assert list(unraised([old], [replace(old, meaning="b")], "L321")) == []
    counted = replace(old, version=1)
    assert len(list(unraised([counted], [replace(counted, meaning="b")], "L321"))) == 1


def test_what_is_read_from_files(tmp_path: Path) -> None:
    before = load_rules(write(tmp_path / "old"))
    now = load_rules(write(tmp_path / "new", signals__dam=SIGNAL.replace("reservoir", "barrage")))
    same = load_rules(write(tmp_path / "same", signals__dam=SIGNAL.replace("title: A dam breaks", "title: Dams")))
    assert [one.code for one in unraised(before.signals, now.signals, "S235")] == ["S235"]
    assert list(unraised(before.signals, same.signals, "S235")) == []


def git(root: Path, *arguments: str) -> None:
    identity = ("-c", "user.name=Test", "-c", "user.email=test@example.org", "-c", "commit.gpgsign=false")
    subprocess.run(["git", "-C", str(root), *identity, *arguments], check=True, capture_output=True)


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    root = write(tmp_path / "repository" / "desk" / "rules")
    git(tmp_path, "init", "-q", str(tmp_path / "repository"))
    git(root, "add", ".")
    git(root, "commit", "-q", "-m", "first")
    return root


def test_rules_of_a_git_revision(repository: Path) -> None:
    (repository / "signals" / "dam.yaml").write_text("changed", encoding="utf-8")
    with rules_at("HEAD", repository) as folder:
        assert (folder / "signals" / "dam.yaml").read_text(encoding="utf-8") == SIGNAL
    assert not folder.exists()


def test_a_directory_is_taken_as_it_is(tmp_path: Path) -> None:
    with rules_at(str(tmp_path), tmp_path / "other") as folder:
        assert folder == tmp_path


def test_a_link_in_the_repository_is_not_followed(repository: Path) -> None:
    (repository / "signals" / "leak.yaml").symlink_to("/etc/hostname")
    git(repository, "add", ".")
    git(repository, "commit", "-q", "-m", "link")
    with rules_at("HEAD", repository) as folder:
        assert sorted(path.name for path in (folder / "signals").iterdir()) == ["dam.yaml"]


@pytest.mark.parametrize("reference", ["no-such-branch", "--output=/tmp/x", "HEAD:nowhere"])
def test_what_is_neither_says_what_to_write(repository: Path, reference: str) -> None:
    with pytest.raises(UserError, match="such as HEAD"), rules_at(reference, repository):
        pass


def test_outside_a_repository(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="is no directory"), rules_at("HEAD", tmp_path):
        pass
