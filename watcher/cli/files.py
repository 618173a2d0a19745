"""Files of documents that a command is given: opened with clear errors, read line by line, with progress."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Generic, TextIO, TypeVar

from watcher.cli.output import Output
from watcher.cli.progress import meter
from watcher.model.errors import UserError
from watcher.services.incoming import InputError

T = TypeVar("T")


class DocumentFiles(Generic[T]):
    """JSON Lines of several files, one after the other; `-` is standard input. `bad` counts refused lines."""

    def __init__(
        self, files: Sequence[Path], read: Callable[[Iterable[str]], Iterator[T | InputError]], *, silent: bool = False
    ) -> None:
        """`silent` shows no progress: where results appear on the same terminal, they are progress enough."""
        self._files, self._read, self._silent = files, read, silent
        self.bad = 0
        self.good = 0

    def __iter__(self) -> Iterator[T]:
        """The documents; a bad line is named on standard error, and the others go on."""
        sizes = [_size(file) for file in self._files]
        before = 0
        total = None if None in sizes else sum(size or 0 for size in sizes)
        with meter(total, silent=self._silent) as advance:
            for file, size in zip(self._files, sizes, strict=True):
                with opened(file) as lines:
                    for entry in self._read(lines):
                        advance(before + (0 if size is None else lines.buffer.tell()), self.good + self.bad)
                        if isinstance(entry, InputError):
                            self.bad += 1
                            Output().error(f"watcher: {_name(file)}: {entry}")
                            continue
                        self.good += 1
                        yield entry
                before += size or 0


def opened(file: Path) -> TextIO:
    """The file, or standard input for `-`, as text; UserError if it cannot be read."""
    if str(file) == "-":
        return open(sys.stdin.fileno(), encoding="utf-8", errors="replace", closefd=False)
    try:
        return file.open(encoding="utf-8", errors="replace")
    except OSError as error:
        raise UserError(f"cannot read {file}: {error.strerror}") from None


def _name(file: Path) -> str:
    return "standard input" if str(file) == "-" else str(file)


def _size(file: Path) -> int | None:
    """Bytes of a regular file; None of anything whose end nobody knows."""
    return file.stat().st_size if str(file) != "-" and file.is_file() else None
