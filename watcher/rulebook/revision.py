"""Rules as a git revision has them, written into a directory of their own."""

from __future__ import annotations

import io
import subprocess
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from watcher.model.errors import UserError

TIMEOUT_S: Final = 60.0


@contextmanager
def rules_at(reference: str, root: Path) -> Iterator[Path]:
    """The directory `reference`, or else `root` as that git revision has it, in a directory that is removed again.

    UserError if it is neither: no such directory, no git, no repository, no such revision, nothing of `root` in it.
    """
    if (given := Path(reference)).is_dir():
        yield given
        return
    if reference.startswith("-"):
        raise UserError(f"{reference} is no directory and no git revision", "write one such as HEAD or main")
    with tempfile.TemporaryDirectory(prefix="watcher-rules-") as folder:
        _unpack(_archive(reference, root), Path(folder))
        yield Path(folder)


def _archive(reference: str, root: Path) -> bytes:
    command = ["git", "-C", str(root), "archive", "--format=tar", reference, "."]
    try:
        done = subprocess.run(command, capture_output=True, timeout=TIMEOUT_S, check=False)  # noqa: S603 - no shell
    except FileNotFoundError:
        raise UserError("git is not installed", "name a directory with the older rules instead") from None
    except subprocess.TimeoutExpired:
        raise UserError(f"git did not answer within {TIMEOUT_S:.0f} s", "name a directory instead") from None
    if done.returncode:
        said = done.stderr.decode("utf-8", errors="replace").strip().splitlines()
        raise UserError(
            f"{reference} is no directory, and no revision of {root}: {said[-1] if said else 'git gives no reason'}",
            "name a directory with the older rules, or a commit, branch or tag such as HEAD, main or v1",
        )
    return done.stdout


def _unpack(packed: bytes, folder: Path) -> None:

    with tarfile.open(fileobj=io.BytesIO(packed)) as archive:
        # Plain files only: a link in the repository may lead anywhere.
        archive.extractall(folder, [one for one in archive if one.isfile() or one.isdir()], filter="data")
