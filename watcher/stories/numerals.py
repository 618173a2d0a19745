"""Numbers in words, by language: "sixty days" and "sechzig Tage" are both 60."""

from __future__ import annotations

from functools import lru_cache

from watcher.stories import vocabulary
from watcher.stories.wording import tokens

_UP = tuple(range(2, 21))
_TENS = (30, 40, 50, 60, 70, 80, 90, 100)
_WORDS = {
    "de": ("zwei drei vier fünf sechs sieben acht neun zehn elf zwölf dreizehn vierzehn fünfzehn sechzehn siebzehn "
           "achtzehn neunzehn zwanzig", "dreißig vierzig fünfzig sechzig siebzig achtzig neunzig hundert"),
    "fr": ("deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze seize dix-sept dix-huit "
           "dix-neuf vingt", "trente quarante cinquante soixante - - - cent"),
    "es": ("dos tres cuatro cinco seis siete ocho nueve diez once doce trece catorce quince dieciséis diecisiete "
           "dieciocho diecinueve veinte", "treinta cuarenta cincuenta sesenta setenta ochenta noventa cien"),
    "tr": ("iki üç dört beş altı yedi sekiz dokuz on - - - - - - - - - yirmi",
           "otuz kırk elli altmış yetmiş seksen doksan yüz"),
    "ru": ("два три четыре пять шесть семь восемь девять десять одиннадцать двенадцать тринадцать четырнадцать "
           "пятнадцать шестнадцать семнадцать восемнадцать девятнадцать двадцать",
           "тридцать сорок пятьдесят шестьдесят семьдесят восемьдесят девяносто сто"),
    "ar": ("اثنين ثلاثة أربعة خمسة ستة سبعة ثمانية تسعة عشرة - - - - - - - - - عشرين",
           "ثلاثين أربعين خمسين ستين سبعين ثمانين تسعين مئة"),
    "fa": ("دو سه چهار پنج شش هفت هشت نه ده یازده دوازده سیزده چهارده پانزده شانزده هفده هجده نوزده بیست",
           "سی چهل پنجاه شصت هفتاد هشتاد نود صد"),
}  # fmt: skip
_MORE = {
    "ru": {"двух": 2, "трех": 3, "четырех": 4, "пяти": 5, "шести": 6, "семи": 7, "восьми": 8, "десяти": 10,
           "двое": 2, "трое": 3, "четверо": 4, "пятеро": 5, "шестеро": 6, "шестидесяти": 60, "двадцати": 20},
    "ar": {"اثنان": 2, "اثنتان": 2, "ثلاث": 3, "أربع": 4, "خمس": 5, "ست": 6, "سبع": 7, "ثماني": 8, "ثمان": 8, "تسع": 9,
           "عشر": 10, "عشرون": 20, "ثلاثون": 30, "أربعون": 40, "خمسون": 50, "ستون": 60, "مائة": 100},
    "en": {"hundred": 100},
}  # fmt: skip


@lru_cache(maxsize=16)
def numbers_of(language: str) -> dict[str, str]:
    """Folded word → its number, of a language ("de"); English if it is not known."""
    found = dict(vocabulary.NUMBERS)
    if language in _WORDS:
        ones, tens = (words.split() for words in _WORDS[language])
        found = {word: str(number) for word, number in zip(ones + tens, _UP + _TENS, strict=True) if word != "-"}
    if language == "de":  # achtundfünfzig
        units, decades = ("ein", *_WORDS["de"][0].split()[:8]), ("zwanzig", *_WORDS["de"][1].split()[:7])
        found |= {
            f"{unit}und{decade}": f"{tens}{ones}"
            for tens, decade in enumerate(decades, 2)
            for ones, unit in enumerate(units, 1)
        }
    found |= {word: str(number) for word, number in _MORE.get(language, {}).items()}
    return {"".join(tokens(word)) if not word.isascii() else word: number for word, number in found.items()}
