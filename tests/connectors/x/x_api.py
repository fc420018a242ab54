"""A small X on loopback, which keeps to what X documents: mentions and direct messages by pages, the newest first; tokens that
rotate; a stream that goes on until a test ends it. It answers with whatever trouble a test asks for.
"""

import asyncio
import itertools
import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs

from aiohttp import web

from tests.connectors.server import Server
from tests.connectors.x.uploads import Uploads, bad, form, shown

US = {"id": "1111111111111111111", "name": "La Banque", "username": "LaBanque"}
ANN = {"id": "2222222222222222222", "name": "Ann Lee", "username": "annlee"}
BEARER = "AAAAbearer-of-the-app"
CLIENT_ID = "Y2xpZW50"
CLIENT_SECRET = "c0nfidential-client"
FIRST_REFRESH = "refresh-token-0"
HTML = "<html><body>503 over capacity</body></html>"
_MENTIONS_DEEP = 800


def problem(status: int, detail: str, **headers: str) -> web.Response:
    """An error as X words it."""
    told = {"title": "Problem", "detail": detail, "status": status, "type": "https://api.x.com/2/problems/x"}
    return web.json_response(told, status=status, headers=headers)


def stamp(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.") + f"{at.microsecond // 1000:03d}Z"


class XApi(Server):
    """One account's X. `asked` is every request, in order; `told` are the bodies of those that act."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        super().__init__()
        self.now = now
        self.posts: list[Any] = []
        self.dms: list[Any] = []
        self.users: dict[str, dict[str, Any]] = {US["id"]: US, ANN["id"]: ANN}
        self.own: list[dict[str, Any]] = []
        self.written: list[dict[str, Any]] = []
        self.asked: list[tuple[str, str]] = []
        self.told: list[tuple[str, str, Any]] = []
        self.instead: list[Callable[[], web.Response]] = []
        self.denied = 0
        self.fine_first = 0
        self.losing_at_last = 0
        self.answers_lost = 0
        self.page = 100
        self.refresh_token = FIRST_REFRESH
        self.access_token = ""
        self.renewals: list[dict[str, str]] = []
        self.token_answers: list[web.Response] = []
        self.rules: list[dict[str, str]] = []
        self.webhooks: list[dict[str, Any]] = []
        self.subscriptions: list[dict[str, Any]] = []
        self.connections = 0
        self.stream_lines: asyncio.Queue[bytes | None] = asyncio.Queue()
        self.stream_answer: Callable[[], web.Response] | None = None
        self.grants_looking_back = True
        self.stream_asked: list[dict[str, str]] = []
        self._news = asyncio.Condition()
        self._streaming: asyncio.Task[Any] | None = None
        self.next_id = itertools.count(2080761390344937000)
        self.uploads = Uploads(self.next_id)
        self.media: dict[str, list[str]] = {}
        self.open_files: dict[str, bytes] = {}
        self.bearers_of_open_files: list[str] = []
        self.beat_seconds: float | None = None
        self.beats = 0

    def routes(self) -> list[web.RouteDef]:
        return [
            web.post("/2/oauth2/token", self._token),
            web.get("/2/tweets/search/stream", self._stream),
            web.get("/2/activity/stream", self._stream),
            web.get("/open/{name}", self._open_file),
            web.route("*", "/{path:.*}", self._answer),
        ]

    def new_id(self) -> str:
        return str(next(self.next_id))

    def post(self, text: str, **more: Any) -> dict[str, Any]:
        """A post of Ann's that mentions us. It is in the list of mentions at once."""
        id_ = self.new_id()
        name = f"@{US['username']}"
        at = text.find(name)
        mentions = [{"start": at, "end": at + len(name), "username": US["username"], "id": US["id"]}] if at >= 0 else []
        post = {
            "id": id_,
            "text": text,
            "author_id": ANN["id"],
            "conversation_id": id_,
            "created_at": stamp(self.now()),
            "edit_history_tweet_ids": [id_],
            "entities": {"mentions": mentions},
        } | more
        self.posts.append(post)
        return post

    def dm(self, text: str, **more: Any) -> dict[str, Any]:
        """A direct message of Ann's."""
        event = {
            "id": self.new_id(),
            "event_type": "MessageCreate",
            "text": text,
            "sender_id": ANN["id"],
            "dm_conversation_id": f"{US['id']}-{ANN['id']}",
            "created_at": stamp(self.now()),
        } | more
        self.dms.append(event)
        return event

    async def _token(self, request: web.Request) -> web.Response:
        form = {name: values[0] for name, values in parse_qs((await request.read()).decode()).items()}
        self.renewals.append(form)
        if self.token_answers:
            return self.token_answers.pop(0)
        if self.denied or form.get("refresh_token") != self.refresh_token:
            self.denied = max(self.denied - 1, 0)
            return web.json_response({"error": "invalid_request", "error_description": "bad token"}, status=400)
        turn = len(self.renewals)
        self.refresh_token, self.access_token = f"refresh-token-{turn}", f"access-token-{turn}"
        told = {"token_type": "bearer", "expires_in": 7200, "scope": "tweet.read"}
        return web.json_response(told | {"access_token": self.access_token, "refresh_token": self.refresh_token})

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        self.asked.append((request.method, request.path_qs))
        given = request.headers.get("Authorization", "")
        if self.denied or given not in {f"Bearer {self.access_token}", f"Bearer {BEARER}"}:
            return problem(401, "Unauthorized")
        if self.fine_first:
            self.fine_first -= 1
        elif self.losing_at_last:
            self.answers_lost, self.losing_at_last = self.losing_at_last, 0
        elif self.instead:
            return self.instead.pop(0)()
        raw = await request.read()
        is_form = request.content_type == "multipart/form-data"
        body = form(request.headers["content-type"], raw) if is_form else json.loads(raw or b"null")
        if request.method != "GET":
            self.told.append((request.method, request.path, body))
        answer = self._route(request, body)
        if self.answers_lost:
            self.answers_lost -= 1
            assert request.transport
            request.transport.close()
        if answer is None:
            return problem(404, "Not Found")
        return answer if isinstance(answer, web.Response) else web.json_response(answer)

    def _route(self, request: web.Request, body: Any) -> object:
        match request.method, request.path.split("/")[2:]:
            case "GET", ["users", "me"]:
                return {"data": US}
            case "GET", ["users", _, "mentions"]:
                return self._mentions(request)
            case "GET", ["users", _, "tweets"]:
                return {"data": self.own[::-1][:100], "meta": {}}
            case "GET", ["dm_events"]:
                return self._page(request, self.dms[::-1])
            case "GET", ["dm_conversations", "with", person, "dm_events"]:
                return self._page(request, [one for one in self.dms[::-1] if person in str(one)])
            case "POST", ["tweets"]:
                return self._tweet(body)
            case "POST", ["dm_conversations", *place, "messages"]:
                return self._write(place, body)
            case "PUT", ["tweets", _, "hidden"]:
                return {"data": body}
            case "DELETE", ["tweets", _]:
                return {"data": {"deleted": True}}
            case method, ["tweets", "search", "stream", "rules"]:
                return self._change_rules(method, body)
            case method, ["webhooks", *_]:
                return self._hook(method, body)
            case method, ["activity", "subscriptions", *which]:
                # The account allows what is its own; X has only the app itself list and change them, or asks for more scopes.
                is_app = request.headers["Authorization"] == f"Bearer {BEARER}"
                return (
                    self._subscribe(method, which, body) if is_app == (method != "POST") else problem(403, "Not you.")
                )
            case method, path:
                return self.uploads.route(method, path, dict(request.query), body)

    def _mentions(self, request: web.Request) -> object:
        since, start = int(request.query.get("since_id", 0)), request.query.get("start_time", "")
        fresh = [one for one in self.posts[::-1][:_MENTIONS_DEEP] if _number(one) > since and _written(one) >= start]
        return self._page(request, fresh)

    def _page(self, request: web.Request, things: list[Any]) -> object:
        """The newest first, so many at a time; the token says where the next page begins."""
        at = int(request.query.get("pagination_token", 0))
        shown = things[at : at + self.page]
        more = {"next_token": str(at + self.page)} if at + self.page < len(things) else {}
        if not shown:
            return {"meta": {"result_count": 0}}
        return {
            "data": shown,
            "includes": {"users": list(self.users.values())},
            "meta": {"result_count": len(shown)} | more,
        }

    def _tweet(self, body: dict[str, Any]) -> object:
        id_, numbers = self.new_id(), body.get("media", {}).get("media_ids", [])
        if not self.uploads.are_ready(numbers, "tweet_image", 4) or not (numbers or body.get("text")):
            return bad("Your media IDs are invalid.")
        said = body.get("text", "").replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
        answered = body.get("reply", {}).get("in_reply_to_tweet_id", "")
        found = next((one for one in self.posts if isinstance(one, dict) and one["id"] == answered), None)
        post = {
            "id": id_,
            "author_id": US["id"],
            "conversation_id": found["conversation_id"] if found else answered,
            "in_reply_to_user_id": found["author_id"] if found else ANN["id"],
            "created_at": stamp(self.now()),
            "referenced_tweets": [{"type": "replied_to", "id": answered}],
        } | shown(said, numbers, id_)
        self.own.append(post)
        self.media[id_] = numbers
        return web.json_response({"data": {"id": id_, "text": said}}, status=201)

    def _write(self, place: list[str], body: dict[str, Any]) -> object:
        id_, numbers = self.new_id(), [one["media_id"] for one in body.get("attachments", [])]
        if not self.uploads.are_ready(numbers, "dm_image", 1) or not (numbers or body.get("text")):
            return bad("Your media IDs are invalid.")
        text = body.get("text", "")
        self.written.append({"id": id_, "to": place[-1], "text": text})
        self.media[id_] = numbers
        conversation = f"{US['id']}-{place[-1]}" if len(place) == 2 else place[0]
        more = {"id": id_, "sender_id": US["id"], "dm_conversation_id": conversation}
        self.dm(**(shown(text, numbers, id_) | more))
        return web.json_response({"data": {"dm_conversation_id": conversation, "dm_event_id": id_}}, status=201)

    def _change_rules(self, method: str, body: Any) -> object:
        if method == "POST":
            gone = body.get("delete", {}).get("ids", [])
            self.rules = [one for one in self.rules if one["id"] not in gone]
            self.rules += [one | {"id": self.new_id()} for one in body.get("add", [])]
        return {"data": self.rules, "meta": {"sent": stamp(self.now())}} if self.rules else {"meta": {}}

    def _hook(self, method: str, body: Any) -> object:
        if method == "POST":
            self.webhooks.append({"id": self.new_id(), "url": body["url"], "valid": True})
            return {"data": self.webhooks[-1]}
        if method == "PUT":
            self.webhooks = [one | {"valid": True} for one in self.webhooks]
        return {"data": self.webhooks, "meta": {"result_count": len(self.webhooks)}}

    def _subscribe(self, method: str, which: list[str], body: Any) -> object:
        if method == "POST":
            self.subscriptions.append(body | {"subscription_id": self.new_id()})
        if method == "PUT":
            self.subscriptions = [
                one | body if one["subscription_id"] == which[0] else one for one in self.subscriptions
            ]
        return {"data": self.subscriptions, "meta": {}}

    async def _stream(self, request: web.Request) -> web.StreamResponse:
        if self._streaming:
            self._streaming.cancel()  # one connection at a time
        self._streaming = asyncio.current_task()
        async with self._news:
            self.connections += 1
            self.stream_asked.append(dict(request.query))
            self._news.notify_all()
        self.asked.append((request.method, request.path_qs))
        if request.headers.get("Authorization") != f"Bearer {BEARER}":
            return problem(401, "Unauthorized")
        if self.stream_answer:
            return self.stream_answer()
        if "backfill_minutes" in request.query and not self.grants_looking_back:
            return problem(400, "Backfill is not granted to this app")
        answer = web.StreamResponse(headers={"content-type": "application/json"})
        await answer.prepare(request)
        while (line := await self._next_line()) is not None:
            await answer.write(line + b"\r\n")
        return answer

    async def _open_file(self, request: web.Request) -> web.Response:
        """What everybody may have. Who asked is noted."""
        self.bearers_of_open_files.append(request.headers.get("Authorization", ""))
        found = self.open_files.get(request.match_info["name"])
        return web.Response(status=404) if found is None else web.Response(body=found)

    async def _next_line(self) -> bytes | None:
        """What is told next; an empty line where nothing was for a while."""
        try:
            async with asyncio.timeout(self.beat_seconds):
                return await self.stream_lines.get()
        except TimeoutError:
            async with self._news:
                self.beats += 1
                self._news.notify_all()
            return b""

    async def connects(self, times: int) -> None:
        """Wait until the stream was asked for so many times."""
        async with asyncio.timeout(20), self._news:
            await self._news.wait_for(lambda: self.connections >= times)

    async def is_kept_alive(self, times: int) -> None:
        """Wait until the stream has sent so many empty lines."""
        async with asyncio.timeout(20), self._news:
            await self._news.wait_for(lambda: self.beats >= times)


def _number(thing: Any) -> int:
    name = thing.get("id") if isinstance(thing, dict) else None
    return int(name) if isinstance(name, str) and name.isdigit() else 2**62


def _written(thing: Any) -> str:
    return str(thing.get("created_at", "9")) if isinstance(thing, dict) else "9"


def line(post: dict[str, Any]) -> bytes:
    """A post as the filtered stream tells it."""
    return json.dumps(
        {"data": post, "includes": {"users": [ANN, US]}, "matching_rules": [{"id": "1", "tag": "comptoir"}]}
    ).encode()
