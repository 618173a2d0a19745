"""A rules directory becomes a rulebook."""

from __future__ import annotations

from datetime import time, timedelta
from pathlib import Path

import pytest

from tests.rulebook.building import BASE, HERE, lines, load_rules, write
from tests.rulebook.kinds import FeedOptions
from watcher.delivery.registry import KINDS as CHANNELS
from watcher.model.alert import Condition, Digest, EscalationStep, Matcher, QuietHours, Route
from watcher.model.match import Assertion
from watcher.model.rulebook import Rulebook
from watcher.model.signal import Cue, Direction, Expectation, Fields, Severity, Status, Term, TermKind, Voice
from watcher.rulebook.load import load
from watcher.rulebook.sources import publisher_of
from watcher.sources.registry import KINDS as SOURCES

SIGNAL = BASE["signals/dam.yaml"]


def good(root: Path) -> Rulebook:
    loaded = load_rules(root)
    assert [str(finding) for finding in loaded.findings if finding.error] == []
    assert loaded.rulebook
    return loaded.rulebook


def test_the_example_signal_is_read_as_written(tmp_path: Path) -> None:
    example = (HERE / "good" / "signals" / "iraq-militia-crackdown.yaml").read_text()
    lexicons = {
        "lexicons__assertion": (HERE / "good" / "lexicons" / "assertion.yaml").read_text(),
        "lexicons__iraq_actors": (HERE / "good" / "lexicons" / "iraq-actors.yaml").read_text(),
    }
    root = write(tmp_path, signals__iraq_militia_crackdown=example, **lexicons)
    signal = good(root).signal("iraq-militia-crackdown")
    assert signal
    assert load_rules(root).findings == ()
    assert (signal.version, signal.status, signal.max_age) == (3, Status.LIVE, timedelta(hours=48))
    assert signal.use == ("assertion", "assertion-en", "iraq-actors")
    assert [(group.name, group.weight, group.lists) for group in signal.groups] == [
        ("state", 15, ("iraqi-state",)),
        ("act", 30, ()),
        ("target", 25, ("iraq-militias",)),
        ("place", 10, ("iraq-places",)),
    ]
    assert signal.groups[2].terms == (Term("kataib hezbollah", TermKind.FUZZY),)
    assert [pattern.within for pattern in signal.patterns] == [12, 8, 8]
    assert signal.patterns[1].slots[1].voice is Voice.PASSIVE
    assert signal.exclude == (Term("video game"),)
    assert dict(signal.severity) == {Severity.MEDIUM: 60, Severity.HIGH: 75, Severity.CRITICAL: 88}
    assert [test.line for test in signal.tests] == [24, 25, 26, 28, 29]
    assert signal.tests[0].assertion is Assertion.ASSERTED
    assert [test.sequence for test in signal.tests] == [None, None, None, 3, 3]
    assert (signal.tests[4].at, signal.tests[4].same_story) == (timedelta(minutes=40), True)
    assert signal.tests[4].expect is Expectation.ALERT
    assert (signal.path, signal.line) == ((root / "signals/iraq-militia-crackdown.yaml").as_posix(), 2)


def test_what_a_signal_may_leave_out(tmp_path: Path) -> None:
    bare = "schema: signal/v1\nid: dam\ntitle: A dam\ngroups:\n  dam: [dam]\n  act: {any: [burst], weight: 60}\n"
    signal = good(write(tmp_path, signals__dam=bare)).signals[0]
    assert [group.weight for group in signal.groups] == [10, 60]
    assert (signal.alert_at, signal.version, signal.status, signal.use) == (60, 1, Status.LIVE, ())
    assert signal.max_age == timedelta(hours=48)
    assert signal.story_window == timedelta(hours=72)


@pytest.mark.parametrize(("written", "hours"), [("1h", 1), ("3d", 72), ("30d", 720)])
def test_a_story_window(tmp_path: Path, written: str, hours: int) -> None:
    more = f"max_age: 1h\nstory_window: {written}\n"
    signal = good(write(tmp_path, signals__dam=SIGNAL + more)).signals[0]
    assert signal.story_window == timedelta(hours=hours)


def test_severity_in_any_order(tmp_path: Path) -> None:
    signal = good(write(tmp_path, signals__dam=SIGNAL + "severity: {critical: 79, high: 61}\n")).signals[0]
    assert signal.severity == ((Severity.HIGH, 61), (Severity.CRITICAL, 79))


