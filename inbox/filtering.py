"""How a list can be narrowed and ordered: its menu's fields, the chips of the filters that hold, the two orders."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from bot.model.ticket import Priority
from bot.store import views
from bot.store.teams import TeamRow
from bot.store.views import View
from inbox import addresses
from inbox.i18n import Words
from inbox.looks import Looks
from inbox.screens import Queue

LANGUAGES = ("fr", "en", "other", views.UNKNOWN)


@dataclass(frozen=True, slots=True)
class Field:
    """One filter with what it can be set to: pairs of a value and the words for it."""

    name: str
    value: str
    choices: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Chip:
    """A filter that holds; `link` leads to the same view without it."""

    name: str
    text: str
    link: str


@dataclass(frozen=True, slots=True)
class Sorting:
    """One order; `link` leads to the view in it."""

    name: str
    link: str
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class Menu:
    """All that stands above a list. `clear` leads to the view without filters; `orders` are none where only one makes sense."""

    fields: tuple[Field, ...]
    chips: tuple[Chip, ...]
    orders: tuple[Sorting, ...]
    sort: str
    clear: str


def menu(words: Words, looks: Looks, queue: Queue, teams: tuple[TeamRow, ...]) -> Menu:
    """The menu of a list. A filter is offered where it can divide something, and always when it holds."""
    view = queue.view
    fields = tuple(
        Field(name, value, _with_chosen(choices, value))
        for name, choices in _choices(words, looks, queue, teams)
        if (value := getattr(view, name)) or len(choices) > 1
    )
    chips = tuple(
        Chip(field.name, dict(field.choices)[field.value], addresses.without(view, field.name))
        for field in fields
        if field.value
    )
    return Menu(fields, chips, tuple(_orders(view)), view.sort, addresses.without(view, *view.filters))


def _choices(
    words: Words, looks: Looks, queue: Queue, teams: tuple[TeamRow, ...]
) -> Iterator[tuple[str, tuple[tuple[str, str], ...]]]:
    networks = sorted({one.network for one in queue.channels})
    yield "network", tuple((name, looks.of(name, "").title[words.locale]) for name in networks)
    yield "channel", tuple((one.name, one.title or one.name) for one in queue.channels)
    if queue.view.team_id is None:
        yield "team", tuple((str(team.id), team.name) for team in teams)
    yield "language", tuple((name, words(f"language.{name}")) for name in LANGUAGES)
    yield "priority", tuple((name, words(f"priority.{name}")) for name in reversed(Priority))
    yield "tag", tuple((tag.name, tag.name) for tag in queue.tags)


def _with_chosen(choices: tuple[tuple[str, str], ...], value: str) -> tuple[tuple[str, str], ...]:
    """An address may name what is no more: then its chip can still be taken away."""
    return choices if not value or value in dict(choices) else (*choices, (value, value))


def _orders(view: View) -> Iterator[Sorting]:
    if views.can_sort(view.name):
        for sort in ("", views.LONGEST):
            link = addresses.address(replace(view, sort=sort))
            yield Sorting(sort or "latest", link, view.sort == sort)
