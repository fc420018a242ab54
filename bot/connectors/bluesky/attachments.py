"""What a post carries besides words: pictures, a film, a link, another post."""

from collections.abc import Iterator
from typing import Any

PICTURES = "https://cdn.bsky.app/img/feed_fullsize/plain"


def of(record: dict[str, Any], did: str) -> list[dict[str, Any]]:
    """Each attachment of a record as the fields of a `wire.Attachment`."""
    embed = record.get("embed")
    return [*_embedded(embed, did)] if isinstance(embed, dict) else []


def _embedded(embed: dict[str, Any], did: str) -> Iterator[dict[str, Any]]:
    match str(embed.get("$type")).partition("#")[0]:
        case "app.bsky.embed.images":
            for image in embed["images"]:
                yield _blob("photo", image["image"], image.get("alt"), f"{PICTURES}/{did}")
        case "app.bsky.embed.video":
            yield _blob("video", embed["video"], embed.get("alt"))
        case "app.bsky.embed.external":
            shared = embed["external"]
            yield {"external_id": "link", "kind": "link", "name": _short(shared.get("title")), "url": shared["uri"]}
        case "app.bsky.embed.record":
            yield {"external_id": embed["record"]["uri"], "kind": "post", "url": address(embed["record"]["uri"])}
        case "app.bsky.embed.recordWithMedia":
            yield from _embedded(embed["record"], did)
            yield from _embedded(embed["media"], did)


def _blob(kind: str, blob: dict[str, Any], name: object, folder: str = "") -> dict[str, Any]:
    number = blob["ref"]["$link"]
    url = f"{folder}/{number}@jpeg" if folder else ""
    return {"external_id": number, "kind": kind, "name": _short(name), "size": blob.get("size") or 0, "url": url}


def _short(name: object) -> str:
    return str(name or "")[:300]


def address(uri: str, handle: str = "") -> str:
    """The page of the web that shows a post; empty for what is no post."""
    did, _, rest = uri.removeprefix("at://").partition("/")
    collection, _, name = rest.partition("/")
    who = did if handle in {"", "handle.invalid"} else handle
    return f"https://bsky.app/profile/{who}/post/{name}" if collection == "app.bsky.feed.post" and name else ""
