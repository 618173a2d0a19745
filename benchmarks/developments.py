"""News that the pack's signals wait for, each a development of its own: another place, actor, number and day.

Put together from lists, in an order that is the same in every run. What `watcher match` would not alert on, or would
fold into the story of an earlier one, is left out, so that each that is left is one alert.
"""

from __future__ import annotations

import random
import string
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain, zip_longest

from watcher.services.incoming import read_document
from watcher.services.matching import Matching
from watcher.services.rules import pack_dir, read

LISTS = {
    "city": (
        "Amarah", "Baiji", "Balad", "Baqubah", "Basra", "Diwaniyah", "Dujail", "Fallujah", "Faw", "Haditha", "Hawija",
        "Hillah", "Karbala", "Khanaqin", "Kirkuk", "Kut", "Mahmudiya", "Mosul", "Muqdadiya", "Musayyib", "Najaf",
        "Nasiriyah", "Qaim", "Ramadi", "Rutba", "Samarra", "Samawah", "Shatra", "Sinjar", "Tal Afar", "Tikrit",
        "Tuz Khurmatu", "Umm Qasr", "Zubair",
    ),
    "militia": (
        "Asaib Ahl al-Haq", "Badr", "Harakat al-Nujaba", "Kataib Hezbollah", "Kataib Imam Ali",
        "Kataib Sayyid al-Shuhada", "Saraya al-Salam",
    ),
    "country": (
        "Albania", "Belgium", "Bulgaria", "Canada", "Croatia", "Denmark", "Estonia", "Finland", "France", "Germany",
        "Greece", "Hungary", "Italy", "Latvia", "Lithuania", "Luxembourg", "Montenegro", "Norway", "Poland",
        "Portugal", "Romania", "Slovakia", "Slovenia", "Spain", "Sweden",
    ),
    "people": ("Americans", "Democrats", "Republicans", "independents", "Britons", "Germans", "US voters"),
    "pollster": ("Gallup", "Ipsos", "Marist", "Pew", "Quinnipiac", "YouGov"),
    "flag": ("Cypriot", "Danish", "Dutch", "Greek", "Indian", "Japanese", "Korean", "Maltese", "Norwegian", "Swedish"),
    "good": ("aircraft tyres", "baby milk", "copper wire", "dialysis machines", "elevators", "insulin", "lift trucks",
             "pistachios", "saffron", "solar cells", "tractors", "turbines", "water pumps", "wheat", "X-ray film"),
    "spot": ("cement works", "date market", "football ground", "grain silo", "old bridge", "power station",
             "railway yard", "river port", "salt works", "sugar mill", "tile factory", "wholesale market"),
    "day": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
}  # fmt: skip
KINDS = (
    ("Iraqi police arrest $number $militia fighters in $city",
     "Iraq's federal police arrested $number fighters of the militia $militia in $city on $day, the interior ministry "
     "said. They are accused of holding up lorries on the road to the $spot."),
    ("Iran seizes $flag tanker with crew of $number in Strait of Hormuz",
     "Iran's Revolutionary Guards seized a $flag tanker with a crew of $number in the Strait of Hormuz on $day, its "
     "owners said. The cargo of $good was bound for a $spot."),
    ("$country pledges to raise defence spending to $share percent of GDP under NATO agreement",
     "$country pledged on $day to raise its defence spending to $share percent of gross domestic product under an "
     "agreement with NATO. The first $number million euros are for roads between a $spot and the border."),
    ("Poll: $percent percent of $people oppose war with Iran, $pollster finds",
     "$percent percent of $people oppose a war with Iran, a $pollster survey of $number adults published on $day "
     "found."),
    ("US Treasury licenses sale of $good to Iran worth $number million dollars",
     "The US Treasury issued a licence on $day for the sale of $good worth $number million dollars to Iran, the first "
     "of its kind. They go to a $spot."),
    ("Iraqi army seizes $number rockets from $militia near $city",
     "The Iraqi army seized $number rockets from the militia $militia at a $spot near $city on $day, the Ministry of "
     "Defence said. A spokesman showed the crates to reporters."),
    ("$country joins coalition in Hormuz with frigate and $number sailors",
     "$country joined the coalition in the Strait of Hormuz on $day with a frigate and $number sailors, its defence "
     "ministry said. The ship had lain beside a $spot for a year."),
    ("Iraqi commandos close $militia office in $city",
     "Iraqi commandos closed an office of the militia $militia beside the $spot of $city on $day and sealed its doors, "
     "the government said. $number people had worked there."),
)  # fmt: skip
TRIES = 200
"""Of each kind, some of which fold."""


@dataclass(frozen=True, slots=True)
class Development:
    """`severity` is what the pack gives it."""

    title: str
    text: str
    severity: str


def developments(count: int) -> list[Development]:
    """So many, in a fixed order. Raises ValueError if the lists have no more."""
    if not count:
        return []
    rulebook, _ = read(pack_dir())
    if rulebook is None:
        raise ValueError("the pack cannot be read")
    matching, found = Matching(rulebook), []
    for number, (title, text) in enumerate(_told()):
        raw = {"id": str(number), "source": f"s{number % 50}", "language": "en", "title": title, "text": text}
        said = matching.match(read_document(raw, ""), number)["matches"]
        if [one["alert"] for one in said].count(True) == 1 and all(one["story"]["status"] == "new" for one in said):
            severity = next(one["severity"] for one in said if one["alert"])
            found.append(Development(title, text, severity))
            if len(found) == count:
                return found
    raise ValueError(f"only {len(found)} developments")


def _told() -> Iterator[tuple[str, str]]:
    """Of each kind in turn."""
    rng = random.Random(11)
    kinds = [[_filled(kind, rng) for _ in range(TRIES)] for kind in KINDS]
    return (one for one in chain.from_iterable(zip_longest(*kinds)) if one)


def _filled(kind: tuple[str, str], rng: random.Random) -> tuple[str, str]:
    words = {name: rng.choice(choices) for name, choices in LISTS.items()}
    words |= {"number": str(rng.randint(12, 990)), "percent": str(rng.randint(31, 69))}
    words["share"] = f"{rng.randint(21, 49) / 10}"
    title, text = (string.Template(part).substitute(words) for part in kind)
    return title, text
