"""sources.yaml → sources."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

from pydantic import BaseModel, ValidationError
from tldextract import TLDExtract

from watcher.model.document import Source
from watcher.rulebook.complaints import complain
from watcher.rulebook.notebook import Location, Notebook
from watcher.rulebook.options import read_options, warn_of_secrets
from watcher.rulebook.sources_file import COMMON, DEFAULTS, SourceDefaults, SourceEntry, SourcesFile
from watcher.rulebook.suggest import hint
from watcher.rulebook.yaml import Data

Kinds = Mapping[str, type[BaseModel]]


def build_sources(data: Data, note: Notebook, kinds: Kinds) -> tuple[Source, ...]:
    """Every source that can be read; the others are noted."""
    try:
        file = SourcesFile.model_validate(data)
    except ValidationError as error:
        complain(error, note, "F5", SourcesFile)
        return ()
    defaults = _defaults(file, note, kinds)
    if not file.sources:
        note.warn("F511", ("sources",), "no source is configured: nothing will be read")
    sources: list[Source] = []
    for index, values in enumerate(file.sources):
        source = _source(values, defaults, note, ("sources", index), kinds)
        if source is not None:
            sources.append(source)
    _check_repeats(file, note)
    return tuple(sources)


def written_ids(data: Mapping[str, Data]) -> Iterator[str]:
    """The ids of all sources in the file, also of those that could not be read."""
    entries = data.get("sources")
    for entry in entries if isinstance(entries, list) else ():
        if isinstance(entry, dict) and isinstance(name := entry.get("id"), str):
            yield name


@lru_cache(maxsize=1)
def _suffixes() -> TLDExtract:
    """The public suffix list that comes with the library; nothing is fetched."""
    return TLDExtract(suffix_list_urls=(), cache_dir=None)


def publisher_of(url: str) -> str:
    """The registrable domain of an address, or its host where there is none (an IP address, localhost)."""
    host = (urlsplit(url).hostname or "").lower()
    return _suffixes().extract_str(host).top_domain_under_public_suffix or host


def _defaults(file: SourcesFile, note: Notebook, kinds: Kinds) -> dict[str, Any]:
    """The defaults that are good: a bad one is noted once, here, and left out."""
    known = DEFAULTS | {key for model in kinds.values() for key in _keys(model)}
    for key in file.defaults:
        if key not in known:
            note.error("F501", ("defaults", key), f"defaults: unknown key `{key[:60]}`{hint(key, known, 'keys')}")
    common = {key: value for key, value in file.defaults.items() if key in DEFAULTS}
    bad: set[str] = set()
    try:
        SourceDefaults.model_validate(common)
    except ValidationError as error:
        complain(error, note, "F5", SourceDefaults, ("defaults",))
        bad = {str(details["loc"][0]) for details in error.errors()}
    return {key: value for key, value in file.defaults.items() if key in known and key not in bad}


def _keys(model: type[BaseModel]) -> set[str]:
    return {info.alias or name for name, info in model.model_fields.items()}


def _source(
    written: dict[str, Any], defaults: dict[str, Any], note: Notebook, at: Location, kinds: Kinds
) -> Source | None:
    common = {key: value for key, value in (defaults | written).items() if key in COMMON}
    kind = common.get("kind")
    model = kinds.get(kind) if isinstance(kind, str) else None
    entry = _entry(common, model, note, at)
    if isinstance(kind, str) and model is None:
        note.error("F513", (*at, "kind"), f"no source kind `{kind[:60]}`{hint(kind, kinds, 'kinds')}")
    if model is None:
        return None
    keys = _keys(model)
    inherited = {key: value for key, value in defaults.items() if key in keys}
    own = {key: value for key, value in written.items() if key not in COMMON}
    options = read_options(model, inherited | own, note, "F5", at, ("defaults",))
    warn_of_secrets(model, own, note, "F515", at)
    warn_of_secrets(model, inherited, note, "F515", ("defaults",))
    return None if entry is None or options is None else _made(entry, options)


def _entry(common: dict[str, Any], model: type[BaseModel] | None, note: Notebook, at: Location) -> SourceEntry | None:
    told = {name: getattr(model, name) for name in ("schemes", "example") if hasattr(model, name)}
    try:
        entry = SourceEntry.model_validate(common, context=told)
    except ValidationError as error:
        complain(error, note, "F5", SourceEntry, at)
        return None
    if entry.every_max is not None and entry.every_max < entry.every:
        where = (*at, "every_max") if note.places.has((*at, "every_max")) else at
        note.error("F516", where, "`every_max` is shorter than `every`: polls only get further apart")
    if urlsplit(entry.url).password:
        note.warn("F515", (*at, "url"), "`url` holds a password, which everybody who reads the rules can see")
    return entry


def _made(entry: SourceEntry, options: BaseModel) -> Source:
    return Source(
        id=entry.id,
        kind=entry.kind,
        url=entry.url,
        publisher=entry.publisher or publisher_of(entry.url),
        language=entry.language,
        every=entry.every,
        every_max=entry.every_max,
        trust=entry.trust,
        tags=tuple(entry.tags),
        enabled=entry.enabled,
        options=options,
    )


def _check_repeats(file: SourcesFile, note: Notebook) -> None:
    ids: dict[str, int] = {}
    written: dict[str, int] = {}
    for index, values in enumerate(file.sources):
        line = note.line(("sources", index))
        name = values.get("id")
        if isinstance(name, str) and name in ids:
            note.error("F512", ("sources", index, "id"), f"the id `{name[:80]}` is already used in line {ids[name]}")
        elif isinstance(name, str):
            ids[name] = line
        rest = repr(sorted((key, value) for key, value in values.items() if key not in DEFAULTS - {"kind"} | {"id"}))
        if "url" in values and rest in written:
            note.warn("F514", ("sources", index, "url"), f"the source in line {written[rest]} polls the same address")
        written.setdefault(rest, line)
