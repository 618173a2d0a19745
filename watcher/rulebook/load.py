"""The rules directory → Rulebook, with everything that is wrong in it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from pydantic import BaseModel

from watcher.model.alert import Routing
from watcher.model.composite import Composite
from watcher.model.document import Source
from watcher.model.rulebook import Rulebook
from watcher.model.signal import Finding, Lexicon, Signal, Status
from watcher.rulebook.composites import build_composite, is_composite, lint_composite
from watcher.rulebook.files import (
    LEXICONS,
    MAX_SOURCES_BYTES,
    ROUTES,
    SIGNALS,
    SOURCES,
    Directory,
    RuleFile,
    fingerprint_of,
    read_directory,
)
from watcher.rulebook.lexicons import build_lexicon
from watcher.rulebook.lint import lint_signal
from watcher.rulebook.lint_environment import note_unset_channels, note_unset_sources
from watcher.rulebook.lint_routes import Known, lint_routing
from watcher.rulebook.lint_terms import advise_on_lists, note_redundant
from watcher.rulebook.lint_tests import advise_on_tests
from watcher.rulebook.notebook import Notebook
from watcher.rulebook.proof import Candidate, note_unproven
from watcher.rulebook.redundant import Shelf
from watcher.rulebook.routes import build_routing, default_routing
from watcher.rulebook.scope import Shared
from watcher.rulebook.signals import build_signal
from watcher.rulebook.sources import build_sources, written_ids
from watcher.rulebook.watchdir import fingerprint
from watcher.rulebook.yaml import MAX_BYTES, Parsed, parse

__all__ = ["Loaded", "fingerprint", "load"]

Kinds = Mapping[str, type[BaseModel]]


@dataclass(frozen=True, slots=True)
class Loaded:
    """`rulebook` is None if any finding is an error. The rest is all that could be read, retired ones too."""

    rulebook: Rulebook | None
    findings: tuple[Finding, ...]
    signals: tuple[Signal, ...] = ()
    composites: tuple[Composite, ...] = ()
    lexicons: tuple[Lexicon, ...] = ()


def load(
    root: Path,
    *,
    source_kinds: Kinds,
    channel_kinds: Kinds,
    default_cues: Path | None = None,
    signals_only: bool = False,
    thorough: bool = False,
    environment: Mapping[str, str] | None = None,
) -> Loaded:
    """Read, check and lint everything under `root`. Never raises for what the files hold.

    `source_kinds` and `channel_kinds` map the name of a kind to its options. `default_cues` is a lexicon that is used
    when no lexicon under `root` has cues; it is no part of the fingerprint. `signals_only` leaves sources and routes
    unread: whoever matches a text needs neither. `thorough` adds what takes a second to find out and is of use to an
    editor only: exclusions that no test hits, terms that others find already, advice. `environment` adds which
    variables (`env:NAME`) are not set in it. Findings name files as `root` was given and are sorted by file and line.
    """
    directory = read_directory(root)
    return _Loading(root, source_kinds, channel_kinds, default_cues, directory, environment).run(signals_only, thorough)


@dataclass(slots=True)
class _Loading:
    """One run of `load`."""

    root: Path
    source_kinds: Kinds
    channel_kinds: Kinds
    default_cues: Path | None
    directory: Directory
    environment: Mapping[str, str] | None = None
    findings: list[Finding] = field(default_factory=list)
    unread: set[str] = field(default_factory=set)
    composites: dict[str, Composite] = field(default_factory=dict)
    source_ids: frozenset[str] = frozenset()
    readable: list[Candidate] = field(default_factory=list)
    readable_lexicons: list[tuple[Lexicon, Notebook]] = field(default_factory=list)

    def run(self, signals_only: bool, thorough: bool) -> Loaded:
        self.findings += self.directory.findings
        if not self.root.is_dir():
            return Loaded(None, tuple(self.findings))
        shared = self._lexicons()
        signals = self._signals(shared)
        sources = () if signals_only else self._sources()
        routing = Routing({}, ()) if signals_only else self._routing(signals)
        if thorough and not any(finding.error for finding in self.findings):
            self._look_closer(shared)
        findings = tuple(sorted(set(self.findings), key=lambda one: (one.path, one.line, one.code, one.message)))
        if routing is None or any(finding.error for finding in findings):
            return Loaded(None, findings, signals, tuple(self.composites.values()), tuple(shared.lexicons.values()))
        active = tuple(signal for signal in signals if signal.status is not Status.RETIRED)
        lexicons = tuple(shared.lexicons.values())
        composites = tuple(one for one in self.composites.values() if one.signal.status is not Status.RETIRED)
        rulebook = Rulebook(active, lexicons, sources, routing, fingerprint_of(self.directory), findings, composites)
        return Loaded(rulebook, findings, signals, tuple(self.composites.values()), lexicons)

    def _look_closer(self, shared: Shared) -> None:
        """What asks for all signals and lexicons, compiled and read closely."""
        shelf = Shelf()
        for lexicon, note in self.readable_lexicons:
            advise_on_lists(lexicon, note, shelf)
        for one in self.readable:
            note_redundant(one.signal, one.data, one.note, one.lists, shelf)
            advise_on_tests(one.signal, one.note, one.lists)
        note_unproven(self.readable, tuple(shared.lexicons.values()))
        for note in (*(one.note for one in self.readable), *(note for _, note in self.readable_lexicons)):
            self.findings += note.findings  # findings are told once, however often they are added

    def _open(self, file: RuleFile) -> tuple[Parsed, Notebook]:
        parsed = parse(file.raw, file.shown, MAX_SOURCES_BYTES if file.name == SOURCES else MAX_BYTES)
        self.findings += parsed.findings
        if parsed.complete and not isinstance(parsed.data, dict):
            message = "the file is empty" if parsed.data is None else "expected a mapping (key: value) at the top"
            self.findings.append(Finding(file.shown, parsed.places.line, "Y113", message))
        return parsed, Notebook(file.shown, parsed.places)

    def _close(self, parsed: Parsed, note: Notebook) -> None:
        """Keep what was noted, except for what follows from a YAML error in the same line."""
        lines = {finding.line for finding in parsed.findings}
        self.findings += [finding for finding in note.findings if finding.line not in lines]

    def _lexicons(self) -> Shared:
        found: dict[str, tuple[Lexicon, Notebook]] = {}
        complete = True
        opened: list[tuple[Parsed, Notebook]] = []
        for file in self.directory.under(LEXICONS):
            parsed, note = self._open(file)
            opened.append((parsed, note))
            lexicon = build_lexicon(parsed.data, file.stem, note) if isinstance(parsed.data, dict) else None
            complete = complete and lexicon is not None and not parsed.findings
            if lexicon is not None and lexicon.id in found:
                other = found[lexicon.id][1].path
                note.error("L307", ("id",), f"the id `{lexicon.id}` is already used by {other}")
            elif lexicon is not None:
                found[lexicon.id] = (lexicon, note)
        for parsed, note in opened:
            self._close(parsed, note)
        self.readable_lexicons = list(found.values())
        lexicons = {name: lexicon for name, (lexicon, _) in found.items()}
        if complete and not any(lexicon.cues for lexicon in lexicons.values()):
            lexicons |= self._cues(lexicons)
        return Shared(lexicons, complete)

    def _cues(self, taken: Mapping[str, Lexicon]) -> dict[str, Lexicon]:
        shown = (self.root / LEXICONS).as_posix()
        if self.default_cues is None:
            message = "no lexicon has cues: denials and forecasts will count like facts"
            self.findings.append(Finding(shown, 1, "L316", message, error=False))
            return {}
        try:
            file = RuleFile(self.default_cues.name, self.default_cues.as_posix(), self.default_cues.read_bytes())
        except OSError as error:
            self.findings.append(Finding(self.default_cues.as_posix(), 1, "Y120", f"cannot be read: {error.strerror}"))
            return {}
        parsed, note = self._open(file)
        lexicon = build_lexicon(parsed.data, file.stem, note) if isinstance(parsed.data, dict) else None
        self._close(parsed, note)
        if lexicon is None:
            return {}
        message = f"no lexicon has cues: those of {file.name}, which come with the program, are used"
        self.findings.append(Finding(shown, 1, "L316", message, error=False))
        name = lexicon.id if lexicon.id not in taken else f"default-{lexicon.id}"
        return {name: replace(lexicon, id=name)}

    def _signals(self, shared: Shared) -> tuple[Signal, ...]:
        signals: dict[str, Signal] = {}
        later: list[tuple[str, Parsed, Notebook]] = []
        for file in self.directory.under(SIGNALS):
            parsed, note = self._open(file)
            if is_composite(parsed.data):
                later.append((file.stem, parsed, note))
                continue
            built = build_signal(parsed.data, file.stem, note, shared) if isinstance(parsed.data, dict) else None
            if built is None:
                self.unread.add(file.stem)
            elif built[0].id in signals:
                signal = built[0]
                note.error("S207", ("id",), f"the id `{signal.id}` is already used by {signals[signal.id].path}")
            else:
                signal, scope = built
                signals[signal.id] = signal
                lint_signal(signal, note, scope.lists)
                self.readable.append(Candidate(signal, parsed.data, note, scope.lists))
            self._close(parsed, note)
        self._composites(later, signals)
        folder = (self.root / SIGNALS).as_posix()
        if not signals and not self.unread and not any(one.path.startswith(folder) for one in self.directory.findings):
            message = "no signal is configured: nothing will alert"
            self.findings.append(Finding(folder, 1, "S228", message, error=False))
        return tuple(signals.values())

    def _composites(self, files: list[tuple[str, Parsed, Notebook]], signals: Mapping[str, Signal]) -> None:
        """Composites are read last: they name the signals."""
        for stem, parsed, note in files:
            composite = build_composite(parsed.data, stem, note)
            if composite is None:
                self.unread.add(stem)
            elif other := signals.get(composite.signal.id) or self._composite_head(composite.signal.id):
                note.error("S207", ("id",), f"the id `{other.id}` is already used by {other.path}")
            else:
                self.composites[composite.signal.id] = composite
                lint_composite(composite, note, signals, self.unread)
            self._close(parsed, note)

    def _composite_head(self, composite_id: str) -> Signal | None:
        return self.composites[composite_id].signal if composite_id in self.composites else None

    def _sources(self) -> tuple[Source, ...]:
        file = self.directory.single(SOURCES)
        if file is None:
            if not any(finding.path.endswith(SOURCES) for finding in self.directory.findings):
                self.findings.append(Finding((self.root / SOURCES).as_posix(), 1, "F510", _NO_SOURCES))
            return ()
        parsed, note = self._open(file)
        sources: tuple[Source, ...] = ()
        if isinstance(parsed.data, dict):
            sources = build_sources(parsed.data, note, self.source_kinds)
            self.source_ids = frozenset(written_ids(parsed.data))
            if self.environment is not None:
                note_unset_sources(parsed.data, note, self.source_kinds, self.environment)
        self._close(parsed, note)
        return sources

    def _routing(self, signals: tuple[Signal, ...]) -> Routing | None:
        file = self.directory.single(ROUTES)
        if file is None:
            if any(finding.path.endswith(ROUTES) for finding in self.directory.findings):
                return None
            self.findings.append(Finding((self.root / ROUTES).as_posix(), 1, "R418", _NO_ROUTES, error=False))
            return default_routing(self.channel_kinds)
        parsed, note = self._open(file)
        if not isinstance(parsed.data, dict):
            return None
        routing = build_routing(parsed.data, note, self.channel_kinds)
        if self.environment is not None:
            note_unset_channels(parsed.data, note, self.channel_kinds, self.environment)
        if routing is not None:
            lint_routing(routing, note, self._known(parsed.data, signals))
        self._close(parsed, note)
        return routing

    def _known(self, data: Mapping[str, object], signals: tuple[Signal, ...]) -> Known:
        channels = data.get("channels")
        return Known(
            channels=frozenset(channels if isinstance(channels, dict) else ()),
            signals=frozenset(self.unread | {signal.id for signal in signals} | self.composites.keys()),
            sources=self.source_ids,
        )


_NO_SOURCES = (
    "missing: write which sources to read, such as "
    '`sources: [{id: example-world, kind: feed, url: "https://example.org/rss.xml"}]`'
)
_NO_ROUTES = "missing: every alert is shown on the console, by a channel named `screen`"
