"""Prepared words, French and English versions of one reply."""

import re

from sqlmodel import Field, SQLModel

from bot.model.columns import number

BLANK = re.compile(r"\{\{\s*([a-z_]{1,40})\s*\}\}")


class CannedReply(SQLModel, table=True):
    """`shortcut` is what is typed after "/". Blanks are written {{name}}."""

    __tablename__ = "canned_reply"

    id: int = number()
    shortcut: str = Field(unique=True, max_length=40)
    title: str = Field(max_length=120)
    text_fr: str = ""
    text_en: str = ""
    is_safe_in_public: bool = False
    is_demo: bool = False
    used: int = 0


def blanks(text: str) -> tuple[str, ...]:
    """The names that still stand in braces, in order."""
    return tuple(BLANK.findall(text))


def called(title: str, locale: str) -> str:
    """A title that is written in both languages, "Accueil / Greeting", in the one that the reader reads."""
    halves = title.split(" / ")
    return halves[locale == "en"] if len(halves) == 2 else title


def fill(text: str, values: dict[str, str]) -> str:
    """Put values for blanks. Substitution only: no expression is ever evaluated. A blank without a value stays."""
    return BLANK.sub(lambda match: values.get(match[1]) or match[0], text)
