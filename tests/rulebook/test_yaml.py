"""Strict YAML: data with lines, or findings; whatever the bytes."""

from __future__ import annotations

import json
import string
from collections.abc import Iterator

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from watcher.rulebook.yaml import MAX_DEPTH, MAX_FINDINGS, Data, Parsed, Place, parse


def read(text: str) -> Parsed:
    return parse(text.encode(), "file.yaml")


def codes(text: str) -> list[str]:
    return [f"{finding.line} {finding.code}" for finding in read(text).findings]


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("17:00", "17:00"),
        ("2026-01-01", "2026-01-01"),
        ("1_000", "1_000"),
        ("0x1F", "0x1F"),
        ("007", "007"),
        ("0", 0),
        ("-3", -3),
        ("2.50", 2.5),
        ("1e3", "1e3"),
        (".nan", ".nan"),
        ("null", None),
        ("~", None),
        ("", None),
        ("true", True),
        ("False", False),
        ('"no"', "no"),
        ("'yes'", "yes"),
        ("nope", "nope"),
        ("$iraq-places", "$iraq-places"),
        ("=US", "=US"),
        ("٣", "٣"),
        ("arrest*", "arrest*"),
    ],
)
def test_what_a_value_is_read_as(written: str, value: Data) -> None:
    parsed = read(f"key: {written}\n")
    assert parsed.data == {"key": value}
    assert parsed.findings == ()


@pytest.mark.parametrize("word", ["yes", "No", "ON", "off", "y", "N"])
def test_switch_words_are_refused_as_values_keys_and_entries(word: str) -> None:
    assert codes(f"a: {word}\n") == ["1 Y105"]
    assert codes(f"{word}: 1\n") == ["1 Y105"]
    assert codes(f"a:\n  - b\n  - {word}\n") == ["3 Y105"]


def test_several_faults_are_all_found_and_the_rest_is_read() -> None:
    parsed = read("a: NO\na: 2\nb: &x 1\nc: *x\nd: !!int 5\n")
    assert [f"{one.line} {one.code}" for one in parsed.findings] == ["1 Y105", "2 Y104", "3 Y106", "4 Y106", "5 Y107"]
    assert parsed.data == {"a": "NO", "b": 1, "c": None, "d": "5"}


def test_numbers_that_cannot_be_kept_are_refused() -> None:
    assert codes("a: " + "9" * 19) == ["1 Y111"]
    assert codes("a: " + "9" * 5_000) == ["1 Y111"]
    assert codes("a: " + "9" * 400 + ".0") == ["1 Y111"]


def test_a_key_twice_names_the_first_line_also_in_flow_and_with_other_quotes() -> None:
    finding = read('a: 1\nb:\n  {x: 1, "x": 2}\n').findings[0]
    assert (finding.line, finding.code) == (3, "Y104")
    assert "line 3" in finding.message


def test_lines_of_values_keys_and_entries() -> None:
    parsed = read("a: 1\nb:\n  - x\n  -\n    c: |\n      long\n      text\n    d: 2\n")
    place = parsed.places
    assert place.find(("b",)).line == 2
    assert place.find(("b", 0)).line == 3
    assert place.find(("b", 1, "c")).line == 5
    assert place.find(("b", 1, "d")).line == 8


def test_parts_that_are_not_in_the_file_are_passed_over() -> None:
    place = read("a:\n  b: 1\n").places
    assert place.find(("a", "some-branch", "b")).line == 2
    assert place.find(("a", "missing")).line == 1
    assert place.has(("a", "b"))
    assert not place.has(("a", "c"))


def test_nesting_is_bounded_in_flow_and_block() -> None:
    assert codes("[" * MAX_DEPTH + "]" * MAX_DEPTH) == []
    assert codes("[" * (MAX_DEPTH + 1) + "]" * (MAX_DEPTH + 1)) == ["1 Y109"]
    assert codes("- " * 200_000 + "x") == ["1 Y109"]
    assert codes("{a: " * 200_000) == ["1 Y109"]
    assert codes("? " * 200_000 + "x") == ["1 Y109"]


def test_size_is_bounded() -> None:
    assert [one.code for one in parse(b"a" * 101, "f", max_bytes=100).findings] == ["Y108"]
    assert parse(b"a" * 100, "f", max_bytes=100).findings == ()


def test_findings_are_bounded() -> None:
    parsed = read("- NO\n" * 5_000)
    assert len(parsed.findings) == MAX_FINDINGS + 1
    assert not parsed.complete


def test_not_utf8_is_told_with_its_line() -> None:
    finding = parse(b"a: 1\nb: \xff\n", "f").findings[0]
    assert (finding.line, finding.code) == (2, "Y101")


def test_a_byte_order_mark_is_no_part_of_the_first_key() -> None:
    assert parse(b"\xef\xbb\xbfa: 1", "f").data == {"a": 1}


def test_control_characters_are_told_with_their_line_and_never_repeated() -> None:
    assert codes("a: 1\nb: \x07\n") == ["2 Y102"]
    finding = read('"\\e[31mkey": 1\n"\\e[31mkey": 2\n').findings[0]
    assert finding.code == "Y104"
    assert "\x1b" not in finding.message


def test_windows_line_ends_count_once() -> None:
    assert parse(b"a: 1\r\nb: NO\r\n", "f").findings[0].line == 2


@settings(deadline=None)
@given(st.binary(max_size=400))
def test_any_bytes_give_data_or_findings(raw: bytes) -> None:
    check(parse(raw, "f"))


yaml_like = st.text(
    alphabet=string.ascii_letters + "\n\t -:{}[],&*!|>'\"%@`#?~<=.0123456789\u00e9\u2028\ufeff", max_size=200
)


@settings(deadline=None)
@given(yaml_like)
def test_anything_that_looks_like_yaml_gives_data_or_findings(text: str) -> None:
    check(parse(text.encode(), "f"))


def check(parsed: Parsed) -> None:
    assert isinstance(parsed.places, Place)
    assert parsed.complete or parsed.findings
    json.dumps(parsed.data, allow_nan=False)
    assert all(finding.line >= 1 and "\n" not in str(finding) for finding in parsed.findings)


# PyYAML leaves y and n unquoted, against YAML 1.1 itself.
letters = st.characters(exclude_categories=("Cs", "Cc", "Zl", "Zp"))
texts = st.text(letters, max_size=8).filter(lambda text: text not in ("y", "Y", "n", "N"))
plain_data = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**15), 10**15) | texts,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4),
    max_leaves=15,
)


@settings(deadline=None)
@given(st.dictionaries(texts, plain_data, max_size=5))
def test_what_another_writer_wrote_is_read_back(data: dict[str, Data]) -> None:
    class Plain(yaml.SafeDumper):
        def ignore_aliases(self, data: object) -> bool:
            return True

    parsed = parse(yaml.dump(data, Dumper=Plain, allow_unicode=True).encode(), "f")
    assert parsed.findings == ()
    assert parsed.data == data
    assert set(walk(parsed.data)) == set(walk_places(parsed.places))


def walk(data: Data, at: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    yield at
    entries = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    for key, value in entries:
        yield from walk(value, (*at, key))


def walk_places(place: Place, at: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    yield at
    for key, inside in place.children.items():
        yield from walk_places(inside, (*at, key))
