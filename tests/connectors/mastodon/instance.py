"""A small instance on loopback, which keeps to what Mastodon documents where the public mock does not.

Changes reach followers only, deletions whoever was named; people can be held back by filters; a stream can be cut, an answer lost
or replaced. `asked` is every request, in order.
"""

import asyncio
import html
import itertools
import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from aiohttp import web

from tests.connectors.server import Server

TOKEN = "tokenOfTheBrand_x-9f8e7d"
BRAND = {"id": "1", "acct": "banque", "username": "banque", "display_name": "La Banque", "avatar": None}
ANN = {
    "id": "7",
    "acct": "ann@far.example",
    "username": "ann",
    "display_name": "Ann Lee",
    "avatar": "https://far.example/a.png",
}
BOB = ANN | {"id": "8", "acct": "bob", "username": "bob", "display_name": "Bob"}

JSON = dict[str, Any]


def now() -> str:
    return datetime.now(UTC).isoformat().replace("+00:00", "Z")


def markup(text: str) -> str:
    """What Mastodon makes of plain words."""
    return "".join(f"<p>{html.escape(part, quote=False)}</p>" for part in text.split("\n\n"))


class Instance(Server):
    """One instance, as its brand's account sees it."""

    def __init__(self) -> None:
        super().__init__()
        self.statuses: dict[str, JSON] = {}
        self.histories: dict[str, list[JSON]] = {}
        self.notifications: list[Any] = []
        self.sent: list[JSON] = []
        self.keys: dict[str, str] = {}
        self.held_back: list[JSON] = []
        self.asked: list[tuple[str, str, Any]] = []
        self.instead: list[web.Response] = []
        self.instead_of_posts: list[web.Response] = []
        self.answers_lost = 0
        self.posts_lost = 0
        self.media: dict[str, JSON] = {}
        self.files: dict[str, tuple[str, bytes]] = {}
        self.looks_until_ready = 0
        self.has_stream = True
        self.has_v2 = True
        self.about: JSON = {"configuration": {"statuses": {"max_characters": 500, "characters_reserved_per_url": 23}}}
        self._ids = itertools.count(1001)
        self._streams: list[asyncio.Queue[bytes | None]] = []
        self._news = asyncio.Condition()

    def routes(self) -> list[web.RouteDef]:
        return [web.route("*", "/api/{path:.*}", self._answer)]

    # What people do

    def write(self, text: str, account: JSON = ANN, visibility: str = "public", **more: Any) -> JSON:
        """Somebody writes a post, and nobody is told."""
        status = {
            "id": str(next(self._ids)),
            "created_at": now(),
            "account": account,
            "content": markup(text),
            "visibility": visibility,
            "spoiler_text": "",
            "in_reply_to_id": None,
            "edited_at": None,
            "url": f"https://far.example/@ann/{len(self.statuses)}",
            "media_attachments": [],
            "poll": None,
        } | more
        self.statuses[status["id"]] = status
        return status

    def say(self, text: str, account: JSON = ANN, visibility: str = "public", **more: Any) -> JSON:
        """Somebody writes a post that names the brand, and the brand is told."""
        status = self.write(f"@banque {text}", account, visibility, **more)
        self.tell(status)
        return status

    def tell(self, status: Any, kind: str = "mention", *, is_filtered: bool = False) -> JSON:
        """Notify the brand; what is filtered is not streamed."""
        told = {"id": str(next(self._ids)), "type": kind, "created_at": now(), "status": status}
        if is_filtered:
            told["filtered"] = True
            self.held_back.append({"id": f"r{told['id']}", "account": status["account"]})
        else:
            self.stream("notification", json.dumps(told))
        self.notifications.append(told)
        return told

    def edit(self, status_id: str, text: str, *, is_streamed: bool = False) -> None:
        status = self.statuses[status_id]
        kept = ("content", "spoiler_text", "media_attachments", "poll")
        first = {name: status[name] for name in kept} | {"created_at": status["created_at"]}
        history = self.histories.setdefault(status_id, [first])
        status |= {"content": markup(text), "edited_at": now()}
        history.append({name: status[name] for name in kept} | {"created_at": status["edited_at"]})
        if is_streamed:
            self.stream("status.update", json.dumps(status))

    def delete(self, status_id: str, *, is_streamed: bool = True) -> None:
        del self.statuses[status_id]
        self.notifications = [one for one in self.notifications if one["status"]["id"] != status_id]
        if is_streamed:
            self.stream("delete", status_id)

    def stream(self, name: str, data: str) -> None:
        """Tell all who listen."""
        self.pour(f"event: {name}\ndata: {data}\n\n".encode())

    def pour(self, piece: bytes | None) -> None:
        """Write into the streams as it is; None ends them."""
        for queue in self._streams:
            queue.put_nowait(piece)

    # What tests wait for

    async def until(self, is_so: Callable[[], object]) -> None:
        """Wait until it is so after some request."""
        async with asyncio.timeout(20), self._news:
            await self._news.wait_for(is_so)

    async def is_listened_to(self, times: int = 1) -> None:
        """Wait until so many streams were opened, and a look was taken since."""
        await self.until(lambda: self._looks_since_stream() >= 1 and self.calls("GET", "v1/streaming/user") >= times)

    async def is_left(self) -> None:
        """Wait until no stream is open."""
        await self.until(lambda: not self._streams)

    def calls(self, method: str, path: str) -> int:
        return sum((method, path) == one[:2] for one in self.asked)

    def _looks_since_stream(self) -> int:
        paths = [path for _, path, _ in self.asked]
        last = max((place for place, path in enumerate(paths) if path == "v1/streaming/user"), default=len(paths))
        return paths[last:].count("v1/notifications")

    # What the connector asks

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        path = request.match_info["path"]
        is_form = request.content_type == "multipart/form-data"
        body = dict(await request.post()) if is_form else await request.json() if request.can_read_body else {}
        self.asked.append((request.method, path, body or dict(request.query)))
        async with self._news:
            self._news.notify_all()
        if self.instead:
            return self.instead.pop(0)
        if request.method == "POST" and self.instead_of_posts:
            return self.instead_of_posts.pop(0)
        if request.headers.get("Authorization") != f"Bearer {TOKEN}":
            return web.json_response({"error": "The access token is invalid"}, status=401)
        answer = self._answered(request, path, body)
        if path == "v1/streaming/user" and answer is None and self.has_stream:
            answer = await self._listen(request)
        if self.answers_lost or (request.method == "POST" and self.posts_lost):
            # A question whose answer is lost is asked again by the library itself, over another connection.
            self.answers_lost -= request.method != "GET" and self.answers_lost > 0
            self.posts_lost -= self.posts_lost > 0
            assert request.transport
            request.transport.close()
        if isinstance(answer, web.StreamResponse):
            return answer
        return refused(404, "Record not found") if answer is None else web.json_response(answer)

    def _answered(self, request: web.Request, path: str, body: JSON) -> Any:
        match [request.method, *path.split("/")]:
            case ["GET", "v1", "accounts", "verify_credentials"]:
                return BRAND
            case ["GET", "v1" | "v2" as version, "instance"]:
                return self.about if self.has_v2 or version == "v1" else None
            case ["GET", "v1", "notifications"]:
                return self._page(request)
            case ["GET", "v1", "notifications", "requests"]:
                return self.held_back
            case ["POST", "v1", "notifications", "requests", "accept"]:
                self.held_back = [one for one in self.held_back if one["id"] not in body["id"]]
                return {}
            case ["GET", "v1", "accounts", id_]:
                return next((one for one in (ANN, BOB) if one["id"] == id_), None)
            case ["GET", "v1", "accounts", "1", "statuses"]:
                return [one for one in self.statuses.values() if one["account"] is BRAND][::-1]
            case ["GET", "v1", "statuses"]:
                return [self.statuses[id_] for id_ in request.query.getall("id[]") if id_ in self.statuses]
            case ["POST", "v2", "media"]:
                return self._carried_up(body)
            case ["GET", "v1", "media", id_]:
                return self._looked_at(id_)
            case ["POST", "v1", "statuses"]:
                return self._post(body, request.headers.get("Idempotency-Key", ""))
            case [method, "v1", "statuses", id_, *rest] if id_ in self.statuses:
                return self._one(method, id_, rest, body)
        return None

    def _page(self, request: web.Request) -> list[Any]:
        query = request.query
        places = {_id(one): place for place, one in enumerate(self.notifications)}
        shown = self.notifications
        if query.get("include_filtered") != "true":
            shown = [one for one in shown if not one.get("filtered")]
        limit = int(query["limit"])
        if min_id := query.get("min_id"):
            after = [one for one in shown if places[_id(one)] > places.get(min_id, -1) and int(_id(one)) > int(min_id)]
            return after[:limit][::-1]
        if max_id := query.get("max_id"):
            shown = [one for one in shown if int(_id(one)) < int(max_id)]
        return shown[-limit:][::-1]

    def _post(self, body: JSON, key: str) -> Any:
        if key in self.keys:
            return self.statuses[self.keys[key]]
        if len(body["status"]) > self.about["configuration"]["statuses"]["max_characters"]:
            return refused(422, "Validation failed: Text character limit exceeded")
        numbers = body.get("media_ids", [])
        if not all(self.media.get(number, {}).get("url") for number in numbers):
            return refused(422, "Cannot attach files that have not finished processing. Try again in a moment!")
        more = {name: body.get(name) for name in ("in_reply_to_id", "spoiler_text")}
        more["media_attachments"] = [self.media[number] for number in numbers]
        status = self.write(body["status"], BRAND, body["visibility"], **more)
        self.sent.append({"id": status["id"], "key": key, **body})
        self.keys[key] = status["id"]
        return status

    def _carried_up(self, form: JSON) -> web.Response:
        """A file; 202 while the instance still works on it."""
        id_, file = str(next(self._ids)), form["file"]
        self.files[id_] = file.content_type, file.file.read()
        ready = not self.looks_until_ready
        self.media[id_] = {"id": id_, "type": "image", "url": f"https://far.example/{id_}" if ready else None}
        self.media[id_]["description"] = form.get("description")
        return web.json_response(self.media[id_], status=200 if ready else 202)

    def _looked_at(self, id_: str) -> web.Response:
        self.looks_until_ready -= 1
        if not self.looks_until_ready:
            self.media[id_]["url"] = f"https://far.example/{id_}"
        return web.json_response(self.media[id_], status=206 if self.looks_until_ready else 200)

    def _one(self, method: str, id_: str, rest: list[str], body: JSON) -> Any:
        status = self.statuses[id_]
        match [method, *rest]:
            case ["GET"]:
                return status
            case ["GET", "history"]:
                return self.histories.get(id_)
            case ["GET", "source"]:
                return {"id": id_, "text": next(one["status"] for one in self.sent if one["id"] == id_)}
            case ["PUT"]:
                # What an edit does not name again is gone.
                status["media_attachments"] = [self.media[number] for number in body.get("media_ids", [])]
                return status | {"content": markup(body["status"])}
            case ["DELETE"]:
                return self.statuses.pop(id_)
            case ["POST", "favourite" | "unfavourite" as deed]:
                return status | {"favourited": deed == "favourite"}
        return None

    async def _listen(self, request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
        queue: asyncio.Queue[bytes | None] = asyncio.Queue()
        self._streams.append(queue)
        try:
            await response.prepare(request)
            await response.write(b":)\n\n")
            while (piece := await queue.get()) is not None:
                await response.write(piece)
        finally:
            self._streams.remove(queue)
            async with self._news:
                self._news.notify_all()
        return response


def _id(raw: Any) -> str:
    return str(raw["id"])


def refused(status: int, error: str, **headers: str) -> web.Response:
    """An error as Mastodon words it."""
    return web.json_response({"error": error}, status=status, headers=headers)
