"""Small rules directories for tests."""

from __future__ import annotations

from pathlib import Path

from tests.rulebook.kinds import CHANNEL_KINDS, SOURCE_KINDS
from watcher.rulebook.load import Loaded, load

HERE = Path(__file__).parent
BASE = {path.relative_to(HERE / "base").as_posix(): path.read_text() for path in (HERE / "base").rglob("*.yaml")}


def write(root: Path, *, without: tuple[str, ...] = (), **files: str) -> Path:
    """Write the base without some files, and with others: `signals__dam="…"` is signals/dam.yaml."""
    given = {f"{name.replace('__', '/').replace('_', '-')}.yaml": text for name, text in files.items()}
    for name, text in {**{name: text for name, text in BASE.items() if name not in without}, **given}.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return root


def load_rules(root: Path, default_cues: Path | None = None) -> Loaded:
    """Load with the kinds of these tests."""
    return load(root, source_kinds=SOURCE_KINDS, channel_kinds=CHANNEL_KINDS, default_cues=default_cues)


def lines(loaded: Loaded, root: Path) -> list[str]:
    """The findings as they are shown, without the directory."""
    return [str(finding).replace(f"{root.as_posix()}/", "") for finding in loaded.findings]
