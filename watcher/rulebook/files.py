"""The files of a rules directory: found, bounded and read. A link may not lead out of the directory."""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from watcher.model.signal import Finding
from watcher.rulebook.yaml import MAX_BYTES

SOURCES: Final = "sources.yaml"
ROUTES: Final = "routes.yaml"
LEXICONS: Final = "lexicons"
SIGNALS: Final = "signals"
_ENDINGS: Final = (".yaml", ".yml")
MAX_FILES: Final = 20_000
MAX_TOTAL: Final = 256_000_000
MAX_SOURCES_BYTES: Final = 16_000_000
"""Ten thousand sources are about 1.5 MB."""


@dataclass(frozen=True, slots=True)
class RuleFile:
    """`name` is the path inside the rules directory with `/`; `shown` is how findings name it."""

    name: str
    shown: str
    raw: bytes

    @property
    def stem(self) -> str:
        """The file's name without folder and ending."""
        return self.name.rpartition("/")[2].removesuffix(".yaml")


@dataclass(frozen=True, slots=True)
class Directory:
    """What was read, in order of name, and what could not be."""

    files: tuple[RuleFile, ...]
    findings: tuple[Finding, ...]

    def under(self, folder: str) -> Iterator[RuleFile]:
        """The files of a folder and its folders."""
        return (file for file in self.files if file.name.startswith(f"{folder}/"))

    def single(self, name: str) -> RuleFile | None:
        """The file of that name."""
        return next((file for file in self.files if file.name == name), None)


def read_directory(root: Path, max_files: int = MAX_FILES) -> Directory:
    """Read every rule file under `root`. What vanishes meanwhile, leads outside or is too much becomes a finding."""
    if not root.is_dir():
        return Directory((), (Finding(root.as_posix(), 1, "Y124", "no such directory: it should hold sources.yaml"),))
    files: list[RuleFile] = []
    findings: list[Finding] = []
    inside = root.resolve()
    total = 0
    for name in list_files(root, max_files):
        if len(files) >= max_files or total > MAX_TOTAL:
            limits = f"{max_files:,} files or {MAX_TOTAL:,} bytes"
            findings.append(Finding(root.as_posix(), 1, "Y122", f"more than {limits}: the rest is not read"))
            break
        found = _read(root, inside, name)
        if isinstance(found, RuleFile):
            files.append(found)
            total += len(found.raw)
        else:
            findings.append(found)
    return Directory(tuple(files), tuple(findings))


def list_files(root: Path, max_files: int = MAX_FILES) -> list[str]:
    """Names of the rule files under `root`, sorted; at most `max_files` + 1. What is hidden is passed over."""
    names = [name for name in (SOURCES, ROUTES, "sources.yml", "routes.yml") if os.path.lexists(root / name)]
    for folder in (LEXICONS, SIGNALS):
        names += _walk(root, folder, max_files)
    return sorted(names)[: max_files + 1]


def fingerprint_of(directory: Directory) -> str:
    """SHA-256 in hex over names and bytes."""
    digest = hashlib.sha256()
    for file in directory.files:
        for part in (file.name.encode("utf-8", "surrogateescape"), file.raw):
            digest.update(len(part).to_bytes(8, "big"))
            digest.update(part)
    return digest.hexdigest()


def _walk(root: Path, top: str, max_files: int) -> list[str]:
    """Files of a folder, and also linked folders and those that cannot be listed: nothing is passed over in silence."""
    names: list[str] = []

    def unlisted(error: OSError) -> None:
        if not isinstance(error, FileNotFoundError):
            names.append(Path(error.filename).relative_to(root).as_posix())

    for here, folders, files in os.walk(root / top, onerror=unlisted):
        below = Path(here).relative_to(root)
        folders[:] = [name for name in folders if not name.startswith(".")]
        names += [(below / name).as_posix() for name in folders if (Path(here) / name).is_symlink()]
        names += [(below / name).as_posix() for name in files if name.endswith(_ENDINGS) and not name.startswith(".")]
        if len(names) > max_files:
            break
    return names


def _read(root: Path, inside: Path, name: str) -> RuleFile | Finding:
    path = root / name
    shown = path.as_posix()
    if path.is_symlink() and path.is_dir():
        return Finding(shown, 1, "Y121", "a linked folder is not read: put the files here")
    if not name.endswith(_ENDINGS):
        return Finding(shown, 1, "Y120", "cannot be listed: this should be a folder that may be read")
    if name.endswith(".yml"):
        return Finding(shown, 1, "Y123", "not read, because it ends in .yml: name it .yaml")
    try:
        if not path.resolve().is_relative_to(inside):
            return Finding(shown, 1, "Y121", "a link that leads out of the rules directory: copy the file here")
        return RuleFile(name, shown, _bytes(path, MAX_SOURCES_BYTES if name == SOURCES else MAX_BYTES))
    except (OSError, RuntimeError) as error:  # resolve() raises RuntimeError for a loop of links
        why = error.strerror if isinstance(error, OSError) and error.strerror else "a loop of links"
        return Finding(shown, 1, "Y120", f"cannot be read: {why}")


def _bytes(path: Path, limit: int) -> bytes:
    """At most `limit` + 1 bytes, from a regular file only: a named pipe would wait for ever."""
    handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    with open(handle, "rb") as file:  # noqa: PTH123 (a descriptor, not a path)
        if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            raise OSError(0, "not a regular file")
        return file.read(limit + 1)
