"""Full text: found in every script, hostile queries are only words, edits and deletions reach the index."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, event

from tests.storage.examples import MINUTE, NOW, a_document
from watcher.storage import documents, search
from watcher.storage.accents import accents_back, unaccented
from watcher.storage.engine import Database
from watcher.storage.schema import document
from watcher.storage.search import BEGIN, END, Term

TEXTS = {
    1: ("Militia chief arrested", "The army arrested the leader of a militia in Basra on Tuesday.", "en"),
    2: ("اعتقال قائد ميليشيا", "اعتقل الجيش قائد ميليشيا في البصرة يوم الثلاثاء.", "ar"),
    3: ("بازنگری در یادداشت تفاهم", "ایران یادداشت تفاهم را بازنگری می‌کند.", "fa"),
    4: ("Memorandum yenilendi", "İstanbul ve Ankara mutabakat muhtırasını yeniledi.", "tr"),
    5: ("Меморандум пересмотрен", "Стороны пересмотрели меморандум в Женеве.", "ru"),
}


async def fill(db: Database) -> None:
    async with db.write() as conn:
        for number, (title, text, language) in TEXTS.items():
            seen = NOW + number * MINUTE
            await documents.add(
                conn, [a_document(number, title=title, text=text, language=language, first_seen_at=seen)]
            )
        while await search.index(conn, 2) == 2:
            pass


async def found(db: Database, *terms: Term, **narrowed: object) -> list[str]:
    async with db.read() as conn:
        return [hit.document_id for hit in await search.find(conn, terms, 10, **narrowed)]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("word", "number"),
    [("MILITIA", 1), ("ميليشيا", 2), ("یادداشت", 3), ("Ankara", 4), ("МЕМОРАНДУМ", 5)],
)
async def test_words_of_every_script_are_found(db: Database, word: str, number: int) -> None:
    await fill(db)
    assert await found(db, Term(word)) == [f"doc-{number}"]


async def test_all_terms_must_be_there_phrases_stand_together_and_prefixes_go_on(db: Database) -> None:
    await fill(db)
    assert await found(db, Term("militia"), Term("Basra")) == ["doc-1"]
    assert await found(db, Term("militia"), Term("Geneva")) == []
    assert await found(db, Term("leader of a militia")) == ["doc-1"]
    assert await found(db, Term("militia leader")) == []
    assert await found(db, Term("memo", prefix=True)) == ["doc-4"]
    assert await found(db, Term("memo")) == []


@pytest.mark.parametrize(
    "word", ["Geneve", "GENÈVE", "Gene\u0300ve", "presidente", "arrêtée à Genève", "Istanbul", "İstanbul", "Viet Nam"]
)
async def test_accents_of_latin_letters_mean_nothing(db: Database, word: str) -> None:
    text = "La présidente a été arrêtée à Genève, pas à İstanbul ni au Việt Nam."
    async with db.write() as conn:
        await documents.add(conn, [a_document(1, title="Suisse", text=text, language="fr")])
        await search.index(conn, 10)
    assert await found(db, Term(word)) == ["doc-1"]
    assert await found(db, Term(word[:4], prefix=True)) == ["doc-1"]


async def test_what_is_no_accent_of_a_latin_letter_means_something(db: Database) -> None:
    text = "Российский край, Ёлка, ايران آمد, καλός"
    async with db.write() as conn:
        await documents.add(conn, [a_document(1, title="Край", text=text, language="ru")])
        await search.index(conn, 10)
    for word in ("край", "ёлка", "آمد", "καλός"):
        assert await found(db, Term(word)) == ["doc-1"], word
    for word in ("краи", "елка", "امد"):
        assert await found(db, Term(word)) == [], word


async def test_the_snippet_has_its_accents(db: Database) -> None:
    async with db.write() as conn:
        await documents.add(conn, [a_document(1, title="Suisse", text="Arrêtée à Genève.", language="fr")])
        await search.index(conn, 10)
    async with db.read() as conn:
        (hit,) = await search.find(conn, [Term("geneve")], 1)
    assert f"Arrêtée à {BEGIN}Genève{END}" in hit.snippet


@given(st.text())
def test_a_snippet_is_a_piece_of_its_text(text: str) -> None:
    folded = unaccented(text)
    given_back = accents_back(f"{folded[:2]}{BEGIN}{folded[2:5]}{END}", text, BEGIN + END)
    bare = given_back.replace(BEGIN, "").replace(END, "")
    assert bare in (text[:5], folded[:5]) or BEGIN in text or END in text


async def test_the_newest_come_first_and_filters_narrow(db: Database) -> None:
    await fill(db)
    async with db.write() as conn:
        await documents.add(conn, [a_document(6, title="Militia again", text="x", source_id="other", language="de")])
        await search.index(conn, 10)
    assert await found(db, Term("militia")) == ["doc-6", "doc-1"]
    assert await found(db, Term("militia"), source_id="other") == ["doc-6"]
    assert await found(db, Term("militia"), language="en") == ["doc-1"]
    assert await found(db, Term("militia"), since=NOW + MINUTE) == ["doc-1"]


async def test_the_snippet_shows_the_hit(db: Database) -> None:
    await fill(db)
    async with db.read() as conn:
        (hit,) = await search.find(conn, [Term("basra")], 1)
    assert f"{BEGIN}Basra{END}" in hit.snippet


async def test_edits_and_deletions_reach_the_index(db: Database) -> None:
    await fill(db)
    async with db.write() as conn:
        await documents.revise(conn, [a_document(1, title="Correction", text="It was a brigade.")])
        await conn.execute(delete(document).where(document.c.id == "doc-5"))
    assert await found(db, Term("militia")) == []
    assert await found(db, Term("brigade")) == ["doc-1"]
    assert await found(db, Term("меморандум")) == []
    if db.sqlite:
        async with db.write() as conn:
            await conn.exec_driver_sql(
                "INSERT INTO document_search (document_search, rank) VALUES ('integrity-check', 1)"
            )


async def test_what_is_not_in_the_index_yet_may_be_edited_and_deleted(db: Database) -> None:
    async with db.write() as conn:
        await documents.add(conn, [a_document(1), a_document(2)])
        await documents.revise(conn, [a_document(1, title="Brigade", text="x")])
        await conn.execute(delete(document).where(document.c.id == "doc-2"))
        await search.index(conn, 10)
    assert await found(db, Term("brigade")) == ["doc-1"]


@given(
    words=st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"]), min_size=1), prefix=st.booleans()
)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_no_text_is_read_as_a_query_language(db: Database, words: str, prefix: bool) -> None:
    await found(db, Term(words, prefix), Term("militia"))


async def test_postgresql_looks_into_its_index(db: Database) -> None:
    if db.sqlite:
        return
    seen: list[tuple[str, object]] = []
    async with db.write() as conn:
        assert conn.sync_connection is not None
        event.listen(conn.sync_connection, "before_cursor_execute", lambda *given: seen.append((given[2], given[3])))
        await search.find(conn, [Term("genève"), Term("mil", prefix=True)], 5)
        sql, parameters = seen[0]
        await conn.exec_driver_sql("SET LOCAL enable_seqscan = off")
        await conn.exec_driver_sql("SET LOCAL enable_indexscan = off")  # the order of arrival has an index too
        plan = [str(row[0]) for row in await conn.exec_driver_sql(f"EXPLAIN {sql}", parameters)]  # type: ignore[arg-type]
    assert any("document_search_words" in step for step in plan), plan
