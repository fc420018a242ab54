"""What can be done with a post besides answering it: like it, hide it under a post of ours, delete our own.

Each deed is named by what it is done to, so that doing it twice is the same.
"""

from collections.abc import Awaitable, Callable
from typing import Any

from bot import errors, wire
from bot.clock import Clock
from bot.connectors.bluesky import remedies, translate
from bot.connectors.bluesky.line import Line
from bot.connectors.bluesky.send import POST, record_name, seen

_LIKE = "app.bsky.feed.like"
_GATE = "app.bsky.feed.threadgate"
# As many as a post's gate may name.
_MOST_HIDDEN = 300


def permissions(spot: wire.Spot, me: str, *, is_chat_closed: bool) -> dict[str, wire.Permission]:
    """What may be done at a spot. A direct message can be deleted for ourselves only, which is nothing to offer."""
    if not spot.is_public:
        return {}
    is_ours = _owner(spot.conversation_id) == me
    return {
        "private_reply": wire.Permission(not is_chat_closed, why_not="no_chat" if is_chat_closed else ""),
        "like": wire.Permission(),
        "hide": wire.Permission(is_ours, why_not="" if is_ours else "not_our_thread"),
        "delete": wire.Permission(),
    }


async def act(line: Line, deed: wire.Deed, clock: Clock) -> None:
    """Do it. Raises Refused for what Bluesky does not know, such as changing a post."""
    known: dict[str, Callable[[Line, wire.Deed, Clock], Awaitable[None]]] = {
        "like": _like,
        "unlike": _unlike,
        "hide": _hide,
        "unhide": _unhide,
        "delete": _delete,
    }
    if deed.act not in known or not deed.message_id.startswith("at://"):
        raise errors.Refused(f"Bluesky knows no {deed.act} of this.")
    try:
        await known[deed.act](line, deed, clock)
    except errors.Uncertain as lost:
        raise errors.TryLater("Bluesky's answer was lost; doing it again does no harm.") from lost


async def _like(line: Line, deed: wire.Deed, clock: Clock) -> None:
    view = await seen(line, deed.message_id)
    if (view.get("viewer") or {}).get("like"):
        return
    subject = {"uri": deed.message_id, "cid": view["cid"]}
    await _put(line, _LIKE, record_name(deed.message_id), {"subject": subject, "createdAt": _now(clock)})


async def _unlike(line: Line, deed: wire.Deed, clock: Clock) -> None:  # noqa: ARG001 - one shape for all deeds
    """Whichever of us has liked it, here or elsewhere."""
    view = await seen(line, deed.message_id)
    like = str((view.get("viewer") or {}).get("like") or "")
    await _remove(line, _LIKE, like.rpartition("/")[2] or record_name(deed.message_id))


async def _hide(line: Line, deed: wire.Deed, clock: Clock) -> None:
    await _regate(
        line, deed, clock, lambda hidden: [*(uri for uri in hidden if uri != deed.message_id), deed.message_id]
    )


async def _unhide(line: Line, deed: wire.Deed, clock: Clock) -> None:
    await _regate(line, deed, clock, lambda hidden: [uri for uri in hidden if uri != deed.message_id])


async def _regate(line: Line, deed: wire.Deed, clock: Clock, change: Callable[[list[str]], list[str]]) -> None:
    """Change what the gate of our own thread hides, and nothing else in it."""
    me, root = await line.me(), translate.root_of(deed.conversation_id)
    if _owner(root) != me:
        raise errors.Refused("Only replies under our own posts can be hidden.")
    name = root.rpartition("/")[2]
    gate, version = await _gate(line, me, name)
    hidden = [uri for uri in gate.get("hiddenReplies") or [] if isinstance(uri, str)]
    wanted = change(hidden)[-_MOST_HIDDEN:]
    if wanted == hidden:
        return
    fresh = {"post": root, "createdAt": _now(clock)} | gate | {"hiddenReplies": wanted}
    try:
        await _put(line, _GATE, name, fresh, swapRecord=version)
    except remedies.Unchanged:
        raise errors.TryLater("Somebody else has just changed who may answer in this thread.") from None


async def _gate(line: Line, me: str, name: str) -> tuple[dict[str, Any], str | None]:
    """The gate as it is and the hash of what it says; nothing of both when there is none."""
    try:
        told = await line.ask("com.atproto.repo.getRecord", {"repo": me, "collection": _GATE, "rkey": name})
    except remedies.Missing:
        return {}, None
    gate, version = told.get("value"), told.get("cid")
    return (gate if isinstance(gate, dict) else {}), (version if isinstance(version, str) else None)


async def _delete(line: Line, deed: wire.Deed, clock: Clock) -> None:  # noqa: ARG001 - one shape for all deeds
    if _owner(deed.message_id) != await line.me():
        raise errors.Refused("Only our own posts can be deleted.")
    await _remove(line, POST, deed.message_id.rpartition("/")[2])


async def _put(line: Line, collection: str, name: str, record: dict[str, Any], **conditions: str | None) -> None:
    where = {"repo": await line.me(), "collection": collection, "rkey": name}
    await line.act("com.atproto.repo.putRecord", {**where, "record": {"$type": collection} | record, **conditions})


async def _remove(line: Line, collection: str, name: str) -> None:
    """The network takes it in peace when there is no such record."""
    where = {"repo": await line.me(), "collection": collection, "rkey": name}
    await line.act("com.atproto.repo.deleteRecord", where)


def _owner(uri: str) -> str:
    return uri.removeprefix("at://").partition("/")[0]


def _now(clock: Clock) -> str:
    return clock().isoformat(timespec="milliseconds").replace("+00:00", "Z")
