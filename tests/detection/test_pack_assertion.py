"""How the pack's own cues read headlines: what happened, what its owner decided, what is only said, wished or past."""

from __future__ import annotations

import pytest

from watcher.detection.engine import Detector
from watcher.model.match import Match
from watcher.services.rules import pack_dir, read

IRAQ, IRAN, NATO = "iraq-militia-crackdown", "iran-memorandum-revision", "nato-contribution-deals"
HAPPENED = [
    (IRAQ, "Police in Basra nab militia paymaster"),
    (IRAQ, "Interior ministry said it had arrested six militia commanders in Basra"),
    (IRAQ, "Army, which had surrounded the militia base near Mosul, seizes forty rockets"),
    (IRAQ, "Iraq's cabinet sacks head of PMF's 30th brigade"),
    (IRAQ, "Gun battle between Iraqi army and gunmen of Kataib Hezbollah in Taji"),
    (IRAQ, "Iraqi militia men turn themselves in to police in Basra"),
    (IRAQ, "Asaib Ahl al-Haq lawmakers storm out of parliament over disarmament law"),
    (IRAQ, "Under a decree signed on Monday, Iraq will disband a PMF brigade by March"),
    (IRAN, "Islamabad memorandum extended until December"),
    (IRAN, "Vance says US walking away from Iran understanding"),
    (IRAN, "US, Iran agree 60-day extension of memorandum"),
    (IRAN, "Iran notifies US of withdrawal from memorandum"),
    (IRAN, "Pezeshkian: Iran stands by memorandum with Washington"),
    (NATO, "Italy commits four tankers to Iran contingency force"),
    (NATO, "Germany to station two minehunters in Gulf under NATO plan, cabinet decides"),
    (NATO, "Allies agree new cost-sharing formula for NATO budget"),
    (NATO, "UK and US sign deal on use of Akrotiri for Iran operations"),
]
NOT_YET = [
    (IRAQ, "US tells Iraq: disarm militias or lose aid"),
    (IRAQ, "Deadline for factions passes quietly in Iraq"),
    (IRAQ, "Iraq: raid on militia base never took place, ministry says"),
    (IRAQ, "Sources: Iraq preparing arrest of militia leaders"),
    (IRAQ, "Iraqi officials say crackdown on militias is coming"),
    (IRAQ, "A year after Baghdad's raid on Kataib Hezbollah, little has changed"),
    (IRAQ, "Iraq's prime minister holds talks with faction leaders on weapons"),
    (IRAQ, "Baghdad summons US envoy over strike on PMF"),
    (IRAQ, "Eighteen years on: how Baghdad disarmed a militia"),
    (IRAQ, "Looking back: when Iraqi troops raided militia strongholds"),
    (IRAQ, "Iraqi forces could arrest militia commanders, lawmakers say"),
    (IRAQ, "Why Iraq cannot disarm its militias"),
    (IRAN, "Traders bet on extension of Iran memorandum with US"),
    (IRAN, "Iran memorandum with US nears expiry with no talks"),
    (IRAN, "Iran, US resume talks on memorandum in Geneva"),
    (IRAN, "White House denies memorandum with Iran is dead"),
    (IRAN, "Lawmakers seek to block extension of US memorandum with Iran"),
    (NATO, "Spain refuses to let US use bases for Iran missions"),
    (NATO, "France weighs sending frigate to Gulf with NATO allies"),
    (NATO, "Allied ministers to discuss burden sharing"),
    (NATO, "Japan raises defence spending to 2% of GDP after US pressure"),
    (NATO, "US Congress passes defence budget of $900bn"),
]


@pytest.fixture(scope="module")
def detector() -> Detector:
    loaded, findings = read(pack_dir())
    assert loaded is not None, [str(finding) for finding in findings]
    return Detector([one for one in loaded.signals if one.id in {IRAQ, IRAN, NATO}], loaded.lexicons)


def _match(detector: Detector, signal_id: str, title: str) -> Match | None:
    return next((one for one in detector.detect(title, "", "en").matches if one.signal_id == signal_id), None)


@pytest.mark.parametrize(("signal_id", "title"), HAPPENED)
def test_what_happened_or_is_decided_alerts(detector: Detector, signal_id: str, title: str) -> None:
    match = _match(detector, signal_id, title)
    assert match is not None
    assert match.alert, (match.assertion, match.cue, match.ledger)


@pytest.mark.parametrize(("signal_id", "title"), NOT_YET)
def test_what_has_not_happened_does_not(detector: Detector, signal_id: str, title: str) -> None:
    match = _match(detector, signal_id, title)
    assert match is None or not match.alert, (match.pattern, match.assertion, match.sentence)


ELSEWHERE = [
    "Syria's army clashes with militia in Sweida",
    "Libyan militia leader arrested in Tripoli",
    "Lebanese army disarms Hezbollah in south",
    "Turkish police arrest suspected militants in Ankara raids",
    "Iraqi police arrest drug smugglers in Basra",
    "Iraq closes airspace as Israel strikes Iran",
    "Badr Organization wins most seats in Diyala council vote",
    "US and India sign memorandum on critical minerals",
    "Iran and Russia extend gas deal",
    "Trump extends tariff deadline",
    "Lebanon, Israel extend ceasefire agreement",
    "Ukraine signs minerals agreement with United States",
    "Kuwait signs base agreement with US",
    "British Airways resumes Gulf flights",
    "Norway wealth fund raises stake in defence firms",
    "UK unveils 2 billion pound plan for hospitals",
    "Germany's Bundestag passes pension package worth 10 billion",
    "Pakistan navy ships sail for Gulf of Oman",
    "NATO jets intercept Russian aircraft over Baltic",
    "Police raid militia clubhouse in video game",
    "Arsenal sign striker from Gulf club for 40 million pounds",
    "Hospital trust agrees deal to share cost of new wing",
    "Court jails gang leader for life in Manchester",
    "Central bank raises rates by half a percent",
]


@pytest.mark.parametrize("title", ELSEWHERE)
def test_other_news_with_the_same_words_does_not_alert(detector: Detector, title: str) -> None:
    assert not [match for match in detector.detect(title, "", "en").matches if match.alert]
