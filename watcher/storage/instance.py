"""Which processes are alive: each holds a locked file in the data directory, which the kernel lets go when it dies.

So a restart knows at once, whatever the process number, that what its predecessor had claimed is free again. A process
with another data directory cannot be asked: its claims end with their lease.

The file is also the process's notebook: what it must not do twice and could not yet write into the database. A line
that was written outlives the process, though not a power cut, and costs microseconds; a transaction waits its turn.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import secrets
from pathlib import Path


class Instance:
    """This process's own lock. `name` is `<data directory>.<random>`; its file is `<data_dir>/instances/<name>`."""

    def __init__(self, data_dir: Path) -> None:
        """Raise OSError if the directory cannot be written."""
        self._folder = data_dir.absolute() / "instances"
        data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._folder.mkdir(exist_ok=True)
        self._place = hashlib.sha256(str(self._folder).encode()).hexdigest()[:8]
        self.name = f"{self._place}.{secrets.token_hex(6)}"
        self._handle = os.open(self._folder / self.name, os.O_CREAT | os.O_RDWR | os.O_APPEND, 0o600)
        fcntl.flock(self._handle, fcntl.LOCK_EX | fcntl.LOCK_NB)

    def is_alive(self, name: str) -> bool:
        """Whether that process may still be running; unknown counts as alive, so that nothing is sent beside it."""
        if name == self.name or "/" in name:
            return True
        path = self._folder / name
        try:
            handle = os.open(path, os.O_RDWR)
        except FileNotFoundError:
            return not name.startswith(f"{self._place}.")
        except OSError:
            return True
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return True
        else:
            return False
        finally:
            os.close(handle)

    def note(self, line: str) -> None:
        """Write a line into the notebook."""
        os.write(self._handle, line.encode() + b"\n")

    def forget(self) -> None:
        """All that was noted is in the database."""
        os.ftruncate(self._handle, 0)

    def notes(self, name: str) -> list[str]:
        """What a process that is gone had noted; a line that it died over is left out."""
        try:
            *whole, _ = (self._folder / name).read_bytes().split(b"\n")
        except OSError:
            return []
        return [line.decode("utf-8", "replace") for line in whole]

    def bury(self, name: str) -> None:
        """Remove what is left of a process that is gone."""
        (self._folder / name).unlink(missing_ok=True)

    def close(self) -> None:
        """Remove the lock; claims left behind are free. What is noted still stays for the successor."""
        if not os.fstat(self._handle).st_size:
            (self._folder / self.name).unlink(missing_ok=True)
        os.close(self._handle)
