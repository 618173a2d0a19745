"""Reports of one development in other words or another language, and developments that are not to be joined."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.stories.samples import NOW, document
from watcher.model.match import Assertion, Match
from watcher.model.story import Placement, Signature, StoryMember, StoryStatus
from watcher.stories.candidates import CANDIDATES, nearest
from watcher.stories.place import place
from watcher.stories.retold import Evidence
from watcher.stories.signature import sign
from watcher.stories.veto import veto

RAID = (
    "Iraqi forces arrest eight militiamen in Mosul",
    "MOSUL - Iraqi commandos raided a mill in the Gogjali district on Sunday and arrested eight fighters. They found "
    "37 rockets under the stones.",
)
RAID_DE = (
    "Irak: Acht Milizionäre in Mossul festgenommen",
    "Spezialkräfte haben am Sonntag eine Mühle im Stadtteil Gogdschali gestürmt. Sie stellten 37 Raketen sicher.",
)
RAID_AR = (
    "القوات العراقية تعتقل ثمانية مسلحين في الموصل",
    "داهمت قوة خاصة مطحنة في الموصل يوم الأحد وعثرت على 37 صاروخاً.",
)
FOLLOW_UP = (
    "Mill owner says he never saw the rockets",
    "A day after commandos raided his mill in Gogjali, the owner told reporters in Mosul that he had let it in spring. "
    "The 37 rockets were blown up on Monday.",
)


def signed(
    told: tuple[str, str], id: str, language: str, *, signal: str = "crackdown", publisher: str = ""
) -> Signature:
    title, text = told
    fired = Match(signal, 80, "high", Assertion.ASSERTED, True, (), (), 60, title)
    matches = [fired] if signal else []
    return sign(document(title, text, id=id, publisher=publisher or f"{id}.example"), language, matches)


def member(signature: Signature, story_id: str = "story-1", hours: float = 0) -> StoryMember:
    return StoryMember(story_id, signature, StoryStatus.NEW, NOW - timedelta(hours=hours))


def placed(signature: Signature, *members: StoryMember) -> Placement:
    known = [one for one in members if set(one.signature.keys) & set(signature.keys)]
    return place(signature, known, NOW, "story-new")


@pytest.mark.parametrize(
    ("told", "language"), [(RAID_DE, "de"), (RAID_AR, "ar"), (FOLLOW_UP, "en")], ids=["de", "ar", "follow-up"]
)
def test_one_development_in_other_words_is_one_story(told: tuple[str, str], language: str) -> None:
    found = placed(signed(told, "b", language), member(signed(RAID, "a", "en"), hours=20))
    assert (found.story_id, found.status, found.publishers) == ("story-1", StoryStatus.UPDATE, 2)
    assert "the same development (" in found.reasons[0]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (RAID, tuple(part.replace("Mosul", "Kirkuk").replace("MOSUL", "KIRKUK") for part in RAID)),
        (RAID_DE, ("Iraqi police arrest eight in Basra", "Police raided a farm near Basra. 37 rockets.")),
        (
            ("Iraq's interior minister signs Order No. 54", "Order No. 54 freezes pay of 4,800 fighters in Tikrit."),
            ("Iraq's interior minister signs Order No. 55", "Order No. 55 takes 22 checkpoints from them in Tikrit."),
        ),
        (
            ("Nine militiamen arrested in Kirkuk", "Police seized nine men of the Karrar faction in Domiz, Kirkuk."),
            ("Judge frees nine militiamen arrested in Kirkuk", "The nine Karrar men of Domiz, Kirkuk, are free."),
        ),
        (
            ("Germany sends frigate Hessen", "Germany will send the frigate Hessen and 220 sailors to the strait."),
            ("Italy sends frigate after Germany", "Italy follows Germany with the frigate Rizzo and 220 sailors."),
        ),
        (
            ("Ipsos: 41 percent back the war", "41 percent back it, an Ipsos poll showed on Sunday."),
            ("Ipsos: 63 percent back the deal", "63 percent back it, an Ipsos poll showed on Sunday."),
        ),
        (
            ("Cabinet to disband two brigades next month", "The Amerli and Saqlawiya brigades go next month."),
            ("Army disbands two brigades", "The army disbanded the Amerli and Saqlawiya brigades at dawn."),
        ),
    ],
    ids=["cities", "languages", "decrees", "release", "nations", "polls", "plan"],
)  # fmt: skip
def test_neighbours_are_two_stories(one: tuple[str, str], other: tuple[str, str]) -> None:
    languages = ("de" if one is RAID_DE else "en", "en")
    left, right = (signed(told, id, code) for told, id, code in zip((one, other), "ab", languages, strict=True))
    assert placed(right, member(left)).story_id == "story-new"
    assert placed(left, member(right)).story_id == "story-new"


def test_a_toll_that_rises_belongs_to_its_story() -> None:
    first = ("Three killed as army storms camp near Tal Afar", "Three people were killed on Sunday in a Nujaba camp.")
    later = ("Death toll of Tal Afar camp battle rises to nine", "Nine people died when the Nujaba camp was stormed.")
    assert placed(signed(later, "b", "en"), member(signed(first, "a", "en"))).story_id == "story-1"


def test_it_takes_more_without_a_signal_in_common() -> None:
    other = signed(RAID_AR, "b", "ar", signal="attacks")
    assert placed(other, member(signed(RAID, "a", "en"))).story_id == "story-new"


def test_nothing_joins_after_the_window() -> None:
    late = signed(RAID_DE, "b", "de")
    assert placed(late, member(signed(RAID, "a", "en"), hours=72)).story_id == "story-1"
    assert placed(late, member(signed(RAID, "a", "en"), hours=73)).story_id == "story-new"


def test_one_vague_report_does_not_join_two_developments() -> None:
    """It names no city, so it contradicts neither; as many speak against as for."""
    vague = ("Fighters arrested in Iraq", "Commandos raided a mill in Gogjali on Sunday and found 37 rockets.")
    elsewhere = ("Iraqi forces arrest eight in Basra", "Commandos in Basra found 37 rockets on Sunday near Gogjali.")
    known = [member(signed(RAID, "a", "en")), member(signed(vague, "b", "en"))]
    assert placed(signed(elsewhere, "c", "en"), *known).story_id == "story-new"


def test_members_under_many_keys_come_before_newer_ones() -> None:
    copy = member(signed(RAID, "copy", "en"), hours=50)
    crowd = [member(signed(RAID_DE, f"d{number}", "de")) for number in range(CANDIDATES + 5)]
    found = nearest([[copy, *crowd], [copy]])
    assert found[0] is copy
    assert len(found) == CANDIDATES


KINDS = ("p:basra", "p:mosul", "c:de", "c:it", "%:41", "%:63", "l:54", "l:55", "s:force.arrest", "s:force.release")
FEATURES = st.frozensets(
    st.sampled_from([*KINDS, "t:plan", "n:kgl", "n:trsmn", "f:37", "f:9", "w:rocke", "d:2026-07-12"])
)


@st.composite
def signatures(draw: st.DrawFn) -> Signature:
    focus = draw(FEATURES)
    kernel = focus | draw(FEATURES)
    return replace(
        signed(RAID, draw(st.sampled_from("abc")), draw(st.sampled_from(["en", "de"]))),
        focus=focus,
        kernel=kernel,
        reach=kernel | draw(FEATURES),
        topic=draw(FEATURES),
        fired=draw(st.frozensets(st.sampled_from(["one", "two"]))),
    )


@given(signatures(), signatures())
def test_vetoes_and_evidence_are_symmetric(one: Signature, other: Signature) -> None:
    assert veto(one, other) == veto(other, one)
    assert Evidence(one, {}).points(other) == pytest.approx(Evidence(other, {}).points(one))


@given(signatures())
def test_nothing_contradicts_itself(one: Signature) -> None:
    assert veto(one, one) == ""


@given(signatures(), st.lists(signatures(), max_size=6), st.randoms())
def test_placing_is_deterministic_whatever_the_order_of_candidates(
    one: Signature, others: list[Signature], chance: object
) -> None:
    members = [
        member(replace(other, document_id=f"m{at}", sketch=(at,), content_hash=str(at), canonical_url=""), f"s{at % 3}")
        for at, other in enumerate(others)
    ]
    new = replace(one, document_id="new", sketch=(99,), content_hash="new", canonical_url="")
    first = place(new, members, NOW, "story-new")
    chance.shuffle(members)  # type: ignore[attr-defined]  # hypothesis gives a random.Random
    assert place(new, members, NOW, "story-new") == first


@given(st.permutations(range(5)))
def test_the_order_in_which_copies_arrive_does_not_change_the_partition(order: list[int]) -> None:
    kirkuk = tuple(part.replace("Mosul", "Kirkuk").replace("MOSUL", "KIRKUK") for part in RAID)
    arrivals = [
        RAID,
        (f"{RAID[0]} - Delta Post", RAID[1]),
        (f"BREAKING: {RAID[0]}", f"BAGHDAD (Delta Post) - {RAID[1]}"),
        (kirkuk[0], kirkuk[1]),
        (f"{kirkuk[0]} | Gulf Times", f"{kirkuk[1]}\nRead more"),
    ]
    known: list[StoryMember] = []
    story = {}
    for number in order:
        one = signed((arrivals[number][0], arrivals[number][1]), f"d{number}", "en")
        found = place(one, known, NOW, f"story-{number}")
        story[number] = found.story_id
        known.append(StoryMember(found.story_id, one, found.status, NOW))
    assert story[0] == story[1] == story[2] != story[3] == story[4]