def test_retired_signals_are_checked_and_left_out(tmp_path: Path) -> None:
    root = write(tmp_path, signals__dam=SIGNAL + "status: retired\n")
    loaded = load_rules(root)
    assert loaded.rulebook
    assert loaded.rulebook.signals == ()
    assert [signal.id for signal in loaded.signals] == ["dam"]
    write(tmp_path, signals__dam=SIGNAL + "status: retired\nalert_at: 100\nfields: {title: 40, lead: 40}\n")
    assert [line for line in lines(load_rules(root), root) if "S220" in line]


@pytest.mark.parametrize("status", ["draft", "shadow", "retired"])
def test_only_live_signals_need_tests(tmp_path: Path, status: str) -> None:
    untested = SIGNAL.partition("tests:")[0] + f"status: {status}\n"
    assert load_rules(write(tmp_path, signals__dam=untested)).findings == ()


def test_signals_may_stand_in_folders(tmp_path: Path) -> None:
    root = write(tmp_path, signals__water__flood=SIGNAL.replace("id: dam", "id: flood"))
    assert [signal.id for signal in good(root).signals] == ["dam", "flood"]


def test_a_name_in_use_takes_in_its_editions_by_language(tmp_path: Path) -> None:
    persian = "schema: lexicon/v1\nid: people-fa\nlanguage: fa\nlists:\n  ministers: [وزیر]\n"
    other = "schema: lexicon/v1\nid: people-list\nlanguage: fa\nlists:\n  others: [someone]\n"
    using = SIGNAL.replace("any: [dam, reservoir]", "any: [dam, $ministers]") + "use: [people]\n"
    root = write(tmp_path, lexicons__people_fa=persian, lexicons__people_list=other, signals__dam=using)
    assert good(root).signals[0].use == ("people", "people-fa")


def test_lists_in_exclude_are_taken_in(tmp_path: Path) -> None:
    root = write(tmp_path, signals__dam=SIGNAL + "exclude: [sport, $ministers]\n")
    assert [term.text for term in good(root).signals[0].exclude] == ["sport", "minister", "prime minister"]


def test_a_lexicon_that_fails_makes_nothing_else_unknown(tmp_path: Path) -> None:
    using = SIGNAL.replace("any: [dam, reservoir]", "any: [dam, $ministers]") + "use: [people]\n"
    root = write(tmp_path, lexicons__people="schema: lexicon/v1\nid: people\nlist: {}\n", signals__dam=using)
    assert [finding.code for finding in load_rules(root).findings] == ["L301"]


def test_a_signal_that_fails_is_still_known_to_routes(tmp_path: Path) -> None:
    routes = (
        "channels:\n  screen: {kind: console}\nroutes:\n  - {when: {signal: dam}, to: [screen]}\n  - {to: [screen]}\n"
    )
    root = write(tmp_path, signals__dam=SIGNAL.replace("title:", "titel:"), routes=routes)
    assert {finding.code for finding in load_rules(root).findings} == {"S201", "S202"}


def test_faults_of_all_files_are_told_at_once_in_order(tmp_path: Path) -> None:
    root = write(
        tmp_path,
        signals__dam=SIGNAL + "status: NO\nowner: 7\n",
        sources="sources:\n  - {id: a, kind: fed, url: x}\n",
        routes="channels: {}\nroutes:\n  - {to: [screen]}\n",
    )
    assert [line.split(" ")[:2] for line in lines(load_rules(root), root)] == [
        ["routes.yaml:3:", "R410"],
        ["signals/dam.yaml:10:", "Y105"],
        ["signals/dam.yaml:11:", "S203"],
        ["sources.yaml:2:", "F504"],
        ["sources.yaml:2:", "F513"],
    ]


def test_cues_are_read(tmp_path: Path) -> None:
    cues = (
        "cues:\n  - {phrase: could not, pseudo: true}\n"
        "  - {phrases: [may, might], class: hypothetical, direction: backward, window: 3, until: [but]}\n"
    )
    root = write(tmp_path, lexicons__assertion_en="schema: lexicon/v1\nid: assertion-en\nlanguage: de\n" + cues)
    assert good(root).lexicons[0].cues == (
        Cue("could not", None, language="de"),
        Cue("may", Assertion.HYPOTHETICAL, Direction.BACKWARD, 3, ("but",), "de"),
        Cue("might", Assertion.HYPOTHETICAL, Direction.BACKWARD, 3, ("but",), "de"),
    )


