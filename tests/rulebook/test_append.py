"""Sources are added to sources.yaml without touching what stands there."""

from __future__ import annotations

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from watcher.rulebook.append import AppendError, NewSource, append, entry, name_for, slug

NEW = NewSource("new-one", "https://x.example/rss", tags=("world",), every="10m")
LINE = '- {id: new-one, kind: feed, url: "https://x.example/rss", every: 10m, tags: [world]}\n'


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("sources:\n  # first\n  - {id: a}  # note\n  # last\n\n# end\n",
         f"sources:\n  # first\n  - {{id: a}}  # note\n  {LINE}  # last\n\n# end\n"),
        ("sources:\n- id: a\n  tags: [x,\n    y]\n\nother: 1\n",
         f"sources:\n- id: a\n  tags: [x,\n    y]\n{LINE}\nother: 1\n"),
        ("sources:\n    - id: a\n      note: |\n        text\n        more\n\n",
         f"sources:\n    - id: a\n      note: |\n        text\n        more\n\n    {LINE}"),
        ("sources: []  # none yet\n", f"sources:\n  {LINE}"),
        ("defaults: {every: 5m}", f"defaults: {{every: 5m}}\nsources:\n  {LINE}"),
        ("", f"sources:\n  {LINE}"),
        ("sources:\n  - {id: a,\n     url: b}", f"sources:\n  - {{id: a,\n     url: b}}\n  {LINE}"),
    ],
    ids=["comments", "block", "text", "empty list", "no list", "nothing", "no end of line"],
)  # fmt: skip
def test_a_line_is_added_behind_the_last_source(before: str, after: str) -> None:
    assert append(before, [NEW]) == after


@pytest.mark.parametrize("text", ["sources: [{id: a}]\n", "sources: [\n]\n", "a: [b\n", "a: b: c"])
def test_a_file_that_is_written_otherwise_is_left_alone(text: str) -> None:
    with pytest.raises(AppendError):
        append(text, [NEW])


words = st.sampled_from(["no", "on", "null", "true", "y", "2024", "1e3", "world", "a-b", "0x1f"])


@given(
    words, st.lists(words, max_size=3, unique=True), st.text(st.characters(blacklist_categories=("Cs",)), max_size=40)
)
def test_what_is_written_means_what_was_given(name: str, tags: list[str], path: str) -> None:
    new = NewSource(name, f"https://x.example/{path}", tags=tuple(tags))
    (read,) = yaml.safe_load(append("sources: []\n", [new]))["sources"]
    expected: dict[str, object] = {"id": name, "kind": "feed", "url": new.url}
    assert read == (expected | {"tags": tags} if tags else expected)
    assert "\n" not in entry(new)


@given(st.text(max_size=30), st.lists(st.sampled_from(["news-example", "news-example-2", "s-1"]), max_size=3))
def test_names_are_valid_and_free(title: str, taken: list[str]) -> None:
    name = name_for(title, "https://www.news.example/rss", set(taken))
    assert name not in taken
    assert name[0].isalpha()
    assert slug(name) == name


def test_names_come_from_titles_and_else_from_addresses() -> None:
    assert name_for("Middle East & Gulf", "https://a.example/", ()) == "middle-east-gulf"
    assert name_for("Новости", "https://www.a.example/", ()) == "a-example"
    assert name_for("2024 votes", "https://a.example/", ()) == "s-2024-votes"
