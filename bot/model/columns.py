"""Column types that mean the same on SQLite and PostgreSQL, and the way from a noun to its table."""

from datetime import UTC, datetime, timedelta
from typing import Any, cast

from sqlalchemy import BigInteger, Column, DateTime, Dialect, ForeignKey, Integer, Table
from sqlalchemy.types import TypeDecorator
from sqlmodel import Field, SQLModel


class Instant(TypeDecorator[datetime]):
    """An aware UTC time. SQLite has no such type: there it is an integer of microseconds, so that it sorts and compares."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> Any:
        if dialect.name == "sqlite":
            return dialect.type_descriptor(BigInteger())
        return dialect.type_descriptor(DateTime(timezone=True))

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:
        if value is None or dialect.name != "sqlite":
            return value
        return microseconds(value)

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        if value is None or dialect.name != "sqlite":
            return cast("datetime | None", value if value is None else value.astimezone(UTC))
        return instant(value)


_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def microseconds(at: datetime) -> int:
    """Microseconds since 1970, exactly (no float on the way)."""
    return (at - _EPOCH) // _MICROSECOND


def instant(value: int) -> datetime:
    """The time of `microseconds`."""
    return _EPOCH + _MICROSECOND * value


def number() -> Any:
    """A primary key given by `store.numbers`, so that rows can name each other before they are written."""
    return Field(sa_column=Column(BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=False))


def part() -> Any:
    """A number that is part of a key of several columns."""
    return Field(sa_column=Column(BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=False))


def owner(target: str) -> Any:
    """The number of the noun that a row belongs to, which is its key: there is one row for each at the most."""
    kind = BigInteger().with_variant(Integer, "sqlite")
    return Field(sa_column=Column(kind, ForeignKey(target), primary_key=True, autoincrement=False))


def reference(target: str, *, optional: bool = False, index: bool = False) -> Any:
    """A foreign key to another noun's number."""
    if optional:
        return Field(default=None, sa_type=BigInteger, foreign_key=target, index=index, nullable=True)
    return Field(sa_type=BigInteger, foreign_key=target, index=index)


def at(*, optional: bool = False) -> Any:
    """A moment."""
    return Field(default=None, sa_type=Instant, nullable=True) if optional else Field(sa_type=Instant, nullable=False)


def table(noun: type[SQLModel]) -> Table:
    """The Core table of a noun, for the questions in `store`."""
    return cast("Table", noun.__table__)  # type: ignore[attr-defined]  # SQLModel sets it on tables
