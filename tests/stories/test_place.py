from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.stories.samples import NOW, WIRE, WIRE_TITLE, document, member
from watcher.model.document import Document
from watcher.model.signal import STORY_WINDOW
from watcher.model.story import Placement, StoryStatus
from watcher.stories.place import place
from watcher.stories.signature import sign

NEW, UPDATE, DUPLICATE = StoryStatus.NEW, StoryStatus.UPDATE, StoryStatus.DUPLICATE
PARAGRAPHS = WIRE.split("\n\n")
ARABIC = (
    "أعلنت وكالة الاستخبارات توقيف ستة متهمين ينتمون إلى كتائب حزب الله داخل مزرعة مسورة في قضاء أبي الخصيب جنوبي "
    "البصرة وضبط ورشة لتصنيع المسيرات وقالت إن محكمة في بغداد أصدرت مذكرات بحق آخرين"
)
RUSSIAN = (
    "Соединённые Штаты приостанавливают участие в совместной комиссии, которая следит за выполнением меморандума с "
    "Ираном, и отзывают своих сотрудников из Маската, сообщил представитель Госдепартамента"
)


def placed(later: Document, earlier: Document) -> Placement:
    return place(sign(later), [member(earlier)], NOW, "story-2")


def other(title: str, text: str) -> Document:
    return document(title, text, id="doc-2", publisher="paper.example")


COPIES = {
    "another headline": ("Six held in raid on Basra drone workshop", WIRE),
    "another dateline": (WIRE_TITLE, WIRE.replace("BASRA, Iraq, July 12 (Example Wire) —", "BASRA (Example Wire) -")),
    "no last paragraph": (WIRE_TITLE, "\n\n".join(PARAGRAPHS[:-1])),
    "only the beginning": ("Six held near Basra", "\n\n".join(PARAGRAPHS[:1])),
    "a torn teaser": (WIRE_TITLE, WIRE[:330]),
    "house style": (
        WIRE_TITLE.replace("Kataib", "Kata'ib"),
        WIRE.replace("Kataib Hezbollah", "Kata'ib Hizbollah").replace("six men", "6 men").replace("stormed", "entered"),
    ),
    "a few words": (WIRE_TITLE, WIRE.replace("photographs", "pictures").replace("were meant", "had been built")),
    "credits": (WIRE_TITLE + " - Reuters", WIRE + "\n\n(Reporting by Ann Example; Editing by Bob Example)"),
    "entities and tags": (WIRE_TITLE, "<p>" + WIRE.replace('"', "&quot;").replace("\n\n", "</p><p>") + "</p>"),
}


@pytest.mark.parametrize("case", COPIES)
def test_copies_fold(case: str) -> None:
    found = placed(other(*COPIES[case]), document())
    assert (found.status, found.story_id) == (DUPLICATE, "story-1"), found.reasons
    assert "copy of doc-1 from wire.example (similarity " in found.reasons[0]


SAME = {
    "a headline without a text": (
        ("Iran seizes Greek tanker in Strait of Hormuz", ""),
        ("Iran seizes Greek tanker in Strait of Hormuz - Reuters", ""),
    ),
    "a headline and its report": ((WIRE_TITLE, ""), (WIRE_TITLE, WIRE)),
    "a plural in a headline": (
        ("Iraqi army raids militia offices near Basra", ""),
        ("Iraqi army raids militia office near Basra", ""),
    ),
    "Arabic": (("ضبط ورشة في أبي الخصيب", ARABIC), ("توقيف ستة في البصرة", "البصرة - " + ARABIC)),
    "Russian": (("США уходят из комиссии", RUSSIAN + "."), ("Вашингтон покидает комиссию", "ВАШИНГТОН — " + RUSSIAN)),
}


@pytest.mark.parametrize("case", SAME)
def test_the_same_report_in_short_or_in_another_script(case: str) -> None:
    first, second = SAME[case]
    found = placed(other(*second), document(*first))
    assert found.status is DUPLICATE, found.reasons


