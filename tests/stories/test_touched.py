"""The stories that parts of a round-up belong to."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from tests.stories.samples import NOW, WIRE, WIRE_TITLE, document, member
from watcher.model.story import Signature, StoryMember
from watcher.stories.roundup import ROUNDUP
from watcher.stories.signature import sign
from watcher.stories.touched import MOST, PLACED, home_of, touched
from watcher.stories.window import Windows

WINDOWS = Windows()
RAID = replace(sign(document(WIRE_TITLE, WIRE.split("\n\n")[0], id="blog#2", url="")), content_hash="")
OTHER = replace(sign(document("Ten recipes with dates for the cold days", "Soak them overnight.", id="blog#1", url="")))


def of(*members: StoryMember, parts: tuple[Signature, ...] = (OTHER, RAID)) -> dict[int, str]:
    placed = touched("blog", parts, lambda _part: members, NOW, WINDOWS)
    return {index: placement.story_id for index, placement in placed.items()}


def test_a_part_belongs_where_a_report_of_it_would() -> None:
    assert of(member(document())) == {1: "story-1"}
    assert of() == {}
    assert of(member(document(), seen_at=NOW - timedelta(hours=73))) == {}


def test_neither_the_text_itself_nor_another_round_up_is_a_report() -> None:
    itself = member(document(id="blog"))
    roundup = member(document(id="doc-2"))
    assert of(itself) == {}
    assert of(replace(roundup, signature=replace(roundup.signature, genre=ROUNDUP))) == {}


def test_its_home_is_where_the_first_part_belongs_that_belongs_anywhere() -> None:
    placed = touched("blog", (OTHER, RAID), lambda _part: [member(document())], NOW, WINDOWS)
    home = home_of(placed)
    assert home.story_id == "story-1"
    assert home.reasons[0].startswith("a part of it: ")


def test_so_many_parts_are_looked_at_and_no_more() -> None:
    assert of(member(document()), parts=(OTHER,) * (PLACED - 1) + (RAID,)) == {PLACED - 1: "story-1"}
    assert of(member(document()), parts=(OTHER,) * PLACED + (RAID,)) == {}


def test_it_touches_so_many_stories_and_no_more() -> None:
    parts, members = [], []
    for number in range(MOST + 4):
        text = WIRE.replace("six", f"{number + 30}")
        report = document(f"Police hold {number + 30} men in raid {number + 30} near Basra", text, id=f"doc-{number}")
        members.append(member(report, f"story-{number}"))
        parts.append(replace(sign(report), document_id=f"blog#{number}", canonical_url=""))
    found = touched("blog", parts, lambda part: [m for m in members if m.signature.content_hash == part.content_hash],
                    NOW, WINDOWS)  # fmt: skip
    assert len(found) == len({one.story_id for one in found.values()}) == MOST
