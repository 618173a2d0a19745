"""Words of documents can be searched for. SQLite: an index of its own, filled in the background; PostgreSQL: GIN."""

from __future__ import annotations

from alembic import op

revision = "0009"
down_revision = "0008"

# A text that is in the index leaves it as it was written: these fire for texts that are edited or deleted, never for
# new ones. `document_search_docsize` has a row for each text that is in the index.
_FORGET = (
    "INSERT INTO document_search (document_search, rowid, title, text) VALUES ('delete', old.seq, old.title, old.text);"
)
_LEARN = "INSERT INTO document_search (rowid, title, text) VALUES (new.seq, new.title, new.text);"
_INDEXED = "WHEN EXISTS (SELECT 1 FROM document_search_docsize WHERE id = old.seq)"
_SQLITE = (
    "CREATE VIRTUAL TABLE document_search USING fts5(title, text, content='document', content_rowid='seq',"
    " tokenize='unicode61 remove_diacritics 2')",
    f"CREATE TRIGGER document_search_deleted AFTER DELETE ON document {_INDEXED} BEGIN {_FORGET} END",
    f"CREATE TRIGGER document_search_edited AFTER UPDATE OF title, text ON document {_INDEXED} BEGIN {_FORGET}"
    f" {_LEARN} END",
)
_POSTGRESQL = (
    "CREATE INDEX document_search_words ON document"
    " USING gin (to_tsvector('simple'::regconfig, title || ' ' || left(text, 100000)))",
)


def upgrade() -> None:
    for statement in _POSTGRESQL if op.get_bind().dialect.name == "postgresql" else _SQLITE:
        op.execute(statement)
