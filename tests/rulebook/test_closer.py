"""The closer look of `watcher check`: what no test hits, terms that others find, advice."""

from __future__ import annotations

import gc
from pathlib import Path

import pytest

from tests.rulebook.building import BASE, write
from tests.rulebook.kinds import CHANNEL_KINDS, SOURCE_KINDS
from watcher.detection.terms import parse_term
from watcher.rulebook.load import Loaded, load
from watcher.rulebook.redundant import Shelf, redundant
from watcher.services import rules

SIGNAL = BASE["signals/dam.yaml"]
HEAD = "schema: signal/v1\nid: dam\ntitle: A dam\ngroups:\n"
GROUPS = '  dam: {weight: 40, any: [dam, "!toy dam"]}\n  act: {weight: 40, any: ["burst*"]}\n  drill: [drill]\n'
RULE = 'patterns: ["dam act without drill"]\nexclude: [beaver, film]\n'
ALERT = '  - {text: "The dam has burst", expect: alert}\n'
PROOFS = {
    "!toy dam": '  - {text: "A toy dam has burst", expect: silent}\n',
    "without drill": '  - {text: "The dam burst in the drill", expect: below}\n',
    "`beaver`": '  - {text: "The dam of a beaver has burst", expect: silent}\n',
    "`film`": '  - {text: "The dam burst in a film", expect: silent}\n',
}


def closely(root: Path) -> Loaded:
    return load(root, source_kinds=SOURCE_KINDS, channel_kinds=CHANNEL_KINDS, thorough=True)


def told(root: Path, *codes: str) -> list[str]:
    return [finding.message for finding in closely(root).findings if finding.code in codes]


def test_without_the_closer_look_nothing_of_it_is_told(tmp_path: Path) -> None:
    root = write(tmp_path, signals__dam=HEAD + GROUPS + RULE + "tests:\n" + ALERT + PROOFS["`film`"])
    plain = load(root, source_kinds=SOURCE_KINDS, channel_kinds=CHANNEL_KINDS)
    assert plain.findings == ()
    assert {finding.code for finding in closely(root).findings} == {"S234", "T606"}


@pytest.mark.parametrize("left_out", PROOFS)
def test_a_barrier_that_no_test_hits_is_named_with_a_way_to_test_it(tmp_path: Path, left_out: str) -> None:
    tests = ALERT + "".join(test for barrier, test in PROOFS.items() if barrier != left_out)
    root = write(tmp_path, signals__dam=f"{HEAD}{GROUPS}{RULE}tests:\n{tests}")
    (message,) = told(root, "S234")
    assert left_out in message
    assert "expect: " in message


def test_all_barriers_hit_is_no_finding(tmp_path: Path) -> None:
    root = write(tmp_path, signals__dam=f"{HEAD}{GROUPS}{RULE}tests:\n{ALERT}{''.join(PROOFS.values())}")
    assert told(root, "S234") == []


def test_two_exclusions_in_one_text_prove_each_other(tmp_path: Path) -> None:
    both = '  - {text: "The dam of a beaver has burst in a film", expect: silent}\n'
    kept = ALERT + PROOFS["!toy dam"] + PROOFS["without drill"] + both
    assert told(write(tmp_path, signals__dam=f"{HEAD}{GROUPS}{RULE}tests:\n{kept}"), "S234") == []


def test_an_exclusion_that_is_there_but_changes_nothing_is_not_hit(tmp_path: Path) -> None:
    idle = '  - {text: "A beaver was seen", expect: silent}\n'
    tests = ALERT + idle + "".join(test for barrier, test in PROOFS.items() if barrier != "`beaver`")
    (message,) = told(write(tmp_path, signals__dam=f"{HEAD}{GROUPS}{RULE}tests:\n{tests}"), "S234")
    assert "`beaver`" in message


def test_a_list_that_is_excluded_is_hit_by_one_of_its_terms(tmp_path: Path) -> None:
    rule = HEAD + GROUPS.replace(', "!toy dam"', "").replace("  drill: [drill]\n", "") + "exclude: [$envoys]\ntests:\n"
    silent = '  - {text: "The dam has burst, an ambassador jokes", expect: silent}\n'
    assert told(write(tmp_path, signals__dam=rule + ALERT + silent), "S234") == []
    (message,) = told(write(tmp_path, signals__dam=rule + ALERT + PROOFS["`film`"]), "S234")
    assert "`$envoys`" in message


