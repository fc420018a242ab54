"""The version that the operator has put to work, ready to be asked. Without one, rules and word-for-word examples are all."""

import importlib
from collections.abc import Callable
from typing import Any

import structlog

from bot import errors
from bot.autoreply.by_rules import ByRules
from bot.autoreply.word_by_word import Understander
from bot.store.intents import Book

log = structlog.get_logger(__name__)

_UNDERSTANDING = "bot.autoreply.understanding"


class Loader:
    """Gives the understander of a book. `fetch` brings a version's bytes. Blocking: call it in a thread."""

    def __init__(self, fetch: Callable[[int], bytes]) -> None:
        self._fetch = fetch
        self._trained_id: int | None = None
        self._model: Any = None

    def __call__(self, book: Book) -> Understander:
        """What is read once is kept until another version is put to work. A version that cannot be read is as none, and told."""
        if book.trained_id is None:
            return ByRules()
        if book.trained_id != self._trained_id:
            self._trained_id, self._model = book.trained_id, self._read(book.trained_id)
        if self._model is None:
            return ByRules()
        # A version brings numpy along; a desk without one starts without it, and sooner.
        understander = importlib.import_module(f"{_UNDERSTANDING}.understander")
        made: Understander = understander.Understander(self._model, None, book.target / 100)
        return made

    def _read(self, trained_id: int) -> Any:
        keeping = importlib.import_module(f"{_UNDERSTANDING}.keeping")
        importlib.import_module(f"{_UNDERSTANDING}.encoder").shared().begin()
        try:
            return keeping.unpack(self._fetch(trained_id))
        except (errors.Invalid, errors.NotFound) as error:
            log.error("version.unreadable", version=trained_id, reason=error.message)  # noqa: TRY400  the sentence is all there is
            return None
