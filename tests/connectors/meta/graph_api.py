"""A small Graph on loopback: it knows its token and the app's proof, and makes whatever trouble a test asks for."""

import hashlib
import hmac
import json
from collections.abc import Callable
from typing import Any

from aiohttp import web

from tests.connectors.far_side import TakenFile

TOKEN = "EAAsecretTOKENofTheAccount9x"
APP_SECRET = "app-secret-0f1e2d3c"
APP_ID = "700700700"

# (method, path without its version, query, body) → what is answered.
Play = Callable[[str, str, dict[str, str], dict[str, Any]], Any]


def failed(code: int, message: str = "No.", *, status: int = 400, subcode: int = 0, **more: object) -> web.Response:
    """An error as the Graph words it."""
    error: dict[str, object] = {"message": message, "type": "OAuthException", "code": code, "fbtrace_id": "A1b2"} | more
    if subcode:
        error["error_subcode"] = subcode
    return web.json_response({"error": error}, status=status)


def read(file: Any) -> tuple[str, TakenFile]:
    """A file that came in a form, and its name there."""
    return file.filename, TakenFile(file.content_type, file.file.read())


async def _body(request: web.Request) -> dict[str, Any]:
    if request.content_type == "multipart/form-data":
        return dict(await request.post())
    raw = await request.read()
    return json.loads(raw) if raw else {}


class GraphApi:
    """One server. `asked` is every question, in order; `play` is the network behind it."""

    def __init__(self, play: Play, scopes: tuple[str, ...] = ()) -> None:
        self.play = play
        self.asked: list[tuple[str, str, dict[str, str], dict[str, Any]]] = []
        self.instead: list[web.Response] = []
        self.answers_lost = 0
        self.token = TOKEN
        self.app_token = f"{APP_ID}|{APP_SECRET}"
        # What trouble passes by: (method, path).
        self.spared: set[tuple[str, str]] = set()
        self.inspected: dict[str, Any] = {"app_id": APP_ID, "is_valid": True, "scopes": list(scopes), "expires_at": 0}
        self.port = 0
        self._runner: web.AppRunner | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def proof(self) -> str:
        """What a request must bear beside the token."""
        return hmac.new(APP_SECRET.encode(), self.token.encode(), hashlib.sha256).hexdigest()

    async def start(self) -> None:
        app = web.Application(client_max_size=200 * 1024**2)
        app.router.add_route("*", "/{version}/{path:.+}", self._answer)
        self._runner = web.AppRunner(app, access_log=None, handler_cancellation=True, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", self.port, reuse_address=True)
        await site.start()
        self.port = self._runner.addresses[0][1]

    async def stop(self) -> None:
        if self._runner:
            await self._runner.cleanup()
            self._runner = None

    def answer_next(self, answer: web.Response) -> None:
        """Give this answer to the next question instead of the usual one."""
        self.instead.append(answer)

    def calls(self, path: str) -> list[tuple[dict[str, str], dict[str, Any]]]:
        """Query and body of every question at this path."""
        return [(query, body) for _, asked, query, body in self.asked if asked == path]

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        method, path = request.method, request.match_info["path"]
        query = dict(request.query)
        body = await _body(request)
        self.asked.append((method, path, query, body))
        is_spared = (method, path) in self.spared
        if self.instead and not is_spared:
            return self.instead.pop(0)
        is_ours = self._is_ours(request) if path != "debug_token" else self._is_the_app(request)
        if not is_ours:
            return failed(190, "Invalid OAuth access token.", status=401)
        query.pop("appsecret_proof", None)
        answer = {"data": self.inspected} if path == "debug_token" else self.play(method, path, query, body)
        if self.answers_lost and not is_spared:
            # Our library asks a lost question again by itself, but never repeats a deed.
            self.answers_lost = self.answers_lost - 1 if method == "GET" else 0
            assert request.transport
            request.transport.close()
        return answer if isinstance(answer, web.Response) else web.json_response(answer)

    def _is_ours(self, request: web.Request) -> bool:
        has_token = request.headers.get("Authorization") == f"Bearer {self.token}"
        return has_token and request.query.get("appsecret_proof") == self.proof

    def _is_the_app(self, request: web.Request) -> bool:
        is_the_app = request.headers.get("Authorization") == f"Bearer {self.app_token}"
        return is_the_app and request.query.get("input_token") == self.token
