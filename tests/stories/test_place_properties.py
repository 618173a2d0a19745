from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from tests.stories.samples import NOW, WIRE, WIRE_TITLE, document, member
from watcher.model.document import Document
from watcher.model.story import StoryMember, StoryStatus
from watcher.stories.place import place
from watcher.stories.signature import sign
from watcher.stories.similarity import text_overlap

WORDS = sorted(set(WIRE.split()))
SENTENCES = [sentence for paragraph in WIRE.split("\n\n") for sentence in paragraph.split(". ")]
TITLES = st.lists(st.sampled_from([*WIRE_TITLE.split(), "Mosul", "5", "second"]), max_size=8).map(" ".join)
TEXTS = st.one_of(
    st.lists(st.sampled_from(SENTENCES), max_size=6).map(". ".join),
    st.lists(st.sampled_from(WORDS), max_size=60).map(" ".join),
    st.text(max_size=200),
)
DOCUMENTS = st.builds(document, TITLES, TEXTS, publisher=st.sampled_from(["a.example", "b.example", "c.example"]))


@st.composite
def stories(draw: st.DrawFn) -> list[StoryMember]:
    """Members of up to four stories, first seen at various times."""
    found = draw(st.lists(DOCUMENTS, max_size=8))
    return [
        member(
            replace(one, id=f"doc-{number}", canonical_url=f"https://a.example/{number}"),
            f"story-{draw(st.integers(1, 4))}",
            draw(st.sampled_from(StoryStatus)),
            NOW - timedelta(hours=draw(st.integers(0, 100))),
        )
        for number, one in enumerate(found)
    ]


@given(DOCUMENTS, stories())
def test_a_document_is_a_duplicate_of_itself(one: Document, others: list[StoryMember]) -> None:
    known = member(replace(one, id="doc-x"), "story-x", seen_at=NOW - timedelta(days=9))
    again = place(known.signature, [*others, known], NOW, "story-new")
    assert (again.story_id, again.status) == ("story-x", StoryStatus.DUPLICATE)


@given(DOCUMENTS, stories(), st.randoms(use_true_random=False))
def test_the_order_of_candidates_does_not_matter(one: Document, candidates: list[StoryMember], random: Random) -> None:
    signature = sign(replace(one, id="doc-x"))
    shuffled = list(candidates)
    random.shuffle(shuffled)
    assert place(signature, candidates, NOW, "story-new") == place(signature, shuffled, NOW, "story-new")


@given(DOCUMENTS, stories())
def test_a_placement_makes_sense(one: Document, candidates: list[StoryMember]) -> None:
    signature = sign(replace(one, id="doc-x"))
    found = place(signature, candidates, NOW, "story-new")
    assert (found.status is StoryStatus.NEW) is (found.story_id == "story-new")
    assert 1 <= found.publishers <= len(candidates) + 1
    assert found.reasons
    inside = [one for one in candidates if one.story_id == found.story_id]
    copies = [replace(one, status=StoryStatus.DUPLICATE) for one in inside]
    assert place(signature, copies, NOW, "story-new").publishers == 1


@given(st.sets(st.integers(0, len(WIRE.split()) - 1), max_size=6), st.sampled_from(["added", "said", "also"]))
def test_small_edits_stay_duplicates(places: set[int], word: str) -> None:
    """Any six of 150 words, as long as they are no names and no figures."""
    words = WIRE.split(" ")
    edited = [word if at in places and old.islower() and old.isalpha() else old for at, old in enumerate(words)]
    copy = document("Six held in raid on Basra drone workshop", " ".join(edited), id="doc-2", publisher="b.example")
    found = place(sign(copy), [member(document())], NOW, "story-new")
    assert (found.story_id, found.status) == ("story-1", StoryStatus.DUPLICATE), found.reasons


@given(st.integers(55, len(WIRE.split())))
def test_a_copy_cut_anywhere_shares_a_key_and_stays_a_duplicate(kept: int) -> None:
    copy = document("Six held in raid on Basra drone workshop", " ".join(WIRE.split(" ")[:kept]), id="doc-2")
    known = member(document())
    assert set(sign(copy).keys) & set(known.signature.keys)
    assert place(sign(copy), [known], NOW, "story-new").status is StoryStatus.DUPLICATE


@given(st.integers(70, 400), st.integers(70, 400), st.integers(0, 70))
def test_the_sketch_estimates_what_all_shingles_would_say(left: int, right: int, shared: int) -> None:
    """Within five standard errors of the true Jaccard index, over texts of distinct words."""
    common = [f"common{number}x" for number in range(shared)]
    one = common + [f"left{number}y" for number in range(left - shared)]
    two = common + [f"right{number}z" for number in range(right - shared)]
    first, second = (sign(document("", " ".join(words), url="")) for words in (one, two))
    truth = max(shared - 1, 0) / (left + right - 2 - max(shared - 1, 0))
    error = 5 * (truth * (1 - truth) / 64) ** 0.5 + 0.05
    assert abs(text_overlap(first, second).jaccard - truth) <= error
