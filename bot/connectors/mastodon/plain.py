"""Mastodon's HTML → the words that a person reads. Pure; whatever comes in, no tag and no entity comes out.

Links are given whole: Mastodon shows them cut, with the rest in hidden parts. Mentions and hashtags stay as they are shown.
"""

import re
from html.parser import HTMLParser

from bot import wire

_SPACE = re.compile(r"[ \t\r\n\f]+")
_DECLARATIONS = re.compile(r"<!--.*?(?:-->|\Z)|<[!?][^>]*>?", re.DOTALL)
_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
_PARAGRAPHS = frozenset({"p", "blockquote", "pre", "ul", "ol", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "table"})
_LINES = frozenset({"div", "li", "tr", "section", "article"})
_UNSAID = frozenset({"script", "style", "template", "head", "title"})


def words(html: str) -> str:
    """The text, paragraphs parted by an empty line."""
    reader = _Reader()
    # Declarations say nothing, and some make the parser give up.
    reader.feed(_DECLARATIONS.sub("", html))
    reader.close()
    return reader.text()


def clean(text: str) -> str:
    """What is text already, without the characters that no screen shows and no database keeps."""
    return _CONTROLS.sub("", text)


class _Reader(HTMLParser):
    """Writes down what is shown, and where lines end."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._said: list[str] = []
        self._breaks = 0
        self._is_item = False
        self._unsaid = 0
        self._as_written = 0
        self._href = ""
        self._link: list[str] | None = None

    def text(self) -> str:
        self._end_link()
        lines = clean("".join(self._said)).split("\n")
        return "\n".join(line.rstrip() for line in lines).strip()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._is_item = self._is_item and tag != "li"
        self._unsaid += tag in _UNSAID
        self._as_written += tag == "pre"
        if tag == "br":
            self._write("\n")
        elif tag in _PARAGRAPHS:
            self._break(2)
        elif tag in _LINES:
            self._break(1)
        if tag == "li":
            self._write("• ")
            self._is_item = True
        if tag == "a":
            self._end_link()
            self._href, self._link = _address(dict(attrs)), []

    def handle_endtag(self, tag: str) -> None:
        self._unsaid = max(self._unsaid - (tag in _UNSAID), 0)
        self._as_written = max(self._as_written - (tag == "pre"), 0)
        if tag == "a":
            self._end_link()
        elif tag in _PARAGRAPHS:
            self._break(2)
        elif tag in _LINES:
            self._break(1)

    def handle_data(self, data: str) -> None:
        if not self._unsaid:
            self._write(data if self._as_written else _SPACE.sub(" ", data))

    def _write(self, text: str) -> None:
        if self._link is not None:
            self._link.append(text)
            return
        if self._breaks:
            text = text if self._as_written else text.lstrip(" ")
        if not text:
            return
        if self._said:
            self._said.append("\n" * self._breaks)
        self._breaks, self._is_item = 0, False
        self._said.append(text)

    def _break(self, lines: int) -> None:
        """Words begin on a new line; those of a list's item beside its dot."""
        self._end_link()
        self._breaks = self._breaks if self._is_item else max(self._breaks, lines)

    def _end_link(self) -> None:
        if self._link is None:
            return
        shown, self._link = "".join(self._link), None
        self._write(_whole(shown, self._href))


def _address(attributes: dict[str, str | None]) -> str:
    return _SPACE.sub("", wire.web_link((attributes.get("href") or "").strip()))


def _whole(shown: str, address: str) -> str:
    """A link as its address; beside its words where those are others. What names a person or a subject stays a name."""
    name = shown.strip()
    if not address or name.startswith(("@", "#")):
        return shown
    if not name or address.rstrip("/").removeprefix("https://").removeprefix("http://") == _bare(name):
        return address
    return f"{shown} ({address})"


def _bare(name: str) -> str:
    return name.rstrip("/").removeprefix("https://").removeprefix("http://")
