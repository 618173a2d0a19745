"""What all tables share: names of their constraints, a counter, and what goes with its parent."""

from __future__ import annotations

from sqlalchemy import BigInteger, ForeignKey, Integer, MetaData

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)

# Only an INTEGER key counts up by itself on SQLite; 32 bits are too few on PostgreSQL.
Counter = BigInteger().with_variant(Integer, "sqlite")


def cascade(target: str) -> ForeignKey:
    """A reference whose row goes when that one goes."""
    return ForeignKey(target, ondelete="CASCADE")
