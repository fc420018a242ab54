"""Structured logs: pretty on a terminal, JSON otherwise; one canonical line per unit of work, secrets and customers' words never.

Events are dotted facts (`message.ingested`) with fields. Libraries' own lines go the same way, scrubbed: python-telegram-bot's
HTTP client, for one, logs addresses that contain the token. A traceback tells the code's lines, not what was in the variables:
the message of an error that is not ours may quote a customer, so only its kind is told.
"""

import logging
import re
import sys
import traceback
from collections.abc import Iterator, MutableMapping
from typing import Any, Literal

import structlog

from bot import errors

_SECRET_NAMES = re.compile(r"token|secret|password|authorization|cookie|signature|api_key", re.IGNORECASE)
_BOT_TOKEN = re.compile(r"\b\d{1,12}:[A-Za-z0-9_-]{30,}|(?<=/bot)[^/\s]+")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\u200e\u200f\u202a-\u202e\u2066-\u2069]")
# PostgreSQL quotes there the row that it refuses.
_DETAIL = re.compile(r"\n?DETAIL:[^\n]*")
# These say at "info" for each request what our own canonical line says already; the last tells at "debug" every row it reads.
_CHATTY = ("httpx", "httpcore", "aiohttp.access", "telegram", "alembic", "sqlalchemy")
# Their messages tell of the machine or the code, never of what somebody wrote.
_HARMLESS = (errors.ComptoirError, OSError, ImportError, AttributeError, NameError)
# Where errors come from that quote the bytes they could not read.
_PARSERS = frozenset({"aiohttp.http_exceptions", "aiohttp._http_parser"})

# An object's own words begin with a bracket or a quote, or follow a colon.
_PLAIN_WORDS = re.compile("[A-Za-z_., -]*")

Format = Literal["auto", "pretty", "json"]


def configure(form: Format = "auto", level: str = "info") -> None:
    """Set up logging for this process, to standard error."""
    is_pretty = form == "pretty" or (form == "auto" and sys.stderr.isatty())
    shared: list[structlog.types.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.ExceptionRenderer(_told),
        scrub,
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level.upper()]),
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=False,
    )
    drawn: structlog.types.Processor = (
        structlog.dev.ConsoleRenderer() if is_pretty else structlog.processors.JSONRenderer(ensure_ascii=False)
    )
    handler = logging.StreamHandler()
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared, processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, drawn]
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())
    _hush_others()


def _hush_others() -> None:
    """What libraries write by themselves is less, and holds nobody's words."""
    for name in _CHATTY:
        logging.getLogger(name).setLevel(logging.WARNING)
    logging.getLogger("aiohttp.server").filters[:] = [_WithoutRequest()]
    logging.getLogger("asyncio").filters[:] = [_WithoutValues()]


class _WithoutRequest(logging.Filter):
    """The web server tells of a request that it cannot read with all of it, cookies too: what is kept is that there was one."""

    def filter(self, record: logging.LogRecord) -> bool:
        error = record.exc_info[1] if record.exc_info else None
        if error is not None and _is_of_parser(error):
            record.msg, record.args = "request.unreadable", ()
            record.exc_info = record.exc_text = None
        return True


class _WithoutValues(logging.Filter):
    """The event loop tells of an error that nobody has heard with the objects at hand as they stand, and what is written in them.

    What is kept is what it says before the first of them, and the error's own trace, which is drawn like any other.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        said = _PLAIN_WORDS.match(record.getMessage())
        record.msg, record.args = "asyncio.trouble: %s", (said[0].strip() if said else "",)
        return True


def _is_of_parser(error: BaseException) -> bool:
    """Whether an error, or one behind it, quotes a request's bytes. Known by its room: nothing here may import a server."""
    behind: BaseException | None = error
    while behind is not None:
        if any(kind.__module__ in _PARSERS for kind in type(behind).__mro__):
            return True
        behind = behind.__cause__ or behind.__context__
    return False


def scrub(_: Any, __: str, line: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Hide what looks like a secret, and take out what could forge a line."""
    for name, value in line.items():
        if _SECRET_NAMES.search(name):
            line[name] = "•••"
        elif isinstance(value, str):
            line[name] = _CONTROL.sub("�", _BOT_TOKEN.sub("•••", _DETAIL.sub("", value)))
    return line


def _told(exc_info: tuple[type[BaseException], BaseException, Any]) -> str:
    """An error with what led to it, without what they say."""
    return "".join(_lines(exc_info[1])).rstrip("\n")


def _lines(error: BaseException) -> Iterator[str]:
    before = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    if before is not None:
        yield from _lines(before)
        yield "\nThis led to:\n\n"
    if isinstance(error, BaseExceptionGroup):
        for one in error.exceptions:
            yield from _lines(one)
    yield from traceback.format_tb(error.__traceback__)
    kind = f"{type(error).__module__}.{type(error).__qualname__}"
    yield f"{kind}: {error}\n" if isinstance(error, _HARMLESS) else f"{kind}\n"
