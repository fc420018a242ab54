"""What must be known of a post when somebody answers it: whether its author called the account, and under whose post it stands.

X lets most apps answer in public only who has called them. Pure.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from bot.connectors.x import fields
from bot.connectors.x.fields import Included, Ourselves


def traits(told: Mapping[str, Any], us: Ourselves, included: Included) -> dict[str, str]:
    """`summoned`: a public reply is allowed. `ours`: it stands under a post of ours, and can be hidden."""
    found = {}
    if _quotes(told, us, included) or any(_names(told, us)):
        found["summoned"] = "yes"
    if _is_under_ours(told, us, included):
        found["ours"] = "yes"
    return found


def _quotes(told: Mapping[str, Any], us: Ourselves, included: Included) -> bool:
    quoted = included.posts.get(fields.references(told).get("quoted", ""), {})
    return quoted.get("author_id") == us.id


def _names(told: Mapping[str, Any], us: Ourselves) -> Iterator[bool]:
    """Where the author named us by himself: the names before the shown text are put there by X, in each reply."""
    shown = told.get("display_text_range")
    start = shown[0] if isinstance(shown, list) and shown and isinstance(shown[0], int) else 0
    for entities in (told.get("entities"), fields.note(told).get("entities")):
        for one in fields.objects(entities.get("mentions") if isinstance(entities, dict) else None):
            if _is_us(one, us) and isinstance(one.get("start"), int) and one["start"] >= start:
                yield True


def _is_us(mention: Mapping[str, Any], us: Ourselves) -> bool:
    name = str(mention.get("username") or "").casefold()
    return mention.get("id") == us.id or bool(name and name == us.username.casefold())


def _is_under_ours(told: Mapping[str, Any], us: Ourselves, included: Included) -> bool:
    root = told.get("conversation_id")
    if included.posts.get(str(root), {}).get("author_id") == us.id:
        return True
    return told.get("in_reply_to_user_id") == us.id and fields.references(told).get("replied_to") == root
