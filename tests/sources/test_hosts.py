"""What is learnt of hosts: who is to be left alone, and when it is we who are cut off."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from tests.sources.conftest import NOW
from watcher.model.document import Source
from watcher.sources.hosts import LEAST_HOSTS, WINDOW, Hosts, host_of, in_turns

WAIT = timedelta(minutes=10)
SECOND = timedelta(seconds=1)


def test_one_address_that_asks_to_wait_speaks_for_itself() -> None:
    hosts = Hosts()
    assert hosts.told_to_wait("news.example", "/a", NOW, WAIT) is None
    assert hosts.told_to_wait("news.example", "/a", NOW + SECOND, WAIT) is None


def test_a_second_address_within_a_minute_speaks_for_the_host() -> None:
    hosts = Hosts()
    hosts.told_to_wait("news.example", "/a", NOW, timedelta(hours=2))
    assert hosts.told_to_wait("other.example", "/a", NOW + SECOND, WAIT) is None
    assert hosts.told_to_wait("news.example", "/b", NOW + SECOND, WAIT) == NOW + timedelta(hours=2)


def test_a_second_address_much_later_does_not() -> None:
    hosts = Hosts()
    hosts.told_to_wait("news.example", "/a", NOW, WAIT)
    assert hosts.told_to_wait("news.example", "/b", NOW + 61 * SECOND, WAIT) is None


def note(hosts: Hosts, number: int, failure: str | None, seconds: float = 0, unusual: bool = True) -> bool:
    return hosts.note(f"h{number}.example", NOW + seconds * SECOND, failure, unusual=unusual)


def test_when_most_hosts_are_out_of_reach_it_is_us() -> None:
    hosts = Hosts()
    assert not note(hosts, 0, None)
    assert [note(hosts, number, "dns", 1) for number in range(1, 6)] == [False, False, False, True, True]
    assert hosts.outage_since == NOW + SECOND
    assert not note(hosts, 9, "404", 2), "a host that answers is not lost"


def test_it_is_over_when_hosts_answer_again() -> None:
    hosts = Hosts()
    for number in range(5):
        note(hosts, number, "connect")
    for number in range(3):
        note(hosts, number, None, 30)
    assert hosts.outage_since is None
    assert not note(hosts, 8, "timeout", 31)


def test_a_few_hosts_or_those_that_failed_before_prove_nothing() -> None:
    hosts = Hosts()
    assert not any(note(hosts, number, "dns") for number in range(LEAST_HOSTS - 1))
    hosts = Hosts()
    assert not any(note(hosts, number, "timeout", unusual=False) for number in range(50))


def test_old_outcomes_are_forgotten() -> None:
    hosts = Hosts()
    for number in range(10):
        note(hosts, number, None)
    later = WINDOW.total_seconds() + 1
    assert [note(hosts, 20 + number, "dns", later) for number in range(4)] == [False, False, False, True]


def test_errors_that_hosts_answer_with_are_their_own() -> None:
    hosts = Hosts()
    assert not any(note(hosts, number, "500") for number in range(30))


@given(st.lists(st.tuples(st.integers(0, 9), st.sampled_from([None, "dns", "500"]), st.integers(0, 40)), max_size=60))
def test_an_outage_needs_enough_hosts_out_of_reach(polls: list[tuple[int, str | None, int]]) -> None:
    hosts, seconds = Hosts(), 0
    last: dict[int, tuple[int, bool]] = {}
    for number, failure, passed in polls:
        seconds += passed
        last[number] = (seconds, failure == "dns")
        ours = note(hosts, number, failure, seconds)
        recent = [lost for at, lost in last.values() if seconds - at <= WINDOW.total_seconds()]
        assert ours == (failure == "dns" and sum(recent) >= LEAST_HOSTS and sum(recent) * 2 > len(recent))


def test_hosts_are_read_from_addresses() -> None:
    assert host_of("https://News.Example:8443/rss") == "news.example:8443"
    assert host_of("imaps://mail.example/inbox") == ""
    assert host_of("not an address") == ""


def test_hosts_take_turns() -> None:
    sources = [Source(f"a{number}", "feed", "https://a.example/x", "a.example") for number in range(3)]
    sources += [Source("b0", "feed", "https://b.example/x", "b.example"), Source("m", "mailbox", "imaps://m/", "m")]
    assert [source.id for source in in_turns(sources)] == ["a0", "b0", "m", "a1", "a2"]
