"""A word that agents hang on tickets."""

from sqlmodel import Field, SQLModel

from bot.model.columns import number


class Tag(SQLModel, table=True):
    id: int = number()
    name: str = Field(unique=True, max_length=40)
