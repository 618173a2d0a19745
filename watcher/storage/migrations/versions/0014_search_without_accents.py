"""PostgreSQL's index of words leaves out the accents of Latin letters, as SQLite's always did."""

from __future__ import annotations

from alembic import op

revision = "0014"
down_revision = "0013"

# An accent is a mark after a plain letter once the text is taken apart; what is no Latin letter is put together again.
_FOLDED = (
    "normalize(regexp_replace(normalize(title || ' ' || left(text, 100000), NFD),"
    r" '([A-Za-z])[\u0300-\u036f]+', '\1', 'g'), NFC)"
)


def upgrade() -> None:
    if op.get_bind().dialect.name != "postgresql":
        return
    op.execute("DROP INDEX document_search_words")
    words = f"to_tsvector('simple'::regconfig, {_FOLDED})"
    op.execute(f"CREATE INDEX document_search_words ON document USING gin ({words})")
