"""Where views and tickets are: an address names both, so that a link means the same to everybody."""

from collections.abc import Mapping
from dataclasses import replace
from urllib.parse import parse_qsl, urlencode

from bot import errors
from bot.store import views
from bot.store.views import FILTERS, View

PARTS = (*FILTERS, "sort")


def address(view: View, ticket_id: int | None = None) -> str:
    """Where a view is, or a ticket in it."""
    return f"/views/{view.name}{f'/tickets/{ticket_id}' if ticket_id else ''}{query(view)}"


def view_in(name: str, query: Mapping[str, str]) -> View:
    """The view that an address names, with its filters and its order. Raises NotFound."""
    return views.named(name, **{part: query.get(part, "").strip() for part in PARTS})


def view_of(name: str, query_text: str = "") -> View | None:
    """The view of this name and filters, or None when there is none."""
    try:
        return view_in(name, dict(parse_qsl(query_text)))
    except errors.NotFound:
        return None


def query(view: View) -> str:
    """The filters and the order of a view as they stand in its address."""
    parts = view.filters | ({"sort": view.sort} if view.sort else {})
    return f"?{urlencode(parts)}" if parts else ""


def without(view: View, *parts: str) -> str:
    """The same view without some of its filters."""
    return address(replace(view, **dict.fromkeys(parts, "")))
