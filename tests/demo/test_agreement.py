"""What the wire's labels ask for is what detection and stories make of it, with the pack's own signals."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from watcher.demo.config import write_rules
from watcher.demo.load import load_wire
from watcher.demo.wire import Form, Variety, WireItem
from watcher.detection.engine import Detector
from watcher.model.document import Document
from watcher.model.match import Match
from watcher.model.rulebook import Rulebook
from watcher.model.story import StoryMember, StoryStatus
from watcher.services.rules import pack_dir, read
from watcher.sources.identity import content_hash
from watcher.stories.place import place
from watcher.stories.signature import sign

STARTED = datetime(2026, 11, 22, 6, 0, tzinfo=UTC)
WIRE = load_wire()
OUTLETS = {outlet.id: outlet for outlet in WIRE.outlets}
DEVELOPMENT = {item.story: item for item in reversed(WIRE.items) if item.story}
FAR_BELOW = 30

# Where the pack is known to be wrong, and why; whoever mends it deletes the line.
KNOWN: dict[str, str] = {}


@pytest.fixture(scope="module")
def rulebook(tmp_path_factory: pytest.TempPathFactory) -> Rulebook:
    root = tmp_path_factory.mktemp("rules")
    write_rules(root, "http://127.0.0.1:49152", pack_dir())
    loaded, findings = read(root)
    assert loaded is not None, [str(finding) for finding in findings]
    return loaded


@pytest.fixture(scope="module")
def detector(rulebook: Rulebook) -> Detector:
    return Detector(rulebook.signals, rulebook.lexicons)


def items() -> Iterator[object]:
    for item in WIRE.items:
        marks = pytest.mark.xfail(reason=KNOWN[item.id], strict=False) if item.id in KNOWN else ()
        yield pytest.param(item, id=item.id, marks=marks)


def text_of(item: WireItem) -> str:
    return "" if OUTLETS[item.outlet].form is Form.PAGE else item.summary


def fired(matches: tuple[Match, ...]) -> list[str]:
    return [match.signal_id for match in matches if match.alert]


@pytest.mark.parametrize("item", list(items()))
def test_detection_agrees_with_the_label(detector: Detector, rulebook: Rulebook, item: WireItem) -> None:
    for title in filter(None, (item.title, item.edit.title if item.edit else None)):
        matches = detector.detect(title, text_of(item), item.language).matches
        if item.label == "none":
            assert not [match for match in matches if match.score >= FAR_BELOW]
        elif item.label == "watch":
            assert not fired(matches)
        elif item.label == "too-old":
            (signal_id,) = fired(matches)
            signal = rulebook.signal(signal_id)
            assert signal is not None
            assert item.age > signal.max_age
        else:
            assert fired(matches) == [DEVELOPMENT[item.story].alerts]


def test_repeats_fold_into_the_story_of_their_development_and_nothing_else_does(detector: Detector) -> None:
    told: list[StoryMember] = []
    for item in WIRE.items:
        if item.label in {"none", "watch"}:
            continue
        now = STARTED + timedelta(seconds=item.at)
        found = detector.detect(item.title, text_of(item), item.language)
        signature = sign(_document(item, now), found.language, found.matches)
        near = [member for member in told if set(member.signature.keys) & set(signature.keys)]
        placement = place(signature, near, now, item.id)
        assert placement.story_id == DEVELOPMENT[item.story].id, f"{item.id}: {placement.reasons}"
        told.append(StoryMember(placement.story_id, signature, placement.status, now))


def test_retellings_count_as_further_publishers_and_copies_do_not() -> None:
    for item in WIRE.items:
        if item.label == "duplicate":
            now = STARTED + timedelta(seconds=item.at)
            first = StoryMember("story", sign(_document(DEVELOPMENT[item.story], now)), StoryStatus.NEW, now)
            placement = place(sign(_document(item, now)), [first], now, "another")
            assert placement.publishers == (2 if item.variety is Variety.RETELLING else 1), item.id


def _document(item: WireItem, now: datetime) -> Document:
    link = f"http://127.0.0.1:49152/articles/{item.id}"
    return Document(
        id=item.id,
        source_id=item.outlet,
        publisher=OUTLETS[item.outlet].publisher,
        guid=item.id,
        url=link,
        canonical_url=link,
        title=item.title,
        text=text_of(item),
        language=item.language,
        published_at=now - item.age,
        first_seen_at=now,
        content_hash=content_hash(item.title, text_of(item)),
    )
