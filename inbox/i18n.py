"""Words by key, in French and English: `catalogue/<locale>/*.toml`. A key that one language lacks is a defect; a test tells.

A value is a sentence with {blanks}, or a table of `one` and `other` chosen by `count`. Catalogues are typed with plain
spaces; French typography (no-break spaces before double punctuation and inside guillemets) is applied when they are read.
"""

import re
import tomllib
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta, tzinfo
from pathlib import Path

LOCALES = ("fr", "en")
FALLBACK = "fr"
FOLDER = Path(__file__).parent / "catalogue"

NO_BREAK = "\u00a0"
NARROW_NO_BREAK = "\u202f"


def typeset(text: str) -> str:
    """French punctuation keeps to its word: « Bonjour ! » never breaks before the mark."""
    text = re.sub(r" ([;!?])", NARROW_NO_BREAK + r"\1", text)
    text = re.sub(r" (:)(?=\s|$)", NO_BREAK + r"\1", text)
    return text.replace("« ", "«" + NO_BREAK).replace(" »", NO_BREAK + "»")


def read(locale: str, folder: Path = FOLDER) -> dict[str, str]:
    """All messages of a language, by dotted key. A plural becomes two keys that end in `.one` and `.other`."""
    messages: dict[str, str] = {}
    for file in sorted((folder / locale).glob("*.toml")):
        for key, text in _flat("", tomllib.loads(file.read_text(encoding="utf-8"))):
            if key in messages:
                raise ValueError(f"{file.name} says {key} a second time")
            messages[key] = typeset(text) if locale == "fr" else text
    return messages


def _flat(prefix: str, table: Mapping[str, object]) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    for name, value in table.items():
        if isinstance(value, Mapping):
            found += _flat(f"{prefix}{name}.", value)
        else:
            found.append((prefix + name, str(value)))
    return found


class Words:
    """One language. Called with a key it gives the sentence; a key that does not exist is an error, never shown to anybody."""

    def __init__(self, locale: str, zone: tzinfo, messages: Mapping[str, str] | None = None) -> None:
        self.locale = locale
        self._zone = zone
        self._messages = messages if messages is not None else read(locale)

    def __call__(self, key: str, **blanks: object) -> str:
        text = self._messages.get(key)
        if text is None and "count" in blanks:
            text = self._messages[f"{key}.{self._form(blanks['count'])}"]
        if text is None:
            raise KeyError(f"{key} is not in the catalogue of {self.locale}")
        if not blanks:
            return text
        return text.format(**{name: self._shown(value) for name, value in blanks.items()})

    def some(self, keys: Iterable[str]) -> dict[str, str]:
        """The sentences of these keys as they stand in the catalogue, blanks and plurals unfilled: for the page's scripts."""
        wanted = tuple(keys)
        return {key: text for key, text in self._messages.items() if key in wanted or key.rpartition(".")[0] in wanted}

    def has(self, key: str) -> bool:
        return key in self._messages

    def clock(self, at: datetime) -> str:
        """14:05, in the bank's own time zone."""
        return f"{self._local(at):%H:%M}"

    def day(self, at: datetime) -> str:
        """Dimanche 22 novembre 2026 · Sunday 22 November 2026"""
        local = self._local(at)
        weekday, month = self(f"time.weekday.{local.weekday()}"), self(f"time.month.{local.month}")
        return f"{weekday} {local.day}{'er' if self.locale == 'fr' and local.day == 1 else ''} {month} {local.year}"

    def stamp(self, at: datetime) -> str:
        """22/11/2026 14:05, the same in both languages."""
        return f"{self._local(at):%d/%m/%Y %H:%M}"

    def date(self, at: datetime) -> str:
        """22/11/2026"""
        return f"{self._local(at):%d/%m/%Y}"

    def moment(self, at: datetime) -> str:
        """A time soon to come: 14:05 today, a weekday and 09:00 later."""
        local = self._local(at)
        return (
            f"{self(f'time.weekday.{local.weekday()}')[:3]}. {local:%H:%M}"
            if self.locale == "fr"
            else f"{local:%a %H:%M}"
        )

    def span(self, length: timedelta) -> str:
        """A length of time in its largest unit: 42 s, 7 min, 3 h, 12 d."""
        seconds = max(0, int(length.total_seconds()))
        for name, unit in (("days", 86_400), ("hours", 3_600), ("minutes", 60)):
            if seconds >= unit:
                return self(f"time.{name}", count=seconds // unit)
        return self("time.seconds", count=seconds)

    def short(self, value: int) -> str:
        """A badge: nothing for none, and never wider than five characters."""
        if value < 1_000:
            return str(value) if value else ""
        return f"{value // 1_000} k" if value < 1_000_000 else "999 k+"

    def local_date(self, at: datetime) -> str:
        """2026-11-22, in the bank's own time zone: what tells two days apart."""
        return f"{self._local(at):%Y-%m-%d}"

    def _local(self, at: datetime) -> datetime:
        """The time by the bank's clocks. The first and the last day there is stay as they are: beyond them is no other."""
        try:
            return at.astimezone(self._zone)
        except OverflowError:
            return at

    def number(self, value: int) -> str:
        """1 234 in French, 1,234 in English."""
        return f"{value:,}".replace(",", NARROW_NO_BREAK) if self.locale == "fr" else f"{value:,}"

    def decimal(self, value: float, digits: int = 1) -> str:
        """1 234,5 in French, 1,234.5 in English."""
        whole, _, rest = f"{value:,.{digits}f}".partition(".")
        return f"{whole.replace(',', NARROW_NO_BREAK)},{rest}" if self.locale == "fr" else f"{whole}.{rest}"

    def percent(self, share: float | None, digits: int = 1) -> str:
        """A share of 1 as 97,3 % or 97.3%; a dash where there is nothing to measure."""
        if share is None:
            return "—"
        told = f"{share * 100:.{digits}f}"
        return f"{told.replace('.', ',')}{NARROW_NO_BREAK}%" if self.locale == "fr" else f"{told}%"

    def _shown(self, value: object) -> object:
        return self.number(value) if isinstance(value, int) and not isinstance(value, bool) else value

    def _form(self, count: object) -> str:
        is_one = isinstance(count, int) and (abs(count) < 2 if self.locale == "fr" else count == 1)
        return "one" if is_one else "other"


def preferred(accept_language: str) -> str:
    """The best of our languages for a browser's Accept-Language header."""
    wishes: list[tuple[float, str]] = []
    for part in accept_language.split(","):
        tag, _, rest = part.strip().partition(";")
        quality = re.fullmatch(r"\s*q=(0(?:\.\d{0,3})?|1(?:\.0{0,3})?)\s*", rest)
        if tag[:2].lower() in LOCALES:
            wishes.append((float(quality[1]) if quality else 1.0, tag[:2].lower()))
    return max(wishes, key=lambda wish: wish[0])[1] if wishes else FALLBACK