TEMPLATE = (
    "Iraqi security forces raided the offices of an armed group in {place} on {day}, the interior ministry said. "
    "Troops detained {count} people and seized weapons and documents during the operation."
)
POLL = "{share}% of Americans say that they have little or no confidence in the memorandum, the monthly survey found."
DIFFERENT = {
    "another place, headlines alone": (("Raid on militia in Basra", ""), ("Raid on militia in Mosul", "")),
    "another place, short texts": (
        ("Iraqi forces raid militia offices in Basra", TEMPLATE.format(place="Basra", day="Monday", count=3)),
        ("Iraqi forces raid militia offices in Mosul", TEMPLATE.format(place="Mosul", day="Monday", count=3)),
    ),
    "another place, in the text alone": (
        ("Iraqi forces raid militia offices", TEMPLATE.format(place="Basra", day="Monday", count=3)),
        ("Iraqi forces raid militia offices", TEMPLATE.format(place="Mosul", day="Monday", count=3)),
    ),
    "another place, in Arabic": (
        ("اعتقال قادة فصائل مسلحة في البصرة", ""),
        ("اعتقال قادة فصائل مسلحة في الموصل", ""),
    ),
    "another figure, headlines alone": (
        ("Iran inflation rises by 2.5 % in June", ""),
        ("Iran inflation rises by 3.5 % in June", ""),
    ),
    "another figure, in words": (("Iraq frees three militia leaders", ""), ("Iraq frees five militia leaders", "")),
    "another poll": (
        ("58% of Americans doubt Iran memorandum", POLL.format(share=58)),
        ("52% of Americans doubt Iran memorandum", POLL.format(share=52)),
    ),
    "the opposite": (("Iraq arrests commander of armed group", ""), ("Iraq releases commander of armed group", "")),
    "the opposite, short texts": (
        (
            "Iraq arrests militia commander",
            "Iraq arrested the commander of an armed group in Basra, the ministry said.",
        ),
        ("Iraq frees militia commander", "Iraq freed the commander of an armed group in Basra, the ministry said."),
    ),
    "a second one": (
        ("Iran seizes tanker in Strait of Hormuz", ""),
        ("Iran seizes second tanker in Strait of Hormuz", ""),
    ),
    "a denial": (
        ("Iraqi army disarmed brigade near Basra", ""),
        ("Iraqi army never disarmed brigade near Basra", ""),
    ),
    "a standing headline": (
        ("Middle East news briefing for today", "A court in Baghdad issued warrants for eleven people."),
        ("Middle East news briefing for today", "Oil fell by a dollar while traders waited for a ruling."),
    ),
    "a standing text": (
        ("Iran seizes tanker", "Get the latest news and analysis of world affairs from our team, all day and free."),
        (
            "Poll: voters doubt deal",
            "Get the latest news and analysis of world affairs from our team, all day and free.",
        ),
    ),
    "no title, no text": (("", ""), ("", "")),
    "a video": (("Video", ""), ("Video", "")),
    "the same topic": (
        ("US halts its part in Iran monitoring body", "The United States said it was suspending its participation."),
        ("US revokes Iran oil licence", "The Treasury withdrew the licence under which three buyers took Iranian oil."),
    ),
}


@pytest.mark.parametrize("case", DIFFERENT)
def test_different_developments_stay_apart(case: str) -> None:
    first, second = DIFFERENT[case]
    for one, two in ((first, second), (second, first)):
        found = placed(other(*two), document(*one))
        assert (found.status, found.story_id) == (NEW, "story-2"), found.reasons


RETOLD = {
    "other words, same facts": (
        (
            "Iran seizes tanker in Strait of Hormuz, second since ceasefire",
            "Iranian Revolutionary Guards boarded a Liberian-flagged products tanker with 24 crew in the Strait of "
            "Hormuz on Saturday and took it to Bandar Abbas, maritime security sources said. Tehran called it "
            "unpaid transit dues.",
        ),
        (
            "IRGC TAKES PRODUCTS TANKER IN HORMUZ",
            "Iran's Revolutionary Guards have boarded a Liberia-flagged products tanker (24 crew) in the Strait of "
            "Hormuz and taken her into Bandar Abbas, maritime security sources say. Tehran cites unpaid transit dues.",
        ),
    ),
    "a higher toll": (
        ("Iraqi forces raid militia offices in Basra", TEMPLATE.format(place="Basra", day="Monday", count=3)),
        ("Iraqi forces raid militia offices in Basra", TEMPLATE.format(place="Basra", day="Monday", count=9)),
    ),
    "one headline, two texts": (
        ("Iraq dissolves three brigades of armed group", "The prime minister signed the order at noon in Baghdad."),
        (
            "Iraq dissolves three brigades of armed group",
            "In Baghdad the order came as a surprise, signed by a deputy.",
        ),
    ),
    "a new beginning": (
        (WIRE_TITLE, WIRE),
        (
            "Group threatens answer to Basra drone workshop raid",
            "Masked men fired into the air outside a police post at Abu al-Khaseeb on Sunday evening, hours after a "
            "convoy left it with prisoners, and a preacher read out names of officers whom he promised a reckoning "
            "within days, witnesses told reporters at the scene while calls for calm came from tribal elders.\n\n"
            + WIRE,
        ),
    ),
}


