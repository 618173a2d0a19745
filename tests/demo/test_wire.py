"""The bundled wire holds what the demo is meant to show, and slips in its files are errors."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watcher.demo.load import WireError, load_wire
from watcher.demo.wire import Form, Variety, WireItem

STARTED = datetime(2026, 11, 22, 6, 0, tzinfo=UTC)
HEADLINES = {"iraq-militia-crackdown", "iran-memorandum-revision", "nato-contribution-deals"}
WIRE = load_wire()
MOMENTS = st.floats(0, 30)

OUTLET = "- {id: post, name: Post, publisher: post.example.org, language: en, form: rss, trust: 0.5}\n"
ITEM = "id: a, outlet: post, title: Rain, summary: It rained., at: 3, label: none, variety: unrelated"


def test_the_wire_is_large_and_varied_enough() -> None:
    assert len(WIRE.items) >= 55
    assert len({item.language for item in WIRE.items}) >= 3
    assert len({outlet.publisher for outlet in WIRE.outlets}) >= 5
    assert {outlet.form for outlet in WIRE.outlets} == set(Form)
    assert {item.variety for item in WIRE.items} == set(Variety)
    assert {item.outlet for item in WIRE.items} == {outlet.id for outlet in WIRE.outlets}


def test_english_leads_but_does_not_stand_alone() -> None:
    languages = Counter(item.language for item in WIRE.items)
    assert languages.most_common(1)[0][0] == "en"
    assert all(languages[code] >= 3 for code in ("ar", "de", "fr", "fa"))


def test_one_publisher_has_two_sources() -> None:
    publishers = Counter(outlet.publisher for outlet in WIRE.outlets)
    assert max(publishers.values()) == 2


def test_every_headline_signal_has_its_arc() -> None:
    for signal in HEADLINES:
        assert sum(item.alerts == signal for item in WIRE.items) >= 2
    assert {item.alerts for item in WIRE.items} - {None} == HEADLINES


def test_it_plays_in_about_twenty_seconds() -> None:
    assert sum(item.at == 0 for item in WIRE.items) >= 10
    assert 15 <= max(item.edit.at if item.edit else item.at for item in WIRE.items) <= 22


def test_items_are_of_realistic_length() -> None:
    for item in WIRE.items:
        assert 15 <= len(item.title) <= 120, item.id
        assert 120 <= len(item.summary) <= 700, item.id


def test_duplicates_come_after_what_they_repeat_and_from_another_publisher() -> None:
    publisher = {outlet.id: outlet.publisher for outlet in WIRE.outlets}
    for item in WIRE.items:
        if item.label == "duplicate":
            first = next(other for other in WIRE.items if other.story == item.story)
            assert first.alerts and first.at < item.at, item.id
            assert publisher[first.outlet] != publisher[item.outlet], item.id
            assert item.variety in {Variety.COPY, Variety.RETELLING}, item.id


def test_each_development_alerts_once_and_nothing_else_has_a_story() -> None:
    for item in WIRE.items:
        told = item.alerts is not None or item.label in {"duplicate", "too-old"}
        assert bool(item.story) is told, item.id
    alerts = Counter(item.story for item in WIRE.items if item.alerts)
    assert set(alerts.values()) == {1}


def test_labels_fit_the_varieties() -> None:
    silent = {Variety.COMMENT, Variety.SPECULATION, Variety.DEMAND, Variety.DENIAL, Variety.QUESTION}
    for item in WIRE.items:
        if item.variety in silent | {Variety.ANNIVERSARY}:
            assert item.label == "watch", item.id
        if item.variety is Variety.UNRELATED:
            assert item.label == "none", item.id


def test_only_what_is_too_old_claims_an_age_beyond_the_signals() -> None:
    for item in WIRE.items:
        assert (item.age > timedelta(hours=48)) is (item.label == "too-old"), item.id
    assert sum(item.label == "too-old" for item in WIRE.items) >= 1


def test_an_alerting_title_is_corrected_under_the_same_guid() -> None:
    edited = [item for item in WIRE.items if item.edit and item.alerts]
    assert edited
    for item in edited:
        assert item.edit is not None
        before = _title(item, item.edit.at - 0.1)
        assert before == item.title
        assert _title(item, item.edit.at) == item.edit.title != before


def _title(item: WireItem, elapsed: float) -> str:
    entries = WIRE.entries(item.outlet, STARTED, elapsed)
    return next(entry.title for entry in entries if entry.item.id == item.id)


@given(MOMENTS, MOMENTS)
def test_what_has_appeared_stays_and_dates_never_lie_ahead(one: float, other: float) -> None:
    early, late = sorted((one, other))
    for outlet in WIRE.outlets:
        before = WIRE.entries(outlet.id, STARTED, early)
        after = WIRE.entries(outlet.id, STARTED, late)
        assert {entry.item.id for entry in before} <= {entry.item.id for entry in after}
        assert [entry.item.at for entry in after] == sorted((entry.item.at for entry in after), reverse=True)
        for entry in after:
            assert entry.published_at <= entry.updated_at <= STARTED + timedelta(seconds=late)


@pytest.mark.parametrize(
    ("item", "complaint"),
    [
        (ITEM.replace("label: none", "label: perhaps"), "unknown label perhaps"),
        (ITEM.replace("outlet: post", "outlet: mail"), "unknown outlet mail"),
        (ITEM.replace("unrelated", "rumour"), "unknown variety rumour"),
        (ITEM.replace("at: 3", "at: soon"), "at must be a number"),
        (ITEM.replace("at: 3", "at: -1"), "at must be a number"),
        (ITEM.replace("title: Rain", "title: ''"), "title must be text"),
        (ITEM + ", colour: red", "unknown key colour"),
        (ITEM + ", edit: {at: 2, title: Sun}", "the edit comes before the item"),
        (ITEM + ", edit: {title: Sun}", "an edit has at and title"),
    ],
)
def test_a_slip_is_an_error_that_names_the_item(tmp_path: Path, item: str, complaint: str) -> None:
    (tmp_path / "outlets.yaml").write_text(OUTLET, encoding="utf-8")
    (tmp_path / "news.yaml").write_text(f"- {{{item}}}\n", encoding="utf-8")
    with pytest.raises(WireError, match=rf"news\.yaml: a: {complaint}"):
        load_wire(tmp_path)


def test_a_repeated_id_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "outlets.yaml").write_text(OUTLET, encoding="utf-8")
    (tmp_path / "news.yaml").write_text(f"- {{{ITEM}}}\n- {{{ITEM}}}\n", encoding="utf-8")
    with pytest.raises(WireError, match="the id a is used more than once"):
        load_wire(tmp_path)


@pytest.mark.parametrize("content", ["a: b", "- just text", "- {title: no id}"])
def test_a_file_of_another_shape_is_an_error(tmp_path: Path, content: str) -> None:
    (tmp_path / "outlets.yaml").write_text(content, encoding="utf-8")
    with pytest.raises(WireError, match=r"outlets\.yaml"):
        load_wire(tmp_path)
