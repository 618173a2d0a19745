"""`watcher match`: the contract of its input and output, to the letter."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.cli.conftest import Cli
from tests.support.velmar import DAM_COPY, DAM_FAILS, DAM_FEARS, DOCKERS_STRIKE, FOOTBALL, Report

AT = "2026-06-01T08:00:00Z"
MATCH_KEYS = ["signal", "score", "severity", "assertion", "alert", "evidence", "ledger", "story"]


def line(number: int, report: Report, publisher: str = "wire.example", **changes: Any) -> dict[str, Any]:
    return {
        "id": f"a{number}",
        "source": "wire",
        "publisher": publisher,
        "url": f"https://{publisher}/{number}",
        "published_at": AT,
        "language": "en",
        "title": report.title,
        "text": report.text,
    } | changes


def matched(cli: Cli, *documents: object, code: int = 0) -> list[dict[str, Any]]:
    """The answers to these documents; strings are lines as they are."""
    lines = [document if isinstance(document, str) else json.dumps(document) for document in documents]
    result = cli("match", cli.file("in.jsonl", "\n".join(lines) + "\n"))
    assert result.code == code, result.err
    return [json.loads(answer) for answer in result.out.splitlines()]


def test_one_line_a_document_in_the_order_of_the_input(cli: Cli) -> None:
    reports = [FOOTBALL, DAM_FAILS, FOOTBALL, DOCKERS_STRIKE, DAM_FEARS]
    answers = matched(cli, *(line(number, report) for number, report in enumerate(reports)))
    assert [answer["id"] for answer in answers] == ["a0", "a1", "a2", "a3", "a4"]
    signals = [[match["signal"] for match in answer["matches"]] for answer in answers]
    assert signals == [[], ["dam-failure"], [], ["port-strike"], ["dam-failure"]]
    assert [match["alert"] for answer in answers for match in answer["matches"]] == [True, True, False]


def test_the_keys_are_those_of_the_contract(cli: Cli) -> None:
    (answer,) = matched(cli, line(1, DAM_FAILS))
    assert list(answer) == ["id", "language", "matches"]
    assert answer["language"] == "en"
    (match,) = answer["matches"]
    assert list(match) == MATCH_KEYS
    assert isinstance(match["score"], int)
    assert match["severity"] in {"low", "medium", "high", "critical"}
    assert match["assertion"] == "asserted"
    assert match["alert"] is True
    assert list(match["story"]) == ["id", "status"]
    for evidence in match["evidence"]:
        assert list(evidence) == ["field", "start", "end", "text", "group"]
    for entry in match["ledger"]:
        assert list(entry) == ["reason", "points"]


HARD_TEXTS = {
    "emoji": "🌊🌊 Flood: the Tarsk dam 👩‍👩‍👧‍👦 collapsed in Velmar 🧑🏽‍🚒.",
    "combining": "Cafe\u0301 owners say the Ta\u0301rsk dam; the Tarsk dam collapsed in Velmar\u0301 and Velmar.",
    "right to left": "سد تارسك: the Tarsk dam collapsed in Velmar \u202bانهيار السد\u202c اليوم.",
    "half a pair": "\ud83d broken: the Tarsk dam collapsed in Velmar \udc00 today.",
    "wide and ligature": "ﬁrst: the Ｔarsk dam; the Tarsk dam collapsed in Velmar\u00a0ﬂats, Straße, İstanbul.",
    "controls": "A\x00B\x07 the Tarsk dam\tcollapsed\r\nin Velmar\u2028today.",
    "soft hyphens": "The Tarsk\u00ad dam col\u00adlapsed; the Tarsk dam collapsed in Vel\u00admar, in Velmar.",
    "many spaces": "The   Tarsk \u2003 dam \n collapsed   in Velmar.",
}


@pytest.mark.parametrize("text", HARD_TEXTS.values(), ids=HARD_TEXTS.keys())
@pytest.mark.parametrize("field", ["title", "text"])
def test_evidence_cuts_exactly_its_text_out_of_the_field(cli: Cli, text: str, field: str) -> None:
    given = line(1, Report("", ""), **{"title": "News", "text": "News.", field: text})
    (answer,) = matched(cli, given)
    (match,) = answer["matches"]
    assert {evidence["group"] for evidence in match["evidence"]} >= {"dam", "fail", "place"}
    for evidence in match["evidence"]:
        cut = given[evidence["field"]][evidence["start"] : evidence["end"]]
        assert cut == evidence["text"]
        assert cut


@pytest.mark.parametrize("report", [DAM_FAILS, DAM_FEARS, DAM_COPY, DOCKERS_STRIKE])
def test_the_points_of_the_ledger_add_up_to_the_score(cli: Cli, report: Report) -> None:
    answers = matched(cli, line(1, report), line(2, report, "herald.example"), line(3, DAM_COPY, "echo.example"))
    for answer in answers:
        for match in answer["matches"]:
            assert sum(entry["points"] for entry in match["ledger"]) == match["score"]
            assert 0 <= match["score"] <= 100


def test_stories_are_decided_in_the_order_of_the_input(cli: Cli) -> None:
    retold = Report(
        "Tarsk dam collapses after week of rain",
        "Water from the Tarsk dam in Velmar, which collapsed after a week of rain, reached the town on Monday. Farmers "
        "had warned of cracks in the wall since spring, and the mayor asked for boats.",
    )
    documents = [
        line(1, DAM_FAILS),
        line(2, DAM_COPY, "herald.example"),
        line(3, retold, "echo.example"),
        line(4, DOCKERS_STRIKE, "echo.example"),
    ]
    stories = [answer["matches"][0]["story"] for answer in matched(cli, *documents)]
    assert [story["status"] for story in stories] == ["new", "duplicate", "update", "new"]
    assert stories[0]["id"] == stories[1]["id"] == stories[2]["id"] != stories[3]["id"]

    backwards = [answer["matches"][0]["story"] for answer in matched(cli, documents[1], documents[0])]
    assert [story["status"] for story in backwards] == ["new", "duplicate"]


def test_the_same_input_gives_the_same_output(cli: Cli) -> None:
    documents = [line(number, report) for number, report in enumerate([DAM_FAILS, DAM_COPY, DOCKERS_STRIKE, FOOTBALL])]
    assert matched(cli, *documents) == matched(cli, *documents)


@pytest.mark.parametrize("doc_id", ["a1", 7, None, {"nested": [1]}, "", "\ud83d", 1.5, True])
def test_the_id_comes_back_as_it_was_given(cli: Cli, doc_id: object) -> None:
    (answer,) = matched(cli, line(1, DAM_FAILS, id=doc_id))
    assert answer["id"] == doc_id


def test_every_key_may_be_missing(cli: Cli) -> None:
    answers = matched(cli, {}, {"title": DAM_FAILS.title}, {"text": DAM_FAILS.text}, {"id": "x", "unknown": [1, 2]})
    assert [answer["id"] for answer in answers] == [None, None, None, "x"]
    assert [bool(answer["matches"]) for answer in answers] == [False, True, True, False]


def test_the_language_is_detected_when_none_is_given(cli: Cli) -> None:
    (answer,) = matched(cli, line(1, DAM_FAILS, language=None))
    assert answer["language"] == "en"


@pytest.mark.parametrize(
    "written", ["yesterday", "", "2026-06-01", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00"]
)
def test_a_date_that_cannot_be_used_does_no_harm(cli: Cli, written: str) -> None:
    (answer,) = matched(cli, line(1, DAM_FAILS, published_at=written))
    assert answer["matches"][0]["alert"] is True


BAD = [
    ("{", "not JSON"),
    ("[1, 2]", "not an object"),
    ('"text"', "not an object"),
    ('{"title": 7}', '"title" must be a string, not int'),
    ('{"text": ["a"]}', '"text" must be a string, not list'),
    ('{"language": {}}', '"language" must be a string, not dict'),
    ("[" * 100_000, "nested too deeply"),
    ('{"title": "\\ud83d"}x', "not JSON"),
]


@pytest.mark.parametrize(("bad", "said"), BAD, ids=[said + str(number) for number, (_, said) in enumerate(BAD)])
def test_a_bad_line_is_named_and_the_others_are_answered(cli: Cli, bad: str, said: str) -> None:
    path = cli.file("in.jsonl", "\n".join([json.dumps(line(1, DAM_FAILS)), bad, "", json.dumps(line(4, FOOTBALL))]))
    result = cli("match", path)
    assert result.code == 1
    assert [json.loads(answer)["id"] for answer in result.out.splitlines()] == ["a1", "a4"]
    (error,) = result.err.splitlines()
    assert error.startswith(f"watcher: {path}: line 2: ")
    assert said in error
    assert len(error) < 400


def test_nothing_in_is_nothing_out(cli: Cli) -> None:
    result = cli("match", cli.file("in.jsonl", "\n  \n"))
    assert (result.code, result.out, result.err) == (0, "", "")


def test_bytes_that_are_no_text_are_read_as_far_as_they_go(cli: Cli) -> None:
    raw = json.dumps(line(1, DAM_FAILS)).encode().replace(b"heavy rain", b"heavy \xff\xfe rain")
    result = cli("match", cli.file("in.jsonl", raw + b"\n"))
    assert result.code == 0
    assert json.loads(result.out)["matches"][0]["signal"] == "dam-failure"


def test_a_title_cannot_steer_the_terminal_through_json(cli: Cli) -> None:
    path = cli.file("in.jsonl", json.dumps(line(1, Report("\x1b[2J Tarsk dam collapses \u202e", DAM_FAILS.text))))
    result = cli("match", path)
    assert "\x1b" not in result.out
    assert json.loads(result.out)["matches"]


def test_gates_come_on_standard_error(cli: Cli) -> None:
    lines = json.dumps({"id": 1, "title": FOOTBALL.title, "text": FOOTBALL.text}) + "\n"
    result = cli("match", cli.file("in.jsonl", lines), "--gates")
    assert (result.code, len(result.out.splitlines())) == (0, 1)
    head, gate = result.err.splitlines()
    assert head.startswith("3 readings")
    assert gate.split()[:2] == ["3", "required-words-missing"]
