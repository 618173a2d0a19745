"""Rules: build a desk from the rules directory, check it, and say what is wrong with it. Build first, then swap."""

from __future__ import annotations

import gc
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

from pydantic import BaseModel, SecretStr

from watcher.delivery import registry as channels
from watcher.delivery.context import ChannelContext
from watcher.detection.engine import Detector
from watcher.model.delivery import ChannelAdapter, Delivery, DeliveryError, Receipt
from watcher.model.rulebook import Rulebook
from watcher.model.signal import Finding, Lexicon, Signal
from watcher.rulebook import versions
from watcher.rulebook.load import Loaded, load
from watcher.rulebook.revision import rules_at
from watcher.rulebook.testing import TestResult, run_tests
from watcher.services.desk import Desk
from watcher.sources import registry as sources

LEAST_PATH = 8
"""Characters of a path that may be a secret: `hook` is an ordinary word."""
USER = "user"
"""The key of a login's name: often an ordinary word ("news"), which the log must not mask wherever it stands."""
SOURCE_OPTIONS = {name: kind.options for name, kind in sources.KINDS.items()}
CHANNEL_OPTIONS = {name: kind.options for name, kind in channels.KINDS.items()}


def pack_dir() -> Path:
    """The signal pack that comes with the program: beside it in a checkout, inside it in an installed wheel."""
    package = Path(__file__).parent.parent
    installed = package / "pack"
    return installed if installed.is_dir() else package.parent / "rules"


@dataclass(frozen=True, slots=True)
class Checked:
    """A rules directory, read and tried: the rulebook (None with errors), all findings, all test results."""

    rulebook: Rulebook | None
    findings: tuple[Finding, ...]
    results: tuple[TestResult, ...]

    def refused(self, running: Rulebook) -> tuple[Finding, ...]:
        """Why these rules must not replace the running ones: errors, and tests that fail which did not fail before."""
        errors = tuple(finding for finding in self.findings if finding.error)
        failing = [result for result in self.results if not result.passed]
        if not failing:
            return errors
        before = {_known_by(result) for result in run_tests(running) if not result.passed}
        return errors + tuple(result.finding() for result in failing if _known_by(result) not in before)


def _known_by(result: TestResult) -> tuple[str, str, str]:
    """What stays the same of a test when lines above it are edited."""
    return result.signal_id, result.expected, result.text


def read(root: Path, *, signals_only: bool = False) -> tuple[Rulebook | None, tuple[Finding, ...]]:
    """Load and lint without running the embedded tests; `signals_only` for reading texts, not polling."""
    loaded = _load(root, signals_only=signals_only)
    return loaded.rulebook, loaded.findings


def _load(
    root: Path, *, signals_only: bool = False, thorough: bool = False, environment: Mapping[str, str] | None = None
) -> Loaded:
    return load(
        root,
        source_kinds=SOURCE_OPTIONS,
        channel_kinds=CHANNEL_OPTIONS,
        default_cues=pack_dir() / "lexicons" / "assertion-en.yaml",
        signals_only=signals_only,
        thorough=thorough,
        environment=environment,
    )


@contextmanager
def _uncollected() -> Iterator[None]:
    """The search for cycles rests: it takes a quarter of a closer look, and nearly all that is built there stays."""
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collecting:
            gc.enable()


def look_closer(
    root: Path, against: str | None = None, environment: Mapping[str, str] | None = None
) -> tuple[Rulebook | None, tuple[Finding, ...]]:
    """What `watcher check` tells: as `read`, with the closer look, and what changed since `against` without a version.

    `against` is a directory, or a git revision of `root`. Raises UserError if it is neither. `environment` is where the
    variables should be that `env:NAME` names; None asks for none.
    """
    with _uncollected():
        loaded = _load(root, thorough=True, environment=environment)
    if against is None:
        return loaded.rulebook, loaded.findings
    with rules_at(against, root) as older:
        before = _load(older, signals_only=True)
    return loaded.rulebook, (*loaded.findings, *_unraised(_versioned(before), _versioned(loaded)))


def unraised(running: Rulebook, rulebook: Rulebook) -> tuple[Finding, ...]:
    """Warnings for what means something else in `rulebook` than in the running one, under the same version."""
    return _unraised(_running(running), _running(rulebook))


def _running(rulebook: Rulebook) -> _Versions:
    heads = (one.signal for one in rulebook.composites)
    return _Versions((*rulebook.signals, *heads), rulebook.lexicons)


def _versioned(loaded: Loaded) -> _Versions:
    return _Versions((*loaded.signals, *(one.signal for one in loaded.composites)), loaded.lexicons)


