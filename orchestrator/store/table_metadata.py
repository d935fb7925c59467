"""What all tables share: one MetaData with fixed names of constraints, so that a migration can speak of them."""

from __future__ import annotations

from sqlalchemy import MetaData

__all__ = ["metadata", "one_of"]

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(column_0_N_label)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def one_of(column: str, values: tuple[str, ...]) -> str:
    """SQL that holds where a column has one of these values."""
    return f"{column} in ({', '.join(repr(value) for value in values)})"
