"""The line to Telegram: python-telegram-bot's `Bot`, over the desk's one guarded way out.

The library puts the token into each address, and into its errors and its picture of itself. So it is given a word in the
token's place, and the request, which tells nobody, puts the token in at the last moment. What lies above cannot tell what
it never knew.
"""

import json
import logging
from http import HTTPStatus
from typing import Any, cast
from urllib.parse import quote, urlencode

from telegram import Bot, User
from telegram.error import TelegramError
from telegram.request import BaseRequest, RequestData

from bot import errors
from bot.connectors import multipart
from bot.connectors.client import Client
from bot.connectors.telegram import remedies
from bot.connectors.telegram.options import Options

_WITHHELD = "withheld"
# Telegram holds an empty question open so long; any answer may take so long.
HOLD_SECONDS = 25
ANSWER_SECONDS = 20.0
# A hundred updates at their longest, each with the message that it answers. A lower bound would stop the bot for good.
_MOST_BYTES = 20_000_000
_PLAIN = "application/x-www-form-urlencoded"
# What acts goes over a connection of its own: one that was kept may be dead, and then nobody could tell whether the words
# had arrived. A question is kept open and asked again, so its connection is kept too.
_ONCE = {"connection": "close"}


class _Discreet(logging.LoggerAdapter[logging.Logger]):
    """Drops the library's debug lines: they quote customers' words and the webhook's secret."""

    def debug(self, msg: object, *args: object, **kwargs: Any) -> None:
        """Say nothing."""


class _Request(BaseRequest):
    """How the library's requests leave: guarded, and with the token in the address."""

    def __init__(self, options: Options, headers: dict[str, str]) -> None:
        self._token = options.token
        self._headers = headers
        self._client = Client(
            is_private_network_allowed=options.is_private_network_allowed,
            total_seconds=ANSWER_SECONDS,
            most_bytes=_MOST_BYTES,
        )

    @property
    def read_timeout(self) -> float:
        return ANSWER_SECONDS

    async def initialize(self) -> None:
        await self._client.open()

    async def shutdown(self) -> None:
        await self._client.close()

    async def do_request(
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        read_timeout: Any = None,
        write_timeout: Any = None,  # noqa: ARG002 - the library's protocol; the client has one time for the whole
        connect_timeout: Any = None,  # noqa: ARG002 - the same
        pool_timeout: Any = None,  # noqa: ARG002 - the same
    ) -> tuple[int, bytes]:
        kind, body = _form(request_data)
        answer = await self._client.request(
            method,
            url.replace(_WITHHELD, self._token, 1),
            headers=self._headers | {"content-type": kind},
            body=body,
            total_seconds=read_timeout if isinstance(read_timeout, float) else None,
        )
        if answer.status == HTTPStatus.TOO_MANY_REQUESTS:
            # Read here: the library's own error for it warns of its own deprecation each time.
            raise remedies.TooManyRequests(_retry_after(answer.body))
        return answer.status, answer.body

    @staticmethod
    def parse_json_payload(payload: bytes) -> dict[str, Any]:
        """As leniently as the library: half an emoji in one update must not make a batch unreadable. Nothing is logged."""
        try:
            answer = json.loads(payload.decode("utf-8", "replace"))
        except (ValueError, RecursionError):
            raise remedies.UnreadableAnswer from None
        if not isinstance(answer, dict):
            raise remedies.UnreadableAnswer
        return answer


class Api(Bot):
    """One bot. `meet` and `call` raise our errors and no others."""

    _LOGGER = cast("logging.Logger", _Discreet(logging.getLogger(__name__)))

    def __init__(self, options: Options) -> None:
        super().__init__(
            _WITHHELD,
            base_url=f"{options.base_url}/bot",
            base_file_url=f"{options.base_url}/file/bot",
            request=_Request(options, _ONCE),
            get_updates_request=_Request(options, {}),
        )
        # What stands behind the bot's number is the secret.
        self._secrets = (options.token, options.token.partition(":")[2], options.hook_secret)

    async def meet(self) -> User:
        """Open the line, and ask who we are."""
        try:
            await self.initialize()
        except (TelegramError, KeyError, TypeError) as error:
            raise remedies.of(error, self._secrets, acts=False) from None
        return self.bot

    async def call(self, method: str, *, wait: float | None = None, acts: bool = False, **parameters: Any) -> Any:
        """Telegram's answer as it came, unread: one bad part of it must not spoil the rest.

        `acts` when the request must not be done twice: then a lost answer raises Uncertain instead of TryLater.
        """
        try:
            return await self._post(method, parameters, read_timeout=wait or ANSWER_SECONDS)
        except (TelegramError, KeyError) as error:
            raise remedies.of(error, self._secrets, acts=acts) from None

    async def file(self, file_id: str) -> bytes:
        """A file's content, by its id. The address that Telegram gives for it holds the token, and is told to nobody."""
        told = await self.call("getFile", file_id=file_id)
        path = told.get("file_path") if isinstance(told, dict) else None
        if not isinstance(path, str) or not path:
            raise errors.Refused("Telegram does not give this file.")
        try:
            status, body = await self.request.do_request(f"{self.base_file_url}/{quote(path)}", "GET")
        except (errors.Uncertain, remedies.TooManyRequests) as error:
            raise remedies.of(error, self._secrets, acts=False) from None
        if status == HTTPStatus.OK:
            return body
        if status < HTTPStatus.INTERNAL_SERVER_ERROR:
            raise errors.Refused("Telegram no longer has this file.")
        raise errors.TryLater("Telegram has a difficulty of its own.")


def _form(told: RequestData | None) -> tuple[str, bytes]:
    """What is told, as a form: its content type and its bytes. Only files need one in parts."""
    fields = told.json_parameters if told else {}
    if told is None or not told.contains_files:
        return _PLAIN, urlencode(fields).encode()
    files = [
        multipart.Part(under, name, kind, held if isinstance(held, bytes) else held.read())
        for under, (name, held, kind) in told.multipart_data.items()
    ]
    return multipart.written(fields, *files)


def _retry_after(payload: bytes) -> object:
    """What the answer says of waiting; None when it says nothing, or is not Telegram's."""
    try:
        parameters = _Request.parse_json_payload(payload).get("parameters")
    except remedies.UnreadableAnswer:
        return None
    return parameters.get("retry_after") if isinstance(parameters, dict) else None
