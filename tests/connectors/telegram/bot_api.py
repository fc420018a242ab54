"""A small Bot API on loopback, which keeps to what Telegram documents where the public emulator does not.

Updates are kept until a question names a higher number; an empty question is held open; a second question ends the first
with 409, and so does a webhook; errors have Telegram's shape. It answers with whatever trouble a test asks for.
"""

import asyncio
import contextlib
import json
from collections.abc import Callable
from typing import Any

from aiohttp import web

from tests.connectors.server import Server

TOKEN = "4242:AAsecretTOKENofTheBot_x-y"
BOT = {"id": 4242, "is_bot": True, "first_name": "La Banque", "username": "Banque_bot"}

_JSON = {"chat_id", "message_thread_id", "reply_parameters", "offset", "limit", "timeout", "allowed_updates", "media"}


def failed(code: int, description: str, **parameters: object) -> web.Response:
    """An error as Telegram words it."""
    told: dict[str, object] = {"ok": False, "error_code": code, "description": description}
    if parameters:
        told["parameters"] = parameters
    return web.json_response(told, status=code)


class BotApi(Server):
    """One bot's server. `asked` is every question, with its parameters, in order."""

    def __init__(self) -> None:
        super().__init__()
        self.files: dict[str, bytes] = {}
        self.uploads: dict[str, web.FileField] = {}
        self.updates: list[Any] = []
        self.sent: list[dict[str, Any]] = []
        self.asked: list[tuple[str, dict[str, Any]]] = []
        self.webhook: dict[str, Any] = {}
        self.instead: list[web.Response] = []
        self.answers_lost = 0
        self.answer_at_once = False
        self.hold_answers = False
        self.next_update = 1000
        self.next_message = 100
        self._news = asyncio.Condition()
        self.held = 0
        self._question = 0

    def routes(self) -> list[web.RouteDef]:
        return [web.post("/bot{token}/{method}", self._answer), web.get("/file/bot{token}/{path:.+}", self._file)]

    async def emit(self, kind: str, body: dict[str, Any]) -> dict[str, Any]:
        """Put one update into the queue."""
        update = {"update_id": self.next_update, kind: body}
        await self.put(update)
        return update

    async def put(self, update: dict[str, Any]) -> None:
        """Put an update into the queue as it is."""
        self.next_update = update["update_id"] + 1
        async with self._news:
            self.updates.append(update)
            self._news.notify_all()

    def answer_next(self, answer: web.Response) -> None:
        """Give this answer to the next question instead of the usual one."""
        self.instead.append(answer)

    def calls(self, method: str) -> list[dict[str, Any]]:
        """The parameters of every question of this kind."""
        return [parameters for name, parameters in self.asked if name == method]

    async def is_polled(self) -> None:
        """Wait until a question is held open."""
        async with asyncio.timeout(10), self._news:
            await self._news.wait_for(lambda: self.held > 0)

    async def is_asked(self, times: int) -> None:
        """Wait until updates were asked for so many times."""
        async with asyncio.timeout(10), self._news:
            await self._news.wait_for(lambda: self._question >= times)

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        method = request.match_info["method"]
        told = await request.post()
        parameters = {name: _value(name, text) for name, text in told.items() if isinstance(text, str)}
        self.uploads = {name: held for name, held in told.items() if isinstance(held, web.FileField)}
        self.asked.append((method, parameters))
        if request.match_info["token"] != TOKEN:
            return failed(401, "Unauthorized")
        if self.instead:
            return self.instead.pop(0)
        answer = await getattr(self, f"_{method}")(parameters)
        if self.answers_lost:
            self.answers_lost -= 1
            assert request.transport
            request.transport.close()
        if self.hold_answers:
            await asyncio.Event().wait()  # ends when the client goes away
        return answer if isinstance(answer, web.Response) else web.json_response({"ok": True, "result": answer})

    async def _file(self, request: web.Request) -> web.Response:
        body = self.files.get(request.match_info["path"].removeprefix("photos/"))
        if request.match_info["token"] != TOKEN or body is None:
            return failed(404, "Not Found")
        return web.Response(body=body)

    async def _getFile(self, parameters: dict[str, Any]) -> object:  # noqa: N802 - Telegram's name
        name = str(parameters["file_id"])
        if name not in self.files:
            return failed(400, "Bad Request: wrong file_id or the file is temporarily unavailable")
        return {"file_id": name, "file_unique_id": "u", "file_path": f"photos/{name}"}

    async def _getMe(self, parameters: dict[str, Any]) -> object:  # noqa: N802 - Telegram's name
        return BOT

    async def _getUpdates(self, parameters: dict[str, Any]) -> object:  # noqa: N802 - Telegram's name
        if self.webhook:
            return failed(409, "Conflict: can't use getUpdates method while webhook is active; delete it first")
        self._confirm(int(parameters.get("offset", 0)))
        async with self._news:
            self._question += 1
            mine = self._question
            self._news.notify_all()
            seconds = 0.0 if self.answer_at_once else float(parameters.get("timeout", 0))
            await self._hold(seconds, lambda: self.updates or self._question > mine)
            if self._question > mine:
                return failed(409, "Conflict: terminated by other getUpdates request; make sure only one bot runs")
            return self.updates[: int(parameters.get("limit", 100))]

    async def _hold(self, seconds: float, until: Callable[[], object]) -> None:
        self.held += 1
        try:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(seconds):
                    await self._news.wait_for(until)
        finally:
            self.held -= 1

    def _confirm(self, offset: int) -> None:
        self.updates = [
            one for one in self.updates if not isinstance(one, dict) or one.get("update_id", offset) >= offset
        ]

    async def _sendMessage(self, parameters: dict[str, Any]) -> object:  # noqa: N802 - Telegram's name
        self.next_message += 1
        message = {"message_id": self.next_message, "date": 1_772_442_000, **parameters}
        self.sent.append(message)
        return message | {"chat": {"id": parameters["chat_id"], "type": "private"}}

    async def _sendPhoto(self, parameters: dict[str, Any]) -> object:  # noqa: N802 - Telegram's name
        return self._file_message(parameters, self.uploads["photo"])

    async def _sendDocument(self, parameters: dict[str, Any]) -> object:  # noqa: N802 - Telegram's name
        return self._file_message(parameters, self.uploads["document"])

    async def _sendMediaGroup(self, parameters: dict[str, Any]) -> object:  # noqa: N802 - Telegram's name
        media = parameters.pop("media")
        if not 2 <= len(media) <= 10 or ("document" in {one["type"] for one in media} != {"document"}):
            return failed(400, "Bad Request: wrong album")
        return [
            self._file_message(parameters | one, self.uploads[one["media"].removeprefix("attach://")]) for one in media
        ]

    def _file_message(self, parameters: dict[str, Any], held: web.FileField) -> dict[str, Any]:
        """One file with its caption, at the most 1,024 UTF-16 units long."""
        caption = str(parameters.pop("caption", ""))
        assert len(caption.encode("utf-16-le")) // 2 <= 1_024
        self.next_message += 1
        file = (held.content_type, held.file.read(), held.filename)
        message = {"message_id": self.next_message, "date": 1_772_442_000, "text": caption, "file": file, **parameters}
        self.sent.append(message)
        return {"message_id": self.next_message, "date": 1_772_442_000, "chat": {"id": parameters["chat_id"]}}

    async def _getWebhookInfo(self, parameters: dict[str, Any]) -> object:  # noqa: N802 - Telegram's name
        return {"url": "", "pending_update_count": len(self.updates)} | self.webhook

    async def _setWebhook(self, parameters: dict[str, Any]) -> object:  # noqa: N802 - Telegram's name
        self.webhook = parameters
        return True

    async def _deleteWebhook(self, parameters: dict[str, Any]) -> object:  # noqa: N802 - Telegram's name
        self.webhook = {}
        return True


def _value(name: str, text: str) -> object:
    """Forms carry text; in these fields it is JSON."""
    return json.loads(text) if name in _JSON else text
