"""Which processes are alive: each holds a locked file in the data directory, which the kernel lets go when it dies.

So a restart knows at once, whatever the process number, that what its predecessor had claimed is free again. A process
with another data directory cannot be asked: its claims end with their lease.
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
        self._folder.mkdir(parents=True, exist_ok=True)
        self._place = hashlib.sha256(str(self._folder).encode()).hexdigest()[:8]
        self.name = f"{self._place}.{secrets.token_hex(6)}"
        self._handle = os.open(self._folder / self.name, os.O_CREAT | os.O_RDWR, 0o600)
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
            path.unlink(missing_ok=True)
            return False
        finally:
            os.close(handle)

    def close(self) -> None:
        """Remove the lock; claims left behind are free."""
        (self._folder / self.name).unlink(missing_ok=True)
        os.close(self._handle)