@pytest.mark.parametrize(
    ("terms", "superfluous"),
    [
        (["arrest", "arrest*"], ["arrest"]),
        (["arrest*", "arrested", "arresting*"], ["arrested", "arresting*"]),
        (["+arrest", "arrested", "arrestor"], ["arrested"]),
        (["crack* down", "cracked down", "crackdown"], ["cracked down"]),
        (["us", "=US"], ["=US"]),
        (["=US", "us"], ["=US"]),
        (["burden-sharing", "burden sharing"], ["burden sharing"]),
        (["~kataib hezbollah", "kataib hezbollah"], ["kataib hezbollah"]),
        (["army", "!us army", "us army*", "!us army*"], ["!us army"]),
        (["port", "ports", "sport*"], []),
        (["air strike", "strike*"], []),
    ],
)
def test_terms_that_others_find(terms: list[str], superfluous: list[str]) -> None:
    read = tuple(parse_term(text) for text in terms)
    assert [terms[index] for index, _ in redundant(Shelf().of(read))] == superfluous


def test_a_term_that_its_group_or_list_finds_is_told_at_its_line(tmp_path: Path) -> None:
    rule = HEAD + "  dam:\n    weight: 40\n    any:\n      - $envoys\n      - dam*\n      - dams\n      - ambassador\n"
    rule += '  act: {weight: 40, any: ["burst*"]}\ntests:\n' + ALERT + PROOFS["`film`"].replace("dam", "weir")
    found = [finding for finding in closely(write(tmp_path, signals__dam=rule)).findings if finding.code == "S232"]
    assert [(finding.line, finding.message) for finding in found] == [
        (10, "`dams` is found by `dam*` already: leave it out"),
        (11, "`ambassador` is found by `ambassador` of `$envoys` already: leave it out"),
    ]


def test_a_list_with_many_such_terms_gets_one_note(tmp_path: Path) -> None:
    lexicon = 'schema: lexicon/v1\nid: water\nlists:\n  waters: ["dam*", dams, damned, lake, "lake*"]\n'
    (finding,) = [
        one for one in closely(write(tmp_path, lexicons__water=lexicon)).findings if one.path.endswith("water.yaml")
    ]
    assert (finding.code, finding.level, finding.line) == ("L320", "note", 4)
    assert finding.message == (
        "3 terms of `waters` are found by others already: `dams` by `dam*`, `damned` by `dam*`, `lake` by `lake*`"
    )


def test_a_language_of_the_lists_without_a_test_is_a_note(tmp_path: Path) -> None:
    german = "schema: lexicon/v1\nid: people-de\nlanguage: de\nlists:\n  ministers: [Minister]\n"
    rule = SIGNAL.replace("[dam, reservoir]", "[dam, reservoir, $ministers]")
    (message,) = told(write(tmp_path, lexicons__people_de=german, signals__dam=rule), "T607")
    assert "words in de" in message
    tested = rule + '  - {text: "Der Minister schweigt", language: de, expect: silent}\n'
    assert told(write(tmp_path, lexicons__people_de=german, signals__dam=tested), "T607") == []


def test_a_pattern_for_a_language_without_words(tmp_path: Path) -> None:
    german = "schema: lexicon/v1\nid: rivers-de\nlanguage: de\nlists:\n  rivers: [Fluss]\n"
    rule = SIGNAL.replace(
        "tests:", '  river: [$rivers]\npatterns: ["dam act", "river act in any order for de fr"]\ntests:'
    )
    findings = closely(write(tmp_path, lexicons__rivers_de=german, signals__dam=rule)).findings
    (finding,) = [one for one in findings if one.code == "S236"]
    assert finding.message.startswith(
        "`river act in any order for de fr` is for fr, and the group `river` has no terms"
    )
    assert finding.level == "warning"


def test_a_list_is_indexed_once_however_many_groups_name_it() -> None:
    shelf = Shelf()
    once = shelf.of(tuple(map(parse_term, ("dam*", "dams"))))
    assert shelf.of(tuple(map(parse_term, ("dam*", "dams")))) is once
    assert list(redundant(shelf.of((parse_term("damned"),)), [once])) == [(0, parse_term("dam*"))]


def test_equal_lists_find_all_terms_of_each_other() -> None:
    shelf = Shelf()
    terms = shelf.of(tuple(map(parse_term, ("weir", "lake"))))
    assert [index for index, _ in redundant(terms)] == []
    assert [index for index, _ in redundant(terms, [terms])] == [0, 1]


def test_the_search_for_cycles_goes_on_after_a_closer_look(tmp_path: Path) -> None:
    gc.enable()
    rules.look_closer(write(tmp_path))
    assert gc.isenabled()
