"""A Bluesky of one account on loopback, as far as the connector speaks with it: server, public view and chat in one.

It keeps to what the reference servers do, against which the connector is tested, too: records have names that are written once
where that is asked for, notifications are told from the newest backwards, tokens are renewed by others that renew
themselves. It answers with whatever trouble a test asks for.
"""

import base64
import json
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any

from aiohttp import web

from tests.connectors.server import Server

BRAND = {"did": "did:plc:brand", "handle": "banque.test", "displayName": "La Banque"}
ANN = {"did": "did:plc:ann", "handle": "ann.test", "displayName": "Ann Lee", "avatar": "https://cdn.example/ann.jpg"}
PASSWORD = "app-pass-word-4242"
CHAT = "did:web:api.bsky.chat#bsky_chat"
POST = "app.bsky.feed.post"
_PROFILES = {one["did"]: one for one in (BRAND, ANN)}
_COUNTED = {  # what the next trouble befalls; the others are asked on the way to these
    "app.bsky.notification.listNotifications",
    "com.atproto.repo.uploadBlob",
    "com.atproto.repo.putRecord",
    "chat.bsky.convo.sendMessage",
    "com.atproto.server.getSession",
}


def failed(status: int, error: str, message: str = "", **headers: str) -> web.Response:
    """An error as the servers word it."""
    return web.json_response({"error": error, "message": message}, status=status, headers=headers)


def version(record: object) -> str:
    """A hash of what a record says, in the place of the real one."""
    return "bafyrei" + base64.b32encode(sha256(json.dumps(record).encode()).digest()).decode().lower().strip("=")


