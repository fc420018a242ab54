"""The rows that the live stream tells: one that cannot be drawn is left out, and the others go on."""

from collections.abc import Callable
from functools import partial

import structlog

from bot.store.rows import TicketRow
from inbox.addresses import query
from inbox.rendering import Renderer
from inbox.windows import Group

log = structlog.get_logger(__name__)


class Rows:
    """Remembers which tickets could not be drawn, so that each is told once, and once when it is drawn again."""

    def __init__(self, renderer: Renderer) -> None:
        self._renderer = renderer
        self._undrawn: set[int] = set()

    def html(self, group: Group, inside: list[TicketRow]) -> str:
        """The rows as they are drawn; one that cannot be drawn is left out and told once, and the others go on."""
        draw = partial(self._renderer.rows, group.locale, view=group.view.name, query=query(group.view))
        try:
            html: str = draw(inside)
        except Exception as error:  # noqa: BLE001  which of them it was is found out below
            log.info("live.one_by_one", rows=len(inside), error=type(error).__name__)
        else:
            self._recovered({row.id for row in inside})
            return html
        return "".join(self._one(draw, row) for row in inside)

    def _one(self, draw: Callable[[list[TicketRow]], str], row: TicketRow) -> str:
        try:
            html = draw([row])
        except Exception:
            if row.id not in self._undrawn:
                log.exception("live.row_not_drawn", ticket=row.id)
            self._undrawn.add(row.id)
            return ""
        self._recovered({row.id})
        return html

    def _recovered(self, ids: set[int]) -> None:
        for id_ in sorted(ids & self._undrawn):
            log.info("live.row_recovered", ticket=id_)
        self._undrawn -= ids
