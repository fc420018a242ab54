"""The fields of what X shows, under their old names and their new ones. Pure; raises ValueError or TypeError for what is none.

X is renaming them: what was a tweet is a post.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from bot.connectors.x import places


@dataclass(frozen=True, slots=True)
class Ourselves:
    """The account."""

    id: str
    username: str = ""


class Included:
    """The people, posts and media that X sends along, found by their numbers."""

    def __init__(self, includes: object) -> None:
        told = includes if isinstance(includes, dict) else {}
        self.users = _by("id", told.get("users"))
        self.posts = _by("id", told.get("tweets")) | _by("id", told.get("posts"))
        self.media = _by("media_key", told.get("media"))


def plain(text: str, entities: object) -> str:
    """The words as they were written: X shortens links, and writes &, < and > as a page would."""
    for link in objects(entities.get("urls") if isinstance(entities, dict) else None):
        short, long = link.get("url"), link.get("expanded_url")
        if isinstance(short, str) and short and isinstance(long, str):
            text = text.replace(short, long, 1)
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def moment(text: object) -> datetime:
    """A time as X writes it. Raises ValueError for anything else."""
    when = datetime.fromisoformat(string(text))
    if when.tzinfo is None:
        raise ValueError("a time without its zone")
    return when.astimezone(UTC)


def note(told: Mapping[str, Any]) -> Mapping[str, Any]:
    """A long post's whole; empty for another."""
    found = told.get("note_tweet") or told.get("note_post")
    return found if isinstance(found, dict) and isinstance(found.get("text"), str) else {}


def text_of(told: Mapping[str, Any]) -> str:
    """A long post's whole text stands apart from its beginning."""
    whole = note(told) or told
    return plain(string(whole.get("text", "")), whole.get("entities"))


def versions(told: Mapping[str, Any]) -> list[str]:
    """The numbers of this post's versions, the oldest first; most have one."""
    history = told.get("edit_history_tweet_ids") or told.get("edit_history_post_ids") or []
    newest = places.number(told.get("id"))
    known = [places.number(one) for one in history]
    return known if newest in known else [*known, newest]


def references(told: Mapping[str, Any]) -> dict[str, str]:
    found = told.get("referenced_tweets") or told.get("referenced_posts")
    return {string(one.get("type")): places.number(one.get("id")) for one in objects(found)}


def _by(name: str, things: object) -> dict[str, dict[str, Any]]:
    """Each thing under its number. Webhooks put some of them one level deeper."""
    inner = [one["data"] if isinstance(one.get("data"), dict) else one for one in objects(things)]
    return {one[name]: one for one in inner if isinstance(one.get(name), str)}


def objects(things: object) -> Iterable[dict[str, Any]]:
    return [one for one in things if isinstance(one, dict)] if isinstance(things, list) else []


def object_(thing: object) -> dict[str, Any]:
    if not isinstance(thing, dict):
        raise TypeError("an object is needed here")
    return thing


def string(thing: object) -> str:
    if not isinstance(thing, str):
        raise TypeError("a text is needed here")
    return thing