class Xrpc(Server):
    """The server. `asked` is every question or deed, with what it was told, in order."""

    def __init__(self) -> None:
        super().__init__()
        self.now = datetime.now(UTC)
        self.records: dict[str, Any] = {}
        self.blobs: dict[str, bytes] = {}
        self.hidden: set[str] = set()
        self.closed: set[str] = set()
        self.notifications: list[Any] = []
        self.log: list[dict[str, Any]] = []
        self.chats: dict[str, list[Any]] = {}
        self.asked: list[tuple[str, dict[str, Any]]] = []
        self.instead: list[web.Response] = []
        self.instead_of: dict[str, web.Response] = {}
        self.headers: dict[str, str] = {}
        self.answers_lost = 0
        self.page = 100
        self.home = ""
        self.has_chat = True
        self.is_locked = False
        self.is_password_right = True
        self.access, self.refresh = "access-0", "refresh-0"
        self._renewed = 0
        self._said = 0

    def routes(self) -> list[web.RouteDef]:
        return [web.route("*", "/xrpc/{method}", self._answer), web.get("/img/{picture:.*}", self._picture)]

    def calls(self, method: str) -> list[dict[str, Any]]:
        """What each question or deed of this kind was told."""
        return [known for name, known in self.asked if name == method]

    # What people do.

    def say(self, text: str, reason: str = "mention", by: dict[str, str] = ANN, **more: Any) -> str:
        """Somebody posts what is for us; the post's address. `ago` puts it below what came before."""
        self._said += 1
        ago = more.pop("ago", timedelta(0))
        uri = f"at://{by['did']}/{POST}/3k{self._said:011d}"
        self.records[uri] = {"$type": POST, "text": text, "createdAt": _text(self.now), **more}
        self.tell(uri, reason, by, at=self.now + timedelta(milliseconds=self._said) - ago)
        return uri

    def tell(self, uri: str, reason: str, by: dict[str, str] = ANN, at: datetime | None = None) -> None:
        """Put a notification into the list."""
        about: dict[str, Any] = {
            "uri": uri,
            "cid": version(self.records[uri]),
            "author": by,
            "reason": reason,
            "isRead": False,
        }
        at = at or self.now + timedelta(milliseconds=self._said)
        self.put(about | {"record": self.records[uri], "indexedAt": _text(at)})

    def put(self, notification: Any) -> None:
        """Put a notification into the list as it is, in its place by time where it tells one."""
        self.notifications.append(notification)
        self.notifications.sort(key=_indexed)

    def delete(self, uri: str) -> None:
        """A post is taken back: it is nowhere any more."""
        del self.records[uri]
        self.notifications = [one for one in self.notifications if one.get("uri") != uri]

    def whisper(self, text: str, convo: str = "convo1", by: dict[str, str] = ANN, **more: Any) -> str:
        """Somebody sends a direct message; its name."""
        self._said += 1
        number = f"3m{self._said:011d}"
        at = _text(self.now + timedelta(milliseconds=self._said))
        view: dict[str, Any] = {"$type": "chat.bsky.convo.defs#messageView", "id": number, "rev": number, "sentAt": at}
        view |= {"text": text, "sender": {"did": by["did"]}, **more}
        self.chats.setdefault(convo, []).append(view)
        self.log.append(_entry("logCreateMessage", convo, number, message=view))
        return f"{convo}/{number}"

    async def _picture(self, request: web.Request) -> web.Response:
        """A picture for whoever asks; there is one."""
        self.asked.append(("picture", dict(request.headers)))
        found = request.match_info["picture"].endswith("/there@jpeg")
        return self.instead_of.pop("picture", None) or web.Response(body=b"picture", status=200 if found else 404)

    # What the account asks.

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        method = request.match_info["method"]
        known: dict[str, Any] = {name: _several(request.query.getall(name)) for name in request.query}
        if method == "com.atproto.repo.uploadBlob":
            known = {"kind": request.content_type, "body": await request.read()}
        elif request.can_read_body:
            known |= await request.json()
        self.asked.append((method, known))
        answered = self._trouble(method) or self._stranger(method, request) or self._do(method, known)
        if self.answers_lost and method in _COUNTED:
            self.answers_lost -= 1
            assert request.transport
            request.transport.close()
        if isinstance(answered, web.Response):
            return answered
        return web.json_response(answered, headers=self.headers)

    def _trouble(self, method: str) -> web.Response | None:
        if method in self.instead_of:
            return self.instead_of.pop(method)
        return self.instead.pop(0) if self.instead and method in _COUNTED else None

    def _stranger(self, method: str, request: web.Request) -> web.Response | None:
        """The refusal of whoever bears no good token, or has no right to the chat."""
        given = request.headers.get("authorization", "")
        if method == "com.atproto.server.createSession":
            return None
        if method == "com.atproto.server.refreshSession":
            is_good = given == f"Bearer {self.refresh}" and not self.is_locked
        else:
            is_good = given == f"Bearer {self.access}" and not self.is_locked
        if not is_good:
            return failed(400, "ExpiredToken", "Token has expired")
        if method.startswith("chat."):
            if request.headers.get("atproto-proxy") != CHAT:
                return failed(501, "MethodNotImplemented", "Method Not Implemented")
            return None if self.has_chat else failed(400, "InvalidToken", "Bad token method")
        return None

    def _do(self, method: str, known: dict[str, Any]) -> web.Response | dict[str, Any]:
        name = "_" + method.rpartition(".")[2]
        deed: Callable[[dict[str, Any]], web.Response | dict[str, Any]] | None = getattr(self, name, None)
        return deed(known) if deed else failed(501, "MethodNotImplemented", "Method Not Implemented")

    def _createSession(self, known: dict[str, Any]) -> web.Response | dict[str, Any]:  # noqa: N802 - the network's names
        if self.is_locked or not self.is_password_right or known.get("password") != PASSWORD:
            return failed(401, "AuthenticationRequired", "Invalid identifier or password")
        return self._session()

    def _refreshSession(self, known: dict[str, Any]) -> dict[str, Any]:  # noqa: N802
        return self._session()

    def _session(self) -> dict[str, Any]:
        """New tokens; those before are good no more."""
        self._renewed += 1
        self.access, self.refresh = f"access-{self._renewed}", f"refresh-{self._renewed}"
        home = {"id": "#atproto_pds", "type": "AtprotoPersonalDataServer", "serviceEndpoint": self.home or self.url}
        told: dict[str, Any] = dict(BRAND)
        return told | {"accessJwt": self.access, "refreshJwt": self.refresh, "didDoc": {"service": [home]}}

    def _getSession(self, known: dict[str, Any]) -> dict[str, Any]:  # noqa: N802
        return dict(BRAND)

    def _listNotifications(self, known: dict[str, Any]) -> dict[str, Any]:  # noqa: N802
        reasons = known.get("reasons") or []
        told = [
            one
            for one in self.notifications[::-1]
            if not isinstance(one, dict) or one.get("reason") in {*reasons, None}
        ]
        return _page("notifications", told, known, self.page)

    def _getPosts(self, known: dict[str, Any]) -> dict[str, Any]:  # noqa: N802
        uris = [uri for uri in _listed(known["uris"]) if uri in self.records and uri not in self.hidden]
        return {"posts": [self._view(uri) for uri in uris]}

    def _view(self, uri: str) -> dict[str, Any]:
        by, record = uri.split("/")[2], self.records[uri]
        likes = [like for like, of in self.records.items() if of.get("subject", {}).get("uri") == uri]
        viewer = {"replyDisabled": uri in self.closed} | ({"like": likes[0]} if likes else {})
        about = {"uri": uri, "cid": version(record), "author": _PROFILES[by], "record": record, "viewer": viewer}
        return about | {"indexedAt": _text(self.now)}

    def _getRecord(self, known: dict[str, Any]) -> web.Response | dict[str, Any]:  # noqa: N802
        uri = _uri(known)
        if uri not in self.records:
            return failed(400, "RecordNotFound", f"Could not locate record: {uri}")
        return {"uri": uri, "cid": version(self.records[uri]), "value": self.records[uri]}

    def _putRecord(self, known: dict[str, Any]) -> web.Response | dict[str, Any]:  # noqa: N802
        uri, there = _uri(known), self.records.get(_uri(known))
        if "swapRecord" in known and known["swapRecord"] != (version(there) if there else None):
            return failed(400, "InvalidSwap", "Record was at another version")
        self.records[uri] = known["record"]
        return {"uri": uri, "cid": version(known["record"])}

    def _uploadBlob(self, known: dict[str, Any]) -> dict[str, Any]:  # noqa: N802
        name = "bafkrei" + sha256(known["body"]).hexdigest()
        self.blobs[name] = known["body"]
        blob = {"$type": "blob", "ref": {"$link": name}, "mimeType": known["kind"], "size": len(known["body"])}
        return {"blob": blob}

    def _deleteRecord(self, known: dict[str, Any]) -> dict[str, Any]:  # noqa: N802
        self.records.pop(_uri(known), None)
        return {}

    def _resolveHandle(self, known: dict[str, Any]) -> web.Response | dict[str, Any]:  # noqa: N802
        found = [one["did"] for one in _PROFILES.values() if one["handle"] == known["handle"]]
        return {"did": found[0]} if found else failed(400, "InvalidRequest", "Unable to resolve handle")

    # The chat.

    def _listConvos(self, known: dict[str, Any]) -> dict[str, Any]:  # noqa: N802
        convos = [self._convo(name) for name in self.chats]
        return _page("convos", sorted(convos, key=lambda one: str(one["rev"]), reverse=True), known, self.page)

    def _convo(self, name: str) -> dict[str, Any]:
        last = self.chats[name][-1:]
        rev = last[0]["rev"] if last else "3m"
        convo = {"id": name, "rev": rev, "members": [BRAND, ANN], "muted": False, "unreadCount": 1}
        return convo | ({"lastMessage": last[0]} if last else {})

    def _getConvo(self, known: dict[str, Any]) -> dict[str, Any]:  # noqa: N802
        return {"convo": self._convo(known["convoId"])}

    def _getConvoForMembers(self, known: dict[str, Any]) -> web.Response | dict[str, Any]:  # noqa: N802
        if self.closed & set(_listed(known["members"])):
            return failed(400, "InvalidRequest", "recipient has disabled incoming messages")
        self.chats.setdefault("convo1", [])
        return {"convo": self._convo("convo1")}

    def _getMessages(self, known: dict[str, Any]) -> dict[str, Any]:  # noqa: N802
        return _page("messages", self.chats[known["convoId"]][::-1], known, self.page)

    def _getLog(self, known: dict[str, Any]) -> dict[str, Any]:  # noqa: N802
        after = [entry for entry in self.log if str(entry["rev"]) > known["cursor"]][: self.page]
        return {"logs": after, "cursor": after[-1]["rev"] if after else known["cursor"]}

    def _sendMessage(self, known: dict[str, Any]) -> dict[str, Any]:  # noqa: N802
        self.whisper(known["message"]["text"], known["convoId"], BRAND)
        return dict(self.chats[known["convoId"]][-1])


def _entry(kind: str, convo: str, rev: str, **more: Any) -> dict[str, Any]:
    return {"$type": f"chat.bsky.convo.defs#{kind}", "convoId": convo, "rev": rev, **more}


def _uri(known: dict[str, Any]) -> str:
    return f"at://{known['repo']}/{known['collection']}/{known['rkey']}"


def _text(at: datetime) -> str:
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _indexed(notification: Any) -> str:
    """What tells no time stands above all that does."""
    return str(notification.get("indexedAt", "9")) if isinstance(notification, dict) else "9"


def _several(values: list[str]) -> str | list[str]:
    return values if len(values) > 1 else values[0]


def _listed(value: str | Iterable[str]) -> list[str]:
    return [value] if isinstance(value, str) else list(value)


def _page(name: str, whole: list[Any], known: dict[str, Any], most: int) -> dict[str, Any]:
    """One page; the place of the next is where this one ends."""
    start = int(known.get("cursor") or 0)
    end = start + min(most, int(known["limit"]))
    return {name: whole[start:end]} | ({"cursor": str(end)} if end < len(whole) else {})
