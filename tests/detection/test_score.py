"""Points: the ledger adds up, zones and assertion count as documented, nothing unproved reaches the threshold."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.detection.samples import crackdown, detector, groups, held, only, terms
from watcher.detection.score import FLOOR, corroborated, severity
from watcher.model.match import Assertion
from watcher.model.signal import Fields, Group, Severity, Signal


def test_a_plain_headline_leaves_room_above() -> None:
    match = only("Iraqi police raid militia homes in Basra")
    assert match is not None
    assert match.score == 78
    assert match.severity == "high"
    assert [(entry.reason, entry.points) for entry in match.ledger] == [
        ("state in the title", 15),
        ("act in the title", 30),
        ("target in the title", 25),
        ("place in the title", 5),
        ("pattern held in the title", 20),
        ("above the threshold, every second point", -17),
    ]


def test_further_actions_told_as_facts_count() -> None:
    one = only("Iraqi police raid militia homes in Basra", "The Iraqi police raided militia homes.")
    more = only("Iraqi police raid militia homes in Basra", "The Iraqi police arrested militia men.")
    doubted = only("Iraqi police raid militia homes in Basra", "The Iraqi police could arrest militia men.")
    assert one is not None
    assert more is not None
    assert doubted is not None
    assert one.score == doubted.score < more.score
    assert ("further actions told: 1", 4) in [(entry.reason, entry.points) for entry in more.ledger]


def test_what_the_pattern_does_not_ask_for_adds_little() -> None:
    extras = tuple(
        Group(f"extra{number}", 40, terms(word)) for number, word in enumerate(("river", "market", "bridge"))
    )
    base = crackdown()
    reader = detector(Signal("wide", "Wide", (*base.groups, *extras), base.patterns))
    plain = only("Iraqi police raid militia homes", reader=reader)
    rich = only("Iraqi police raid militia homes by river, market and bridge", reader=reader)
    assert plain is not None
    assert rich is not None
    assert plain.score + 8 == rich.score


def test_a_word_counts_once() -> None:
    base = crackdown()
    double = Group("double", 40, terms("raid"))
    reader = detector(Signal("twice", "Twice", (*base.groups, double), base.patterns))
    match = only("Iraqi police raid militia homes", reader=reader)
    assert match is not None
    assert match.score == 75


def test_a_vague_headline_over_a_plain_lead_fires() -> None:
    match = only("A busy night", "Iraqi police raided militia homes.")
    assert match is not None
    assert match.alert
    assert match.score < 100


def test_deep_background_does_not_fire() -> None:
    filler = "Shops in the city were open and the weather was mild for the season again. " * 12
    match = only("Weather in the city", filler + "Last week the Iraqi police raided militia homes.")
    assert match is not None
    assert not match.alert


def test_an_exclusion_takes_everything() -> None:
    reader = detector()
    text = "Iraqi police raid militia base in video game"
    assert only(text, reader=reader) is None
    told = reader.explain(text, "", "en")[0]
    assert told.score == 0
    assert told.ledger[-1].reason == "excluded by “video game”"
    assert only("Iraqi police raid militia base in videogames", reader=reader) is not None


@pytest.mark.parametrize(
    ("title", "text", "score"),
    [
        ("Iraqi army visits militia, arrest of thief", "", 27),
        ("Iraqi army visits militia", "The thief was arrested.", 24),
        ("Iraqi army visits militia", "", 21),
        ("Iraqi army on parade", "The militia watched.", 18),
        ("Iraqi army on parade", "A sunny day. " * 60 + "The militia watched.", 11),
        ("Militia on parade", "", 0),
        ("Weather", "A sunny day. " * 60 + "Iraqi army visits militia, arrest of thief.", 16),
    ],
)
def test_a_near_miss_keeps_a_share_of_the_threshold(title: str, text: str, score: int) -> None:
    match = only(title, text, reader=detector(crackdown(["state act target within 2"])))
    assert (match.score if match else 0) == score
    if match is not None:
        assert sum(entry.points for entry in match.ledger) == match.score
        assert "no pattern held" in match.ledger[-1].reason


def test_words_far_apart_stay_below_the_floor() -> None:
    text = "A sunny day. " * 60 + "A militia came. " + "A sunny day. " * 9 + "Arrests followed as Iraq voted."
    told = detector().explain("Weather", text, "en")[0]
    assert told.pattern == ""
    assert 0 < told.score < FLOOR


def test_a_signal_without_patterns_needs_all_its_groups() -> None:
    signal = Signal("plain", "Plain", groups()[:3])
    reader = detector(signal)
    assert only("Iraq militia arrest", reader=reader) is not None
    assert only("Militia arrest", reader=reader) is None
    apart = only("Iraq. Militia. Arrest.", reader=reader)
    assert apart is not None
    assert apart.alert


def test_a_required_group_gives_context_from_nearby() -> None:
    names = groups()
    required = tuple(
        type(group)(group.name, group.weight, group.terms, group.lists, True if group.name == "place" else None)
        for group in names
    )
    base = crackdown()
    reader = detector(Signal("near", "Near", required, base.patterns))
    assert only("Officers raid militia base", "It happened in Basra.", reader) is not None
    assert only("Officers raid militia base", "It happened in Beirut.", reader) is None


def test_a_group_that_must_not_be_in_the_sentence() -> None:
    reader = detector(crackdown(["act target near state without place"]))
    assert only("Raid on militia", "Officers said so.", reader) is not None
    assert held("Raid on militia in Basra", "Officers said so.", reader) is None
    assert only("Raid on militia", "Officers in Basra said so.", reader) is not None
    assert held("Basra", "Officers spoke. It was a raid on a militia.", reader) is None


@pytest.mark.parametrize(("publishers", "points"), [(0, 0), (1, 0), (2, 4), (3, 7), (4, 10), (99, 10)])
def test_corroboration_adds_points(publishers: int, points: int) -> None:
    signal = crackdown()
    match = only("A busy night", "Iraqi police raided militia homes.", detector(signal))
    assert match is not None
    more = corroborated(match, signal, publishers)
    assert more.score == match.score + points
    assert sum(entry.points for entry in more.ledger) == more.score
    assert more.severity == severity(signal, more.score).value


def test_corroboration_never_lifts_what_is_not_a_fact_over_the_threshold() -> None:
    signal = crackdown(alert_at=50)
    match = only("Iraq could disarm militia in Basra", reader=detector(signal))
    assert match is not None
    assert match.assertion is Assertion.HYPOTHETICAL
    more = corroborated(match, signal, 9)
    assert more.score == 49
    assert not more.alert


def test_corroboration_stops_at_a_hundred() -> None:
    signal = crackdown()
    match = only("Iraqi police raid militia homes in Basra", reader=detector(signal))
    assert match is not None
    near_the_top = replace(match, score=97)
    assert corroborated(near_the_top, signal, 9).score == 100
    assert corroborated(replace(match, score=100), signal, 9) == replace(match, score=100)


def test_severity_is_the_highest_band_reached() -> None:
    signal = crackdown()
    assert [severity(signal, score) for score in (0, 59, 60, 74, 75, 88, 100)] == [
        Severity.LOW,
        Severity.LOW,
        Severity.MEDIUM,
        Severity.MEDIUM,
        Severity.HIGH,
        Severity.CRITICAL,
        Severity.CRITICAL,
    ]


def test_a_shield_takes_words_away_from_its_group_only() -> None:
    base = crackdown()
    state = Group("state", 15, terms("army", "!us army"))
    reader = detector(Signal("s", "S", (state, *base.groups[1:]), base.patterns[:1]))
    assert only("Army raids militia", reader=reader) is not None
    assert held("US Army raids militia", reader=reader) is None
    assert only("U.S. army watched, but the army raids militia", reader=reader) is not None


def test_fields_say_what_a_place_counts_and_the_ledger_names_what_is_unusual() -> None:
    base = replace(crackdown(), alert_at=40)
    usual = only("Iraq today", "Iraqi police raid militia homes.", reader=detector(base))
    same = only("Iraq today", "Iraqi police raid militia homes.", reader=detector(replace(base, fields=Fields())))
    assert usual is not None
    assert usual == same
    deaf = only(
        "Iraq today", "Iraqi police raid militia homes.", reader=detector(replace(base, fields=Fields(100, 40, 0)))
    )
    assert deaf is not None
    assert [(entry.reason, entry.points) for entry in deaf.ledger] == [
        ("state in the lead (40 %)", 6),
        ("act in the lead (40 %)", 12),
        ("target in the lead (40 %)", 10),
        ("place in the title", 5),
        ("pattern held in the lead (40 %)", 8),
    ]
    assert deaf.score == sum(entry.points for entry in deaf.ledger) == 41


def test_a_group_may_have_fields_of_its_own_and_counts_where_it_counts_most() -> None:
    base = crackdown(alert_at=100)
    place = replace(base.groups[3], weight=40, fields=Fields(title=0, lead=100, body=0))
    own = replace(base, groups=(*base.groups[:3], place))
    match = only("Iraqi police raid militia homes in Basra", "The town of Basra was quiet.", reader=detector(own))
    assert match is not None
    reasons = {entry.reason: entry.points for entry in match.ledger}
    assert reasons["place in the lead (100 %)"] == 20
    assert reasons["state in the title"] == 15
    assert match.score == sum(reasons.values())
