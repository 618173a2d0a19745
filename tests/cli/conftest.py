"""The command line in this process: what it prints, and how it exits."""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import structlog

from tests.support.velmar import Velmar
from watcher.cli.main import main
from watcher.settings import PREFIX


@dataclass(frozen=True, slots=True)
class Result:
    """How a command ended."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


class Cli:
    """Calls `watcher …` in a folder with the rules of an invented desk, and settings from nowhere else."""

    def __init__(self, folder: Path, capture: pytest.CaptureFixture[str], patch: pytest.MonkeyPatch) -> None:
        self.folder = folder
        self.rules = Velmar(folder / "rules")
        self._capture, self._patch = capture, patch

    def set(self, **settings: str) -> None:
        """WATCHER_ settings, without the prefix."""
        for name, value in settings.items():
            self._patch.setenv(PREFIX + name, value)

    def file(self, name: str, content: str | bytes) -> str:
        """A file in the folder; returns its path."""
        path = self.folder / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode("utf-8", "surrogatepass"))
        return str(path)

    def __call__(self, *arguments: str) -> Result:
        self._capture.readouterr()
        with pytest.raises(SystemExit) as exit_:
            main(arguments)
        printed = self._capture.readouterr()
        code = exit_.value.code
        return Result(code if isinstance(code, int) else int(code is not None), printed.out, printed.err)


@pytest.fixture
def cli(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Iterator[Cli]:
    """The command line, with the logging of the test run put back afterwards."""
    for name in os.environ:
        if name.startswith(PREFIX):
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    root = logging.getLogger()
    handlers, level, config = root.handlers[:], root.level, structlog.get_config()
    yield Cli(tmp_path, capsys, monkeypatch)
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.configure(**config)