@dataclass(frozen=True, slots=True)
class _Versions:
    """What has a version in a rules directory."""

    signals: tuple[Signal, ...]
    lexicons: tuple[Lexicon, ...]


def _unraised(before: _Versions, now: _Versions) -> tuple[Finding, ...]:
    return (
        *versions.unraised(before.signals, now.signals, versions.SIGNAL),
        *versions.unraised(before.lexicons, now.lexicons, versions.LEXICON),
    )


def check(root: Path) -> Checked:
    """Load, lint and run the embedded tests."""
    rulebook, findings = read(root)
    return Checked(rulebook, findings, run_tests(rulebook) if rulebook else ())


def detector_of(rulebook: Rulebook) -> Detector:
    """A detector that is ready for every language of the sources. Takes seconds: for a thread.

    What a language needs is made with the first document in it, up to half a second in which nothing else would happen.
    """
    detector = Detector(rulebook.signals, rulebook.lexicons)
    for language in sorted({source.language for source in rulebook.sources if source.language}):
        detector.detect("", "", language)
    return detector


def build(
    rulebook: Rulebook, context: ChannelContext, before: Desk | None = None, detector: Detector | None = None
) -> tuple[Desk, tuple[Finding, ...]]:
    """The desk of a rulebook. A channel that cannot be built (no token yet) is reported, and what is for it waits.

    Channels that are the same in `before` keep their adapter and its connections.
    """
    unchanged = before.rulebook.routing.channels if before else {}
    adapters: dict[str, ChannelAdapter] = {}
    targets: dict[str, tuple[str, ...]] = {}
    findings, unbuilt = [], set()
    for name, channel in rulebook.routing.channels.items():
        kind = channels.KINDS[channel.kind]
        targets[name] = kind.targets(channel) or ("",)
        if before and unchanged.get(name) == channel:
            adapters[name] = before.adapters[name]
            unbuilt |= {name} & before.unbuilt
            continue
        try:
            adapters[name] = kind.build(channel, context)
        except DeliveryError as error:
            findings.append(Finding("routes.yaml", 0, "channel", f"channel {name}: {error.reason}", error=False))
            adapters[name] = _Unbuilt(f"unbuilt:{name}", error.reason)
            unbuilt.add(name)
    return Desk(rulebook, detector or detector_of(rulebook), adapters, targets, frozenset(unbuilt)), tuple(findings)


def followers(rulebook: Rulebook) -> frozenset[str]:
    """The channels that are told what people do with an alert."""
    return frozenset(name for name, it in rulebook.routing.channels.items() if channels.KINDS[it.kind].follows)


def secrets(rulebook: Rulebook, environment: Mapping[str, str]) -> set[str]:
    """The secrets that channels and sources hold, literal or by `env:NAME`, for the redactor to learn."""
    found: set[str] = set()
    told: list[object] = [channel.options for channel in rulebook.routing.channels.values()]
    for options in (*told, *(source.options for source in rulebook.sources)):
        # Most sources have no keys of their own, and there may be ten thousand of them.
        if isinstance(options, BaseModel) and type(options).model_fields:
            for key, value in options.model_dump().items():
                found |= set() if key == USER else _secrets_of(value, environment)
    return found


def _secrets_of(value: object, environment: Mapping[str, str]) -> set[str]:
    if isinstance(value, list | tuple):
        return set().union(*(_secrets_of(item, environment) for item in value))
    hidden = isinstance(value, SecretStr)
    text = value.get_secret_value() if isinstance(value, SecretStr) else value
    if isinstance(text, str) and text.startswith("env:"):
        return _with_paths(environment.get(text.removeprefix("env:"), ""))
    return _with_paths(text) if hidden and isinstance(text, str) else set()


def _with_paths(secret: str) -> set[str]:
    """Of an address also the path and the query: servers and proxies repeat them without the host."""
    if "://" not in secret:
        return {secret}
    try:
        parts = urlsplit(secret)
    except ValueError:
        return {secret}
    pieces = {parts.path.strip("/"), parts.query, f"{parts.path}?{parts.query}".strip("/?")}
    return {secret} | {piece for piece in pieces if len(piece) >= LEAST_PATH}


@dataclass(slots=True)
class _Unbuilt:
    """Stands in for a channel that lacks something, and says what to whoever tries it (`watcher send-test`)."""

    lane: str
    reason: str
    pace: timedelta = timedelta(0)

    async def send(self, delivery: Delivery) -> Receipt:
        raise DeliveryError(self.reason)

    async def close(self) -> None:
        """Nothing is open."""
