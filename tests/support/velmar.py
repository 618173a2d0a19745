"""The rules of an invented desk that watches the invented country of Velmar, and texts that they are about.

rules = Velmar(tmp_path / "rules")
rules.sources({"wire": server.url("/wire")})
rules.routes(channels={"screen": {"kind": "console"}}, routes=[{"to": ["screen"]}])
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import yaml

LEXICON = """\
schema: lexicon/v1
id: velmar
language: en
lists:
  velmar: ["velmar*", "tarsk*", "port orsa"]
cues:
  - {phrases: ["may", "might", "could", "would", "fears", "feared"], class: hypothetical, direction: forward, window: 8}
  - {phrases: ["denies", "denied", "did not"], class: denied, direction: forward, window: 8}
  - {phrases: ["said", "says", "according to"], class: attributed, direction: both, window: 20}
  - {phrases: ["opinion", "analysis"], class: opinion, direction: document, window: 1}
"""

DAM = """\
schema: signal/v1
id: dam-failure
title: A dam fails in Velmar
question: Has a dam in Velmar failed?
groups:
  dam:   {weight: 20, any: ["dam", "dams", "reservoir"]}
  fail:  {weight: 20, any: ["collaps*", "burst*", "breach*"]}
  place: {weight: 10, required: true, any: [$velmar]}
  toll:  {weight: 60, required: false, any: ["dead", "killed", "swept away"]}
patterns: ["dam fail within 6"]
alert_at: 60
severity: {medium: 60, high: 69}
tests:
  - {title: "Tarsk dam collapses", text: "The Tarsk dam in Velmar collapsed.", expect: alert}
  - {title: "Tarsk dam may collapse", text: "The Tarsk dam in Velmar may collapse.", expect: below}
"""

STRIKE = """\
schema: signal/v1
id: port-strike
title: Dockers stop work in Velmar
groups:
  who:   {weight: 20, any: ["docker*", "stevedore*", "harbour pilots"]}
  stop:  {weight: 25, any: ["walk* out", "strike", "strikes", "stopped work", "down tools"]}
  place: {weight: 15, required: true, any: [$velmar]}
patterns: ["who stop within 6"]
alert_at: 60
tests:
  - {title: "Dockers strike in Port Orsa", text: "Dockers walked out in Port Orsa.", expect: alert}
  - {title: "Dockers did not strike in Port Orsa", text: "Dockers did not strike in Port Orsa.", expect: below}
"""

TREATY = """\
schema: signal/v1
id: grain-treaty
title: Velmar and a neighbour agree on grain
groups:
  sign:  {weight: 30, any: ["sign*", "initial*", "ratif*"]}
  deal:  {weight: 25, any: ["grain treaty", "grain accord", "grain pact"]}
  place: {weight: 15, required: true, any: [$velmar]}
patterns: ["sign deal within 6"]
alert_at: 60
tests:
  - {title: "Velmar signs grain treaty", text: "Velmar signed the grain treaty.", expect: alert}
  - {title: "Velmar denies signing grain treaty", text: "Velmar denied signing the grain treaty.", expect: below}
"""

SIGNALS = {"dam-failure": DAM, "port-strike": STRIKE, "grain-treaty": TREATY}


class Velmar:
    """A rules directory with three signals and a lexicon; sources and routes as the test wants them."""

    def __init__(self, root: Path) -> None:
        self.root = root
        for folder in ("signals", "lexicons"):
            (root / folder).mkdir(parents=True)
        (root / "lexicons" / "velmar.yaml").write_text(LEXICON, encoding="utf-8")
        for name, text in SIGNALS.items():
            self.signal(name, text)
        self.sources({"nothing": "https://nothing.example/rss"})
        self.routes({"screen": {"kind": "console"}}, [{"to": ["screen"]}])

    def signal(self, name: str, text: str) -> None:
        """Write or replace a signal, in one step as editors do."""
        self._replace(self.root / "signals" / f"{name}.yaml", text)

    def sources(self, urls: Mapping[str, str | Mapping[str, Any]], **defaults: Any) -> None:
        """Each a feed of its own publisher, polled every second; a mapping overrides that."""
        listed = []
        for name, given in urls.items():
            own = {"url": given} if isinstance(given, str) else dict(given)
            listed.append({"id": name, "kind": "feed", "publisher": f"{name}.example", "every": "1s"} | own)
        content: dict[str, Any] = {"sources": listed} | ({"defaults": defaults} if defaults else {})
        self._replace(self.root / "sources.yaml", yaml.safe_dump(content, sort_keys=False))

    def routes(self, channels: Mapping[str, Any], routes: Sequence[Mapping[str, Any]], **others: Any) -> None:
        """routes.yaml with these channels and routes."""
        content = {"channels": dict(channels), "routes": list(routes), **others}
        self._replace(self.root / "routes.yaml", yaml.safe_dump(content, sort_keys=False))

    def _replace(self, path: Path, text: str) -> None:
        fresh = path.with_name(f".{path.name}.new")
        fresh.write_text(text, encoding="utf-8")
        fresh.replace(path)


class Report(NamedTuple):
    """A headline and its text."""

    title: str
    text: str


DAM_FAILS = Report(
    "Tarsk dam collapses after week of rain",
    "The Tarsk dam in northern Velmar collapsed on Monday after a week of heavy rain. Water reached the outskirts of "
    "the town within an hour, and engineers opened the lower gates of the reservoir too late to relieve the wall. "
    "Schools and the railway line along the valley were closed until further notice.",
)
DAM_COPY = Report(
    "Dam at Tarsk collapses after a week of rain",
    "TARSK (Wire) - The Tarsk dam in northern Velmar collapsed on Monday after a week of heavy rain. Water reached the "
    "outskirts of the town within one hour, and engineers opened the lower gates of the reservoir too late to relieve "
    "the wall. Schools and the railway line along the valley were closed.",
)
DAM_TOLL = Report(
    "Tarsk dam collapses after week of rain, nine dead",
    DAM_FAILS.text.replace("on Monday", "on Monday, and nine people are dead,"),
)
DOCKERS_STRIKE = Report(
    "Dockers strike at Port Orsa terminal",
    "Dockers walked out at the container terminal of Port Orsa on Tuesday over a pay offer of two per cent. Eleven "
    "ships lay at anchor by the evening, and the operator diverted three more to the south.",
)
TREATY_SIGNED = Report(
    "Velmar signs grain treaty with Ostrana",
    "Velmar signed the grain treaty with Ostrana on Wednesday after four years of talks. Ministers of both countries "
    "put their names to the text in the old town hall, and exports by rail are to begin in spring.",
)
DAM_FEARS = Report(
    "Tarsk dam may collapse, engineers fear",
    "The Tarsk dam in Velmar may collapse if the rain goes on for another week, a study warns.",
)
STRIKE_DENIED = Report(
    "Union denies dockers strike in Port Orsa",
    "The union denied that dockers would strike in Port Orsa next month and called the rumour an invention.",
)
TREATY_OPINION = Report(
    "Opinion: Velmar signs grain treaty and loses its soul",
    "Opinion: whoever signs the grain treaty signs away what made Velmar great, writes our columnist.",
)
FOOTBALL = Report("Rovers win the cup", "The Rovers won the cup after extra time on a wet and windy evening in Lisk.")
