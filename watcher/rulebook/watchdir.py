"""Whether the rules directory has changed: cheaply by polling, surely by content."""

from __future__ import annotations

import hashlib
from pathlib import Path

from watcher.rulebook.files import fingerprint_of, list_files, read_directory


def snapshot(root: Path) -> str:
    """Hex over names, sizes and times of change of all rule files: no file is opened, so it can be asked every second.

    A file that vanishes meanwhile, or a missing directory, is a state like any other.
    """
    digest = hashlib.sha256()
    for name in list_files(root):
        try:
            status = (root / name).stat()
            state = f"{status.st_size}:{status.st_mtime_ns}:{status.st_ino}"
        except OSError:
            state = "gone"
        digest.update(f"{name}\0{state}\0".encode("utf-8", "surrogateescape"))
    return digest.hexdigest()


def fingerprint(root: Path) -> str:
    """SHA-256 in hex over the names and bytes of all rule files: the same as the loaded rulebook's."""
    return fingerprint_of(read_directory(root))