def test_default_cues_stand_in_where_there_are_none(tmp_path: Path) -> None:
    cues = tmp_path / "assertion-en.yaml"
    cues.write_text(BASE["lexicons/assertion-en.yaml"])
    using = SIGNAL + "use: [assertion, people]\n"
    root = write(tmp_path / "rules", without=("lexicons/assertion-en.yaml",), signals__dam=using)
    loaded = load_rules(root, cues)
    assert loaded.rulebook
    assert [finding.code for finding in loaded.findings] == ["L316"]
    assert "assertion-en" in [lexicon.id for lexicon in loaded.rulebook.lexicons]
    without = load_rules(root)
    assert {finding.code for finding in without.findings} == {"L316", "S211"}
    assert load_rules(write(tmp_path / "rules", signals__dam=using), cues).findings == ()


def test_default_cues_that_cannot_be_read_are_told(tmp_path: Path) -> None:
    root = write(tmp_path / "rules", without=("lexicons/assertion-en.yaml",))
    assert [finding.code for finding in load_rules(root, tmp_path / "none.yaml").findings] == ["Y120"]


def test_sources_have_the_defaults_and_their_own(tmp_path: Path) -> None:
    sources = """
defaults: {kind: feed, every: 7m, every_max: 1d, language: en, trust: 0.7, tags: [world], limit: 9}
sources:
  - {id: one, url: "https://www.news.example.co.uk/rss"}
  - {id: two, url: "https://x.example.org/rss", every: 1s, tags: [], trust: 1, publisher: Example, limit: 3}
  - {id: three, kind: page, url: "https://x.example.org/", links: a, enabled: false}
"""
    one, two, three = good(write(tmp_path, sources=sources)).sources
    assert (one.kind, one.every, one.every_max) == ("feed", timedelta(minutes=7), timedelta(days=1))
    assert (one.publisher, one.language, one.trust, one.tags) == ("example.co.uk", "en", 0.7, ("world",))
    assert one.options == FeedOptions(limit=9)
    assert (two.every, two.tags, two.trust, two.publisher) == (timedelta(seconds=1), (), 1, "Example")
    assert two.options == FeedOptions(limit=3)
    assert not three.enabled


@pytest.mark.parametrize(
    ("url", "publisher"),
    [
        ("https://feeds.bbci.co.uk/news/rss.xml", "bbci.co.uk"),
        ("https://WWW.Example.ORG/", "example.org"),
        ("http://127.0.0.1:8080/rss", "127.0.0.1"),
        ("http://[::1]:8080/rss", "::1"),
        ("http://localhost:8080/rss", "localhost"),
    ],
)
def test_the_publisher_is_the_registrable_domain(url: str, publisher: str) -> None:
    assert publisher_of(url) == publisher


def test_one_bad_default_is_told_once(tmp_path: Path) -> None:
    many = "".join(f'  - {{id: s{n}, kind: feed, url: "https://example.org/{n}"}}\n' for n in range(50))
    root = write(tmp_path, sources="defaults:\n  every: never\n  limit: none\nsources:\n" + many)
    assert lines(load_rules(root), root) == [
        "sources.yaml:2: F504 defaults.every: write a duration such as 30s, 5m, 2h or 7d",
        "sources.yaml:3: F503 defaults.limit: expected a whole number, got text",
    ]


def test_routes_are_read(tmp_path: Path) -> None:
    routes = """
channels:
  screen: {kind: console, digest: {at: 07:00}}
routes:
  - when: {signal: "da*", severity: [high, critical], min_severity: medium, min_score: 70, assertion: asserted,
           tags: world, source: wire, publisher: ["example.*"], language: en}
    to: screen
    continue: true
    escalate: ladder
  - {to: [screen]}
escalations:
  ladder: [{after: 0m, to: screen}, {after: 5m, to: [screen]}]
quiet_hours:
  - {name: night, from: "22:00", to: 06:30, timezone: Europe/London, days: [sat, sun],
     when: {signal: dam, severity: medium}, match: "tag!=urgent"}
  - {name: always, from: 00:00, to: 00:00}
"""
    routing = good(write(tmp_path, routes=routes)).routing
    first, last = routing.routes
    assert first == Route(
        to=("screen",),
        when=Condition(
            signal=("da*",),
            severity=(Severity.HIGH, Severity.CRITICAL),
            min_severity=Severity.MEDIUM,
            min_score=70,
            assertion=(Assertion.ASSERTED,),
            tags=("world",),
            source=("wire",),
            publisher=("example.*",),
            language=("en",),
        ),
        proceed=True,
        escalate="ladder",
        line=5,
    )
    assert last == Route(to=("screen",), line=10)
    assert routing.channels["screen"].digest == Digest((time(7),), "UTC")
    assert routing.escalations["ladder"].steps[1] == EscalationStep(timedelta(minutes=5), ("screen",))
    assert routing.quiet_hours[0] == QuietHours(
        name="night",
        start=time(22),
        end=time(6, 30),
        timezone="Europe/London",
        days=frozenset([5, 6]),
        matchers=(Matcher("signal", "dam"), Matcher("severity", "medium"), Matcher("tag", "urgent", negate=True)),
    )
    assert routing.quiet_hours[1].days == frozenset(range(7))


