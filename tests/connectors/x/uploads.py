"""The part of the loopback X that takes files: announced, carried in pieces, finished, looked at, described, as X says."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from email import policy
from email.parser import BytesParser
from typing import Any

from aiohttp import web

from tests.connectors.far_side import TakenFile

_KINDS = {"image/jpeg", "image/png", "image/webp", "image/gif", "video/mp4"}
_CATEGORIES = {"tweet_image", "dm_image"}
_LONGEST_PIECE = 5_000_000


@dataclass
class Upload:
    kind: str
    category: str
    total: int
    pieces: dict[int, bytes] = field(default_factory=dict)
    is_finished: bool = False
    alt: str = ""

    @property
    def body(self) -> bytes:
        return b"".join(self.pieces[index] for index in sorted(self.pieces))


class Uploads:
    """`states` is what X says of the next files at each look, before it is done with them."""

    def __init__(self, ids: Iterator[int]) -> None:
        self._ids = ids
        self.known: dict[str, Upload] = {}
        self.states: list[str] = []
        self.private: dict[str, bytes] = {}

    def route(self, method: str, path: list[str], query: dict[str, str], body: Any) -> object:
        """X's answer; None where X answers 404."""
        match method, path:
            case "POST", ["media", "upload", "initialize"]:
                return self._announced(body)
            case "POST", ["media", "upload", number, "append"]:
                return self._carried(self.known[number], body)
            case "POST", ["media", "upload", number, "finalize"]:
                self.known[number].is_finished = len(self.known[number].body) == self.known[number].total
                return self._told(number) if self.known[number].is_finished else bad("segments are missing")
            case "GET", ["media", "upload"]:
                return self._told(query["media_id"]) if query["command"] == "STATUS" else None
            case "POST", ["media", "metadata"]:
                self.known[body["id"]].alt = body["metadata"]["alt_text"]["text"]
                return {"data": {"id": body["id"]}}
            case "GET", ["dm_conversations", "media", *where]:
                found = self.private.get("/".join(where))
                return None if found is None else web.Response(body=found)
        return None

    def taken(self, numbers: list[str]) -> tuple[TakenFile, ...]:
        return tuple(TakenFile(one.kind, one.body, one.alt) for one in map(self.known.__getitem__, numbers))

    def are_ready(self, numbers: list[str], category: str, most: int) -> bool:
        """Whether words may bear these files."""
        found = [self.known.get(number) for number in numbers]
        return len(found) <= most and all(one and one.is_finished and one.category == category for one in found)

    def _announced(self, body: dict[str, Any]) -> object:
        if body["media_type"] not in _KINDS or body["media_category"] not in _CATEGORIES:
            return bad("media type unrecognized")
        number = str(next(self._ids))
        self.known[number] = Upload(body["media_type"], body["media_category"], body["total_bytes"])
        return {"data": {"id": number, "media_key": f"3_{number}", "expires_after_secs": 86_400}}

    def _carried(self, upload: Upload, given: dict[str, bytes]) -> object:
        piece = given["media"]
        if len(piece) > _LONGEST_PIECE:
            return bad("the segment is too large")
        upload.pieces[int(given["segment_index"])] = piece
        return {"data": {"expires_at": 1_784_928_224}}

    def _told(self, number: str) -> object:
        data: dict[str, Any] = {"id": number, "media_key": f"3_{number}", "size": self.known[number].total}
        if self.states:
            data["processing_info"] = {"state": self.states.pop(0), "check_after_secs": 0}
        return {"data": data}


def shown(text: str, numbers: list[str], id_: str) -> dict[str, Any]:
    """How X shows words with files: behind them stands a short link to the files."""
    if not numbers:
        return {"text": text}
    short = f"https://t.co/{id_[-8:]}"
    link = {
        "url": short,
        "expanded_url": f"https://x.com/LaBanque/status/{id_}/photo/1",
        "media_key": f"3_{numbers[0]}",
    }
    return {
        "text": f"{text} {short}".strip(),
        "entities": {"urls": [link]},
        "attachments": {"media_keys": [f"3_{number}" for number in numbers]},
    }


def form(kind: str, raw: bytes) -> dict[str, bytes]:
    """The fields of a form and what stands in them, as another reader finds them."""
    read = BytesParser(policy=policy.HTTP).parsebytes(b"Content-Type: " + kind.encode() + b"\r\n\r\n" + raw)
    parts = [
        (part.get_param("name", header="content-disposition"), part.get_payload(decode=True))
        for part in read.iter_parts()
    ]
    return {str(name): content for name, content in parts}


def bad(detail: str) -> web.Response:
    told = {"title": "Invalid Request", "detail": detail, "type": "https://api.x.com/2/problems/invalid-request"}
    return web.json_response({"errors": [told]}, status=400)
