"""From values to HTML. `page` is a whole document, `pieces` are the parts of one that change, `row` is a ticket in a list.

Every text from outside is escaped by the engine. A template never asks the database: it is given rows, and draws them.
"""

import hashlib
from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import tzinfo
from functools import cache, partial
from pathlib import Path
from typing import Any, Protocol

from aiohttp import web
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from bot import wire
from inbox import filing, i18n, problems, turns
from inbox.looks import Looks

TEMPLATES = Path(__file__).parent / "templates"
STATIC = Path(__file__).parent / "static"
SERVED = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml", ".woff2": "font/woff2"}
CACHED_ROWS = 20_000

# Stand-ins in a cached row for what depends on the view that shows it. Private characters, which the row's texts never hold.
VIEW, QUERY = "\ue000", "\ue001"


class Row(Protocol):
    """What the cache of drawn rows must know of a ticket."""

    @property
    def id(self) -> int: ...
    @property
    def version(self) -> int: ...


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of the open page to change: where it goes (an element's id), how, and its HTML.

    `how` is replace, inside, append, prepend, remove or merge (children by their ids); a missing place is passed over.
    A polite one does not disturb a field or a menu that is in use there.
    """

    at: str
    html: str = ""
    how: str = "replace"
    is_polite: bool = False


def dom_id(noun: str, number: int | str) -> str:
    """The id of the element that shows a thing: ticket-42."""
    return f"{noun}-{number}"


def initials(name: str) -> str:
    """Two letters for a person without a portrait."""
    words = [word for word in name.replace("-", " ").split() if word[:1].isalnum()]
    return "".join(word[0] for word in (words[:1] + words[-1:] if len(words) > 1 else words))[:2].upper() or "?"


def tint(name: str) -> int:
    """One of eight quiet colours for a person, always the same one."""
    return hashlib.blake2b(name.encode(), digest_size=1).digest()[0] % 8


@cache
def _tree() -> str:
    """One digest of all static files: a page's scripts and styles name each other without it, and still change together."""
    digest = hashlib.blake2b(digest_size=6)
    for path in sorted(
        file for file in STATIC.rglob("*") if file.suffix in SERVED and "node_modules" not in file.parts
    ):
        digest.update(path.read_bytes())
    return digest.hexdigest()


def asset(path: str) -> str:
    """The address of a static file, with the content of all of them in it, so that browsers may keep it for ever."""
    return f"/static/{_tree()}/{path}"


NO_LOOKS = Looks({})


class Renderer:
    """One environment per language, so that a macro or a cached row needs no more than the language to be drawn."""

    def __init__(
        self, zone: tzinfo, brand: str = "Comptoir", *, is_demo: bool = False, looks: Looks = NO_LOOKS
    ) -> None:
        self.looks = looks
        self.words = {locale: i18n.Words(locale, zone) for locale in i18n.LOCALES}
        self._environments = {
            locale: _environment(words, brand, is_demo=is_demo, looks=looks) for locale, words in self.words.items()
        }
        self._rows: OrderedDict[tuple[int, int, str], str] = OrderedDict()

    def draw(self, locale: str, template: str, **context: Any) -> str:
        """A template as HTML."""
        return self._environments[locale].get_template(template).render(**context)

    def rows(
        self, locale: str, tickets: Iterable[Row], *, view: str, query: str = "", current: int | None = None
    ) -> Markup:
        """Tickets as rows of a view. Each is drawn once per version and language; only its address depends on the view."""
        drawn = "".join(self._row(locale, ticket) for ticket in tickets)
        drawn = drawn.replace(VIEW, f"/views/{view}").replace(QUERY, escape(query))
        if current is not None:
            drawn = drawn.replace(
                f'id="{dom_id("row", current)}"', f'id="{dom_id("row", current)}" aria-current="true"'
            )
        return Markup(drawn)  # noqa: S704  drawn by our own template, which escapes

    def forget_rows(self) -> None:
        """Names that rows show have changed without their tickets."""
        self._rows.clear()

    def _row(self, locale: str, ticket: Row) -> str:
        key = (ticket.id, ticket.version, locale)
        drawn = self._rows.get(key)
        if drawn is None:
            drawn = self._rows[key] = self.draw(locale, "tickets/_row.html", ticket=ticket, view=VIEW, query=QUERY)
            if len(self._rows) > CACHED_ROWS:
                self._rows.popitem(last=False)
        return drawn


def _environment(
    words: i18n.Words, brand: str = "Comptoir", *, is_demo: bool = False, looks: Looks = NO_LOOKS
) -> Environment:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined,
        trim_blocks=True, lstrip_blocks=True, auto_reload=False, cache_size=-1,
    )  # fmt: skip
    environment.filters["masks"] = partial(masks, words.locale)
    environment.globals.update(
        t=words,
        brand=brand,
        is_demo=is_demo,
        locale=words.locale,
        asset=asset,
        dom_id=dom_id,
        initials=initials,
        tint=tint,
        icon=icon,
        look=looks.of,
        web_link=wire.web_link,
        turn=turns.sentence,
        told=partial(problems.translated, words),
        weight=partial(filing.weight, words),
    )
    return environment


def masks(locale: str, text: str) -> str:
    """A text with its masks in the reader's language: `[card •••• 4242]` reads `[carte •••• 4242]`. The stored text stays."""
    return text.replace("[card ••••", "[carte ••••").replace("[expiry ••", "[expiration ••") if locale == "fr" else text


@cache
def icon(name: str, label: str = "") -> Markup:
    """A drawing from the sprite: decoration, or with a label an image that says what it means."""
    told = Markup('role="img" aria-label="{}"').format(label) if label else Markup('aria-hidden="true"')
    return Markup('<svg class="icon" {}><use href="{}#{}"/></svg>').format(told, asset("icons.svg"), name)


def wants_pieces(request: web.Request) -> bool:
    """Whether the page's own script asks: then only what changes is sent."""
    return request.headers.get("X-Pieces") == "1"


def html(text: str, *, status: int = 200) -> web.Response:
    return web.Response(text=text, content_type="text/html", status=status)


def pieces(parts: Iterable[Piece], *, status: int = 200, address: str = "") -> web.Response:
    """What changes in the open page, as templates that the page's script puts in place."""
    drawn = Markup("").join(
        Markup('<template data-at="{}" data-how="{}"{}>{}</template>').format(
            part.at,
            part.how,
            Markup(" data-polite") if part.is_polite else "",
            Markup(part.html),  # noqa: S704  drawn by our own template, which escapes
        )
        for part in parts
    )
    response = html(drawn, status=status)
    response.headers["Vary"] = "X-Pieces"
    response.headers["X-Pieces"] = "1"
    if address:
        response.headers["X-Address"] = address
    return response
