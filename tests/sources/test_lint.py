"""What `watcher check` says of the kinds: addresses that they cannot read, secrets written down, wrong options."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.velmar import Velmar
from watcher.services import rules

PLAIN = "user: env:A, password: env:B"


def findings(root: Path, line: str) -> list[str]:
    """What is said of a sources.yaml with one source in its second line."""
    Velmar(root / "rules")
    (root / "rules" / "sources.yaml").write_text(f"sources:\n  - {{id: a, {line}}}\n", encoding="utf-8")
    _, found = rules.read(root / "rules")
    return [f"{finding.code} {finding.message}" for finding in found if finding.path.endswith("sources.yaml")]


WHOLE = "F504 sources[1].url: write a whole address, such as"
NAMED = "write env:NAME and set NAME in the environment"


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (f'kind: mailbox, url: "https://imap.a.example", {PLAIN}', f"{WHOLE} imaps://imap.example.org"),
        ('kind: feed, url: "imaps://imap.a.example"', f"{WHOLE} https://example.org/rss.xml"),
        (
            'kind: mailbox, url: "imaps://imap.a.example", user: env:A, password: hunter22',
            f"F515 `password` is a secret: {NAMED}",
        ),
        ('kind: push, url: "https://a.example", token: hunter22', f"F515 `token` is a secret: {NAMED}"),
        (
            'kind: push, url: "https://a.example"',
            "F504 sources[1]: give either token or secret, so that nobody else can send documents",
        ),
        (
            'kind: sitemap, url: "https://a.example/s.xml", include: [world]',
            "F504 sources[1].include[1]: write a path such as /world/* (a star stands for anything)",
        ),
        (
            'kind: sitemap, url: "https://a.example/s.xml", newst: 5',
            "F501 sources[1]: unknown key `newst`: did you mean `newest`?",
        ),
    ],
)
def test_what_is_wrong_is_said_in_words(tmp_path: Path, line: str, said: str) -> None:
    found = findings(tmp_path, line)
    assert found == [said]
    assert "hunter22" not in found[0]


@pytest.mark.parametrize(
    "line",
    [
        f'kind: mailbox, url: "imaps://imap.example.org", {PLAIN}, publisher: a.example',
        'kind: push, url: "https://a.example", secret: env:A',
        'kind: sitemap, url: "https://a.example/s.xml", newest: 5',
        'kind: feed, url: "https://a.example/s.xml", websub: false',
    ],
)
def test_good_sources_are_taken(tmp_path: Path, line: str) -> None:
    assert findings(tmp_path, line) == []


def test_secrets_of_sources_are_learnt_for_the_log(tmp_path: Path) -> None:
    findings(tmp_path, 'kind: mailbox, url: "imaps://imap.example.org", user: desk, password: env:A')
    rulebook, _ = rules.read(tmp_path / "rules")
    assert rulebook is not None
    secrets = rules.secrets(rulebook, {"A": "hunter22"})
    assert "hunter22" in secrets
    assert "desk" not in secrets  # a user's name may be any word
