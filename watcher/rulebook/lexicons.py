"""lexicons/<id>.yaml → Lexicon."""

from __future__ import annotations

from dataclasses import replace

from pydantic import ValidationError

from watcher.detection.language import SUPPORTED, primary
from watcher.detection.stems import STEMMED
from watcher.model.signal import Cue, Lexicon, Term, TermKind
from watcher.rulebook.complaints import complain
from watcher.rulebook.lexicon_file import CueEntry, LexiconFile
from watcher.rulebook.meaning import meaning_of
from watcher.rulebook.notebook import Notebook
from watcher.rulebook.terms import AGAIN, read_term
from watcher.rulebook.yaml import Data


def build_lexicon(data: Data, stem: str, note: Notebook) -> Lexicon | None:
    """The lexicon, or None if the file's shape is wrong; terms and cues that cannot be read are noted and left out."""
    try:
        file = LexiconFile.model_validate(data)
    except ValidationError as error:
        complain(error, note, "L3", LexiconFile)
        return None
    if file.id != stem:
        note.error("L306", ("id",), f"the id is `{file.id}` and the file is {stem}.yaml: give both one name")
    _check_language(file, note)
    lists = {name: _list(name, texts, file, note) for name, texts in file.lists.items()}
    cues = [cue for index, entry in enumerate(file.cues) for cue in _cues(index, entry, file.language or "en", note)]
    return Lexicon(
        id=file.id,
        lists=lists,
        cues=tuple(cues),
        language=file.language,
        version=file.version,
        meaning="" if file.version is None else meaning_of(file),
        path=note.path,
        line=note.line(("id",)),
    )


def _check_language(file: LexiconFile, note: Notebook) -> None:
    code = primary(file.language or "")
    suffix = file.id.rpartition("-")[2]
    if suffix in SUPPORTED and suffix != code and (file.lists or file.cues):
        message = f"by its name this is the edition for {suffix}: write `language: {suffix}`, or it counts otherwise"
        note.warn("L318", ("language",) if file.language else ("id",), message)
    if file.stem and code not in STEMMED:
        known = ", ".join(sorted(STEMMED))
        note.error("L319", ("stem",), f"`stem` needs a `language` that has a stemmer ({known}); write out the forms")


def _list(name: str, texts: list[str], file: LexiconFile, note: Notebook) -> tuple[Term, ...]:
    if not texts:
        note.error("L313", ("lists", name), f"the list `{name}` has no terms: add some, or remove it")
    terms: list[Term] = []
    seen: set[str] = set()
    common = "L312" if primary(file.language or "en") == "en" and not name.endswith(AGAIN) else ""
    for index, text in enumerate(texts):
        at = ("lists", name, index)
        if text.startswith("$"):
            note.error("L317", at, f"`{text}`: a list holds terms, not lists; a group may name several lists")
        elif (key := text if text.startswith("=") else text.casefold()) in seen:
            note.warn("L311", at, f"`{text}` stands twice in the list `{name}`")
        elif term := read_term(text, note, at, "L310", common):
            stem = term.stem or (file.stem and term.kind is TermKind.WORDS and not _as_it_stands(text))
            terms.append(replace(term, stem=stem, language=file.language))
            seen.add(key)
    return tuple(terms)


def _as_it_stands(text: str) -> bool:
    """Whether a term of a lexicon with `stem` is marked to be found in this form only: `-word`."""
    return text.lstrip("! ").startswith("-")


def _cues(index: int, entry: CueEntry, language: str, note: Notebook) -> list[Cue]:
    at = ("cues", index)
    if (entry.phrase is None) == (entry.phrases is None):
        note.error("L314", at, "a cue has either `phrase` or `phrases`")
    if entry.pseudo and entry.class_ is not None:
        note.error("L314", at, "a pseudo-cue governs nothing: leave out either `class` or `pseudo`")
    if not entry.pseudo and entry.class_ is None:
        note.error("L314", at, "a cue needs a `class` (such as denied), or `pseudo: true`")
    phrases = entry.phrases or ([entry.phrase] if entry.phrase else [])
    for key, texts in (("phrases" if entry.phrases else "phrase", phrases), ("until", entry.until)):
        for number, text in enumerate(texts):
            read_term(text, note, (*at, key, number), "L315")
    return [
        Cue(phrase, entry.class_, entry.direction, entry.window, tuple(entry.until), language) for phrase in phrases
    ]
