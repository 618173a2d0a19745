"""Word lists of the room: words that say nothing, calendar words, numbers in words, names of newsrooms."""

from __future__ import annotations


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


# Negations, numbers and "us" (the country, once folded) stay out: they tell developments apart.
STOP_WORDS = """
a an and are as at be been but by for from had has have he her his how in into is it its of off on or our over s
say says said she so than that the their them then there these they this to up was we were what when where which who
will with would you your after amid about out
der die das den dem des ein eine einer eines einem und oder von vom zu zum zur mit im in am auf für aus bei nach als
auch ist sind war hat haben wird werden sich es er sie dass wie
le la les l un une des du de d et ou a au aux en dans sur pour par avec est sont ont qui que se son sa ses ce cette
il elle selon
el los las lo un una unos unas y o de del al en con por para es son ha han que se su sus
o os as um uma e do da dos das nos nas com por para que se
il lo gli i un una e di del della dei delle da in con su per che si
ve ile bir bu da de için olarak olan
и в во на с со к ко о об от до по за из у для при что как это его ее их а но или был была были
في من على إلى عن مع أن إن ما هذا هذه التي الذي كان كانت قال قالت بعد قبل بين و
در به از که را با این آن برای است بود شد می و تا بر هم یک گفت
"""

TURNING = _set("""
second third fourth fifth another again more further fresh new no not never denies deny denied rejects false
второи третии снова опровергает не دوم سوم دوباره تکذیب ثانیه ثان اخری مجددا ینفی تنفی zweite dritte erneut kein nicht
deuxieme troisieme nouveau nouvelle dement segundo tercero otra otro niega ikinci yeniden yalanladi
""")
"""Headline words that make a second development, or the opposite, of an otherwise equal headline."""

DAYS = _set("monday tuesday wednesday thursday friday saturday sunday")

MONTHS = _set("""
jan january feb february mar march apr april may jun june jul july aug august sept september oct october nov november
dec december januar februar mai juni juli oktober dezember
""")

WEEKDAYS = {
    word: number
    for names in (
        "monday tuesday wednesday thursday friday saturday sunday",
        "montag dienstag mittwoch donnerstag freitag samstag sonntag",
        "lundi mardi mercredi jeudi vendredi samedi dimanche",
        "lunes martes miercoles jueves viernes sabado domingo",
        "pazartesi sali carsamba persembe cuma cumartesi pazar",
        "понедельник вторник среду четверг пятницу субботу воскресенье",
        "الاثنین الثلاثاء الاربعاء الخمیس الجمعه السبت الاحد",
        "دوشنبه سهشنبه چهارشنبه پنجشنبه جمعه شنبه یکشنبه",
    )
    for number, word in enumerate(names.split())
}
"""Day of the week (Monday is 0) by its name, as `wording.tokens` folds it."""

OFFICES = _set("""
united states nations kingdom president prime minister ministry ministers secretary foreign defence defense interior
government council parliament congress senate court judge army navy forces force police guard guards office house white
department state administration embassy ambassador commission committee general commander chief spokesman spokeswoman
popular mobilization mobilisation movement party union european alliance treaty organization organisation agency service
supreme federal national international central security intelligence republic islamic province district north south
east west northern southern eastern western middle gulf strait street city
regierung ministerium prasident gouvernement ministre ministere gobierno ministro ministerio presidente
министр министерство президент правительство министра министерства президента правительства
""")
"""Words of titles and institutions: written with a capital, and no name of their own."""

PERCENT = _set("percent prozent cent pourcent ciento процентов процента процент yuzde درصد المیه بالمیه المایه بالمایه")

NUMBERS = {
    word: str(number)
    for numbers, words in (
        (range(2, 20), "two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
                       "seventeen eighteen nineteen"),
        (range(20, 100, 10), "twenty thirty forty fifty sixty seventy eighty ninety"),
    )
    for number, word in zip(numbers, words.split(), strict=True)
}  # fmt: skip

NEWSROOMS = _set("""
agency agence ap afp aljazeera anadolu bbc bloomberg broadcaster chronicle cnn courier daily dispatch dpa efe euronews
examiner fox gazette globe guardian herald independent interfax irna isna journal jazeera ledger mail mehr monitor
news newspaper npr observer online post press radio reuters ria sentinel sky standard star sun tass tasnim telegraph
telegram times tribune tv upi wire xinhua рбк тасс риа интерфакс реитер رویترز وکاله خبرگزاری
""")
"""As `wording.tokens` folds them."""
