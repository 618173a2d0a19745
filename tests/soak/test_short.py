"""The soak run in short: killed at random moments between servers that misbehave, nothing is lost, nothing wrong."""

from __future__ import annotations

from pathlib import Path

from tests.soak.run import Soak
from tests.soak.verdict import verdict
from tests.support.office import Office

KILLS, DOCUMENTS = 8, 80


async def test_nothing_is_lost_and_nothing_wrong_is_told(tmp_path: Path) -> None:
    async with Office(tmp_path) as office:
        soak = Soak(office, kills=KILLS, documents=DOCUMENTS, seed=20261122)
        await soak.run()
        found = await verdict(soak)
    assert (found.lost, found.wrong) == ([], []), "\n".join([*found.lines(), *soak.story.moments])
    assert (found.kills, found.documents, found.developments) == (KILLS, DOCUMENTS, DOCUMENTS // 10)
    assert found.arrived.total() >= 2 * found.developments
    assert not [line for line in found.grave if "ended by itself" in line]


async def test_the_verdict_sees_what_is_lost_wrong_and_told_twice(tmp_path: Path) -> None:
    async with Office(tmp_path) as office:
        soak = Soak(office, kills=1, documents=40, seed=3)
        await soak.run()
        assert (await verdict(soak)).ok
        told = [hook for hook in office.hook.hooks if hook.body["type"] == "alert.opened"]
        lost = [hook for hook in office.hook.hooks if hook.id == told[0].id]
        for hook in lost:
            office.hook.hooks.remove(hook)
        office.slack.posts.append(office.slack.posts[0])
        soak.press.told.pop()
        found = await verdict(soak)
    assert any("never arrived" in line for line in found.lost)
    assert any("again without any doubt" in line or "took" in line for line in found.wrong)
    assert any("nobody waits for" in line for line in found.wrong)
    assert not found.ok
