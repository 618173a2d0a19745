from __future__ import annotations

import subprocess
import sys
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from tests.stories.samples import document
from watcher.stories.signature import SKETCH_SIZE, sign

TEXTS = st.text(max_size=600)


@given(TEXTS, TEXTS, st.text(max_size=60))
def test_bounds(title: str, text: str, url: str) -> None:
    signature = sign(document(title, text, url=url))
    assert len(signature.keys) <= 25
    assert all(0 <= value < 2**63 for value in (*signature.keys, *signature.sketch))
    assert list(signature.sketch) == sorted(set(signature.sketch))
    assert len(signature.sketch) <= SKETCH_SIZE
    assert len(signature.title_tokens) <= 40
    assert len(signature.lead_tokens) <= 40


def test_hostile_sizes_stay_bounded() -> None:
    signature = sign(document("title " * 100_000, "<" * 1_000_000 + " 1 Two" * 100_000))
    assert len(signature.keys) <= 25
    assert len(signature.numbers) <= 250


def test_the_same_in_another_process() -> None:
    code = (
        "from tests.stories.samples import document\n"
        "from watcher.stories.signature import sign\n"
        "found = sign(document())\n"
        "print(found.keys, found.sketch)"
    )
    shown = {
        subprocess.run(
            [sys.executable, "-c", code], env={"PYTHONHASHSEED": seed}, capture_output=True, text=True, check=True
        ).stdout
        for seed in ("1", "2")
    }
    signature = sign(document())
    assert shown == {f"{signature.keys} {signature.sketch}\n"}


def test_known_values_do_not_drift() -> None:
    """Stored keys must still be found after an upgrade."""
    signature = sign(document("Iran seizes tanker in Hormuz", "", url="https://a.example/x", content_hash="c0ffee"))
    assert signature.keys[:3] == (2742387983134203411, 1305027050048617373, 6880335588472753216)


def test_wording_around_the_report_changes_nothing() -> None:
    plain, dressed = (
        document("Iran seizes a tanker", "Guards boarded the ship on Sunday."),
        document(
            "BREAKING: Iran seizes a tanker - Reuters",
            "DUBAI, May 2 (Wire) — Guards boarded the ship on Sunday.\nRead more",
        ),
    )
    one, other = sign(plain), sign(dressed)
    assert (one.title_tokens, one.lead_tokens, one.sketch) == (other.title_tokens, other.lead_tokens, other.sketch)


def test_nothing_to_compare_gives_nothing_to_pool_by() -> None:
    for title, text in (("", ""), ("", "Read more"), ("Video", ""), ("!!!", "…")):
        signature = sign(document(title, text, url="https://news.example/", content_hash="same"))
        assert signature.keys == ()
        assert signature.content_hash == ""


def test_a_front_page_is_no_address() -> None:
    for url in ("https://news.example", "https://news.example/", ""):
        assert sign(document(url=url)).canonical_url == ""
    assert sign(document(url="https://news.example/?p=17")).canonical_url == "https://news.example/?p=17"


def test_domains_are_apart() -> None:
    """A title that spells an address is not that address."""
    titled = sign(document("news.example raid basra", "", url="", content_hash=""))
    addressed = sign(replace(document("", "", url="news.example raid basra"), content_hash=""))
    assert not set(titled.keys) & set(addressed.keys)
