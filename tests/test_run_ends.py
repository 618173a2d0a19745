"""A test run ends whatever a test does to its process: pytest as it is set up here, with a folder of bad tests."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

CONFIG = Path(__file__).parent.parent / "pyproject.toml"
DIES = "import os, signal\ndef test_it() -> None:\n    os.kill(os.getpid(), signal.SIGKILL)\n"
STANDS_STILL = "import threading\ndef test_it() -> None:\n    threading.Event().wait()\n"


def run(folder: Path, test: str, *options: str) -> tuple[int, str]:
    """How it ends; a run that never does is killed, and raises."""
    (folder / "test_bad.py").write_text(test)
    (folder / "test_good.py").write_text("def test_it() -> None:\n    pass\n")
    command = [sys.executable, "-m", "pytest", "-c", str(CONFIG), "--rootdir", str(folder), *options]
    done = subprocess.run([*command, str(folder)], capture_output=True, check=False, text=True, timeout=180, cwd=folder)
    return done.returncode, done.stdout + done.stderr


def test_a_worker_that_dies_fails_the_run(tmp_path: Path) -> None:
    code, told = run(tmp_path, DIES, "-n", "2", "--dist", "loadfile")
    assert (code, "crashed while running" in told) == (1, True), told


def test_a_test_that_stands_still_fails_the_run_and_says_where(tmp_path: Path) -> None:
    code, told = run(tmp_path, STANDS_STILL, "-o", "faulthandler_timeout=1")
    assert (code, "Timeout (0:00:01)!" in told) == (1, True), told
    assert "test_bad.py" in told
