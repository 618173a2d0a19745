"""Latin letters without their accents, for both databases: SQLite's tokenizer does it, PostgreSQL's has to be told."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

_ACCENTED: Final = re.compile("([A-Za-z])[\u0300-\u036f]+")


def unaccented(text: str) -> str:
    """`Çağrı à Genève` is `Cagrı a Geneve`; letters of other scripts, and what is no letter with a mark, stay."""
    return unicodedata.normalize("NFC", _ACCENTED.sub(r"\1", unicodedata.normalize("NFD", text)))


def unaccented_sql(text: str) -> str:
    """The same as an immutable expression of PostgreSQL; migration 0014 has it in the index."""
    return f"normalize(regexp_replace(normalize({text}, NFD), '([A-Za-z])[\\u0300-\\u036f]+', '\\1', 'g'), NFC)"


def accents_back(snippet: str, text: str, marks: str) -> str:
    """A piece of `unaccented(text)` with the letters of `text`; the `marks` that were put into it stay where they are.

    Where the two do not run side by side (a text whose accents are marks of their own) it stays without accents.
    """
    bare, folded = "".join(char for char in snippet if char not in marks), unaccented(text)
    begin = folded.find(bare)
    if begin < 0 or len(folded) != len(text):
        return snippet
    letters = iter(text[begin : begin + len(bare)])
    return "".join(char if char in marks else next(letters) for char in snippet)