@pytest.mark.parametrize("case", RETOLD)
def test_retellings_join_their_story(case: str) -> None:
    first, second = RETOLD[case]
    found = placed(other(*second), document(*first))
    assert (found.status, found.story_id, found.publishers) == (UPDATE, "story-1", 2), found.reasons


def test_identity() -> None:
    first = document(url="https://wire.example/a", content_hash="aa")
    rewritten = document(WIRE_TITLE, PARAGRAPHS[1], id="doc-2", url="https://wire.example/a", content_hash="bb")
    recycled = document("Ten recipes with dates", "Soak them overnight.", id="doc-2", url="https://wire.example/a")
    hashed = document("Ten recipes with dates", "Soak them overnight.", id="doc-2", content_hash="aa")
    assert placed(rewritten, first).reasons == ("same address as doc-1 from wire.example (similarity 1.00)",)
    assert placed(hashed, first).reasons == ("same content as doc-1 from wire.example (similarity 1.00)",)
    # One address for all items of a feed is no identity.
    assert placed(recycled, first).status is NEW
    # A version that was rewritten from the ground up is still the document.
    assert placed(replace(recycled, id="doc-1"), first).status is DUPLICATE


def test_the_window() -> None:
    copy = other("Six held in raid on Basra drone workshop", WIRE)
    inside, outside = (
        member(document(), seen_at=NOW - STORY_WINDOW),
        member(document(), seen_at=NOW - STORY_WINDOW - timedelta(seconds=1)),
    )
    assert place(sign(copy), [inside], NOW, "story-2").status is DUPLICATE
    assert place(sign(copy), [outside], NOW, "story-2").status is NEW
    assert place(sign(document()), [outside], NOW, "story-2").status is DUPLICATE


def test_the_earliest_member_names_the_story() -> None:
    early = member(document(id="doc-9"), "story-early", seen_at=NOW - timedelta(hours=2))
    late = member(document(id="doc-8"), "story-late", seen_at=NOW - timedelta(hours=1))
    copy = sign(other("Six held in raid on Basra drone workshop", WIRE))
    assert place(copy, [late, early], NOW, "story-2").story_id == "story-early"


def test_a_copy_is_preferred_to_a_retelling() -> None:
    first, second = RETOLD["other words, same facts"]
    retold = member(document(*first, id="doc-9"), "story-early", seen_at=NOW - timedelta(hours=2))
    copied = member(document(*second, id="doc-8"), "story-late")
    assert place(sign(other(*second)), [retold, copied], NOW, "story-2").story_id == "story-late"


def test_publishers_count_who_tells_it_in_own_words() -> None:
    first, second = RETOLD["other words, same facts"]
    wire = member(document(*first))
    copies = [
        member(document(*first, id=f"doc-{number}", publisher=f"p{number}.example"), status=DUPLICATE)
        for number in (3, 4)
    ]
    elsewhere = member(document("Something else", "", id="doc-5", publisher="p5.example"), "story-7")
    retold = place(sign(other(*second)), [wire, *copies, elsewhere], NOW, "story-2")
    copied = place(sign(other(*first)), [wire, *copies, elsewhere], NOW, "story-2")
    assert (retold.status, retold.publishers) == (UPDATE, 2)
    assert (copied.status, copied.publishers) == (DUPLICATE, 1)
    same_house = place(sign(document(*second, id="doc-6")), [wire], NOW, "story-2")
    assert (same_house.status, same_house.publishers) == (UPDATE, 1)


def test_nothing_known_is_new() -> None:
    found = place(sign(document()), [], NOW, "story-2")
    assert found == Placement("story-2", NEW, ("nothing similar in the last 72 hours",), 1)


def test_a_credit_to_the_other_publisher_is_no_contradiction() -> None:
    """A shortened copy that names whom it copies, beside a place name that was cut away."""
    lead = "The prime minister has signed an order under which two brigades will be dissolved next month"
    title, camps = "Two brigades to be dissolved", "Their camps at Amerli pass to the army."
    first = document(title, f"{lead}, his office announced. {camps}", publisher="tigrispost.example.org")
    copy = document(
        f"{title} - Tigris Post", f"{lead}, the Tigris Post reported.", id="doc-2", publisher="wire.example"
    )
    assert placed(copy, first).status is DUPLICATE
    elsewhere = replace(copy, text=f"{lead}, their camps at Habbaniya too.", title="Two brigades to be dissolved")
    assert placed(elsewhere, first).status is NEW