@pytest.mark.parametrize(
    ("value", "warned"),
    [
        ("token: abc", True),
        ("token: env:HOOK_TOKEN", False),
        ("token: env:X, url: https://example.org/hook", False),
        ("token: env:X, url: https://example.org/T0123456789ABCDEFGHIJ", True),
        ("token: env:X, url: https://example.org/hook?key=1", True),
        ("token: env:X, url: https://me:pw@example.org/", True),
    ],
)
def test_secrets_belong_in_the_environment(tmp_path: Path, value: str, warned: bool) -> None:
    routes = f"channels:\n  hook: {{kind: hook, {value}}}\nroutes:\n  - {{to: hook}}\n".replace(", url: ", ', url: "')
    root = write(tmp_path, routes=routes.replace("}\nroutes", '"}\nroutes') if "url" in value else routes)
    loaded = load_rules(root)
    assert loaded.rulebook
    assert [finding.code for finding in loaded.findings] == (["R417"] if warned else [])
    assert "abc" not in repr(loaded)
    assert "0123456789" not in str(loaded.findings)


def test_a_wrong_secret_is_never_repeated(tmp_path: Path) -> None:
    routes = "channels:\n  hook: {kind: hook, token: [s3cr3t], url: {a: s3cr3t}}\nroutes:\n  - {to: hook}\n"
    loaded = load_rules(write(tmp_path, routes=routes))
    assert loaded.rulebook is None
    assert "s3cr3t" not in repr(loaded)


def test_what_editors_write_is_shown_without_control_characters(tmp_path: Path) -> None:
    root = write(tmp_path, signals__dam=SIGNAL + '"\\e[2Jkey\\n": 1\n')
    (line,) = lines(load_rules(root), root)
    assert line.isprintable()


def test_a_whole_configuration_is_read_with_the_kinds_of_the_program() -> None:
    loaded = load(
        HERE / "good",
        source_kinds={name: kind.options for name, kind in SOURCES.items()},
        channel_kinds={name: kind.options for name, kind in CHANNELS.items()},
    )
    assert [finding.code for finding in loaded.findings] == ["R420"]
    assert loaded.rulebook
    assert list(loaded.rulebook.routing.channels) == ["desk", "morning", "duty", "soc", "screen"]
    assert "env:WATCHER" not in repr(loaded.rulebook)


def test_an_empty_directory_tells_what_is_missing(tmp_path: Path) -> None:
    assert [finding.code for finding in load_rules(tmp_path).findings] == ["L316", "R418", "S228", "F510"]


def test_fields_of_a_signal_and_of_a_group(tmp_path: Path) -> None:
    written = SIGNAL.replace("any: [dam, reservoir]", "fields: {title: 0}, any: [dam, reservoir]")
    signal = good(write(tmp_path, signals__dam=written + "fields: {body: 0}\n")).signals[0]
    assert signal.fields == Fields(title=100, lead=85, body=0)
    assert [group.fields for group in signal.groups if group.fields] == [Fields(title=0, lead=85, body=50)]
    assert good(write(tmp_path, signals__dam=SIGNAL)).signals[0].fields == Fields()


@pytest.mark.parametrize(
    ("change", "same"),
    [
        (("title: A dam", "title: Another dam"), True),
        (("version: 1", "version: 2"), True),
        (("[dam, reservoir]", "[reservoir,  dam]"), True),
        (("[dam, reservoir]", "[dam, reservoir]  # a comment"), True),
        (("[dam, reservoir]", "[dam, reservoirs]"), False),
        (("alert_at: 60", "alert_at: 61"), False),
    ],
)
def test_the_meaning_of_a_signal_is_what_decides_and_not_how_it_is_written(
    tmp_path: Path, change: tuple[str, str], same: bool
) -> None:
    plain = (
        "schema: signal/v1\nid: dam\ntitle: A dam\nversion: 1\nalert_at: 60\n"
        "groups:\n  dam: [dam, reservoir]\n  act: {any: [burst], weight: 60}\n"
    )
    assert change[0] in plain
    before = good(write(tmp_path, signals__dam=plain)).signals[0].meaning
    after = good(write(tmp_path, signals__dam=plain.replace(*change))).signals[0].meaning
    assert before
    assert (before == after) is same
