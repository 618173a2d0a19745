"""Words that say nothing about which development a headline tells; folded as `wording.tokens` folds."""

from __future__ import annotations

from watcher.stories.wording import tokens

# Negations, numbers and "us" (the country, once folded) stay out: they tell developments apart.
_WORDS = """
a an and are as at be been but by for from had has have he her his how in into is it its more of off on or our over s say
says said she so than that the their them then there these they this to up was we were what when where which who will with
would you your after amid about out new
der die das den dem des ein eine einer eines einem und oder von vom zu zum zur mit im in am auf für aus bei nach als auch
ist sind war hat haben wird werden sich es er sie dass wie
le la les l un une des du de d et ou a au aux en dans sur pour par avec est sont ont qui que se son sa ses ce cette il
elle selon
el los las lo un una unos unas y o de del al en con por para es son ha han que se su sus
o os as um uma e do da dos das no na nos nas com por para que se
il lo gli i un una e di del della dei delle da in con su per che si
ve ile bir bu da de için olarak olan
и в во на с со к ко о об от до по за из у для при не что как это его ее их а но или был была были
في من على إلى عن مع أن إن ما هذا هذه التي الذي كان كانت قال قالت بعد قبل بين و
در به از که را با این آن برای است بود شد می و تا بر هم یک گفت
"""

STOP_WORDS: frozenset[str] = frozenset(tokens(_WORDS)) - {"no", "не", tokens("не")[0]}


def telling(words: list[str]) -> list[str]:
    """`words` in order without stop words and without single letters of cased scripts."""
    return [
        word for word in words if word not in STOP_WORDS and (len(word) > 1 or not word.isascii() or word.isdigit())
    ]
