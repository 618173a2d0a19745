"""What English says about a verb: passive or active, verb or noun. Tables of closed classes, no model.

Other languages have no such table here; their forms are accepted in any voice (`watcher.detection.voice`).
"""

from __future__ import annotations

from typing import Final

from watcher.detection.normal import word_set

BE: Final = word_set("""is are was were be been being am get gets got getting isnt arent wasnt werent 's 're""")
ADVERBS: Final = word_set(
    """not also reportedly now then already immediately formally officially later still just finally once again never
    since been being all both subsequently recently simultaneously temporarily indefinitely effectively today yesterday
    monday tuesday wednesday thursday friday saturday sunday"""
)
# Participles without -ed; many are the past and the infinitive as well, so they count only after BE or before a
# word that cannot begin an object.
IRREGULAR: Final = word_set(
    """held shut put cut taken seized struck sealed driven sent built hit caught shot paid brought broken frozen torn
    withdrawn stripped given drawn bound made laid left told thrown let outlawed relieved rewritten redrawn overthrown
    undone kept set read found cast swept"""
)
# Words after which no object has begun: "six men arrested in", "commanders sacked as".
NO_OBJECT: Final = word_set(
    """in on at by for after before over amid during near from with without following under who which that and or but as
    to into inside outside across because while when until since within against at off out of is are was were has have
    had will would said says say monday tuesday wednesday thursday friday saturday sunday today yesterday overnight
    early late again last this at per pending despite alongside"""
)
DETERMINERS: Final = word_set(
    """the a an this that these those its his her their our any some no another first second third new fresh further
    more latest recent sweeping widespread mass nationwide wave series spate of"""
)
PRONOUNS: Final = word_set("i you he she it we they who to will would could can may might must should shall")
# Words with which an aside opens between commas or dashes: "the premier, who had come home, signed".
ASIDE_OPENERS: Final = word_set(
    """who which whom whose where when a an one both including according speaking acting citing meeting sitting now once
    long already then after before despite in on at with under by as"""
)
# Pronouns that are a subject, and the words after which "it" is one.
SAYING: Final = word_set(
    "said says say saying told tells added adds reported reports think thinks thought believe believes"
)
OBJECTS: Final = word_set("him them")
SUBJECTS: Final = word_set("he she they")
CLAUSE_OPENERS: Final = word_set(
    "and but or then that which because when while after before as until if though although where whom so said says"
)
NOUN_AFTER: Final = word_set("of against on over in at by for to from with amid after targeting aimed widens continues")
PURE_NOUN_ENDINGS: Final = ("tion", "sion", "ment", "sure", "al", "ance", "ence", "ure", "down", "over", "out", "ssal")


def is_participle(form: str) -> bool:
    """Whether a normal form can be a past participle."""
    return (form.endswith("ed") and len(form) > 3) or form in IRREGULAR


# The plain future and the infinitive. A decision told in the same sentence makes them its content ("will be dissolved
# under a decree signed on Monday"); a mere possibility ("could") stays one.
FUTURE: Final = frozenset(
    {"to", "to be", "to have", "will", "will be", "shall", "is to", "are to", "is to be", "are to be"}
)
FUTURE_IN_PAST: Final = frozenset({"would", "would be", "were to be"})
# Before these a name is a place or an object, not who acts: "in Iraq", "near Baghdad", "against the army".
NOT_ACTING_AFTER: Final = word_set(
    "in near across inside outside against on at into throughout around over via within toward towards"
)
# Predicates without a participle that tell what was done to the subject: "behind bars", "on trial", "off the payroll".
PREDICATES: Final = word_set("behind in into on off under out")
# After "by", no agent but a time or a means: "surrendered by dawn", "flown out by helicopter".
NO_AGENT: Final = word_set(
    """dawn dusk noon midnight midday night morning evening monday tuesday wednesday thursday friday saturday sunday
    january february march april may june july august september october november december then now early late about
    helicopter plane air road sea land truck bus boat hand phone force mistake name decree law order at nearly up"""
)
