"""Where views and tickets are: an address names both, so that a link means the same to everybody."""

from urllib.parse import parse_qs, urlencode

from bot import errors
from bot.store import views
from bot.store.views import View


def address(view: View, ticket_id: int | None = None) -> str:
    """Where a view is, or a ticket in it."""
    return f"/views/{view.name}{f'/tickets/{ticket_id}' if ticket_id else ''}{query(view)}"


def view_of(name: str, query_text: str = "") -> View | None:
    """The view of this name and filters, or None when there is none."""
    filters = parse_qs(query_text)
    try:
        return views.named(name, channel=filters.get("channel", [""])[0], tag=filters.get("tag", [""])[0])
    except errors.NotFound:
        return None


def query(view: View) -> str:
    """The filters of a view as they stand in its address."""
    parts = {name: value for name, value in (("channel", view.channel), ("tag", view.tag)) if value}
    return f"?{urlencode(parts)}" if parts else ""
