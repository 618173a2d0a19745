"""Catalogue: the file sources.yaml as commands edit it: what is added is tried first, then written in one step."""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from watcher.model.document import Source
from watcher.model.errors import UserError
from watcher.model.rulebook import Rulebook
from watcher.model.signal import Finding
from watcher.rulebook.append import AppendError, NewSource, append, name_for, slug
from watcher.sources.links import canonical_url
from watcher.sources.opml import FeedList, Outline, write_opml

Read = Callable[[Path], tuple[Rulebook | None, tuple[Finding, ...]]]
FILE = "sources.yaml"


@dataclass(frozen=True, slots=True)
class Plan:
    """What adding would do: `new` are written, the others are left out, each with the reason."""

    new: tuple[NewSource, ...]
    left_out: tuple[tuple[str, str], ...] = ()


def plan_import(found: FeedList, present: Iterable[Source]) -> Plan:
    """Sources of a list's feeds; folders become tags. What is polled already, or stands twice, is left out."""
    present = tuple(present)
    ids = {source.id for source in present}
    addresses = {canonical_url(source.url) or source.url: source.id for source in present}
    new: list[NewSource] = []
    left_out = [(outline.url, "no http or https address") for outline in found.unusable]
    for outline in found.outlines:
        key = canonical_url(outline.url) or outline.url
        if key in addresses:
            left_out.append((outline.url, f"is polled by {addresses[key]} already"))
            continue
        name = name_for(outline.title, outline.url, ids)
        ids.add(name)
        addresses[key] = name
        tags = tuple(dict.fromkeys(tag for tag in map(slug, outline.folders) if tag))
        new.append(NewSource(name, outline.url, tags=tags))
    return Plan(tuple(new), tuple(left_out))


def plan_add(new: NewSource, present: Iterable[Source]) -> NewSource:
    """The source with an id of its own. Raises UserError if the id or the address is there already."""
    present = tuple(present)
    key = canonical_url(new.url) or new.url
    for source in present:
        if (canonical_url(source.url) or source.url) == key:
            raise UserError(f"{new.url} is polled by {source.id} already", f"see {source.id} in {FILE}")
    ids = {source.id for source in present}
    if new.id in ids:
        raise UserError(f"the id {new.id} is taken", "choose another one with --id")
    return new if new.id else replace(new, id=name_for("", new.url, ids))


def write(root: Path, new: Sequence[NewSource], read: Read) -> None:
    """Append to sources.yaml, if the rules load with it. Raises UserError, and then nothing was changed."""
    path = root / FILE
    try:
        before = path.read_text(encoding="utf-8") if path.exists() else ""
        after = append(before, new)
    except AppendError as error:
        raise UserError(f"{path}: {error}") from None
    except (OSError, UnicodeDecodeError) as error:
        raise UserError(f"{path} cannot be read: {error}") from None
    _try(root, after, read)
    _replace(path, after)


def _try(root: Path, text: str, read: Read) -> None:
    """The rules with the new file, in a copy."""
    with tempfile.TemporaryDirectory(prefix="watcher-") as folder:
        copy = Path(folder) / "rules"
        try:
            shutil.copytree(root, copy)
            (copy / FILE).write_text(text, encoding="utf-8")
        except (OSError, shutil.Error) as error:
            raise UserError(f"the rules cannot be copied to be tried: {error}") from None
        loaded, findings = read(copy)
        if loaded is None:
            faults = "; ".join(str(found).replace(str(copy), str(root)) for found in findings if found.error)
            raise UserError(f"nothing was written, because the rules would not load: {faults[:2_000]}")


def _replace(path: Path, text: str) -> None:
    """The running service sees the old file or the new one, and never half of one."""
    try:
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=".sources-", suffix=".tmp")
        try:
            with os.fdopen(handle, "w", encoding="utf-8", newline="") as file:
                file.write(text)
                file.flush()
                os.fsync(file.fileno())
            if path.exists():
                shutil.copymode(path, name)
            else:
                Path(name).chmod(0o644)
            Path(name).replace(path)
        except BaseException:
            with contextlib.suppress(OSError):
                Path(name).unlink()
            raise
    except OSError as error:
        raise UserError(f"{path} cannot be written: {error.strerror}") from None


def export(sources: Iterable[Source], now: datetime) -> bytes:
    """The feeds as OPML, each in a folder of its first tag."""
    feeds = [source for source in sources if source.kind == "feed" and "@" not in source.url.partition("?")[0]]
    outlines = [Outline(source.id, source.url, source.tags) for source in feeds]
    return write_opml(outlines, "Signal Watch", now)
