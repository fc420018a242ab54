"""What may be done at a spot on X. Pure: no network is asked.

Since 2026 an app of the self-serve kind may answer a post in public only where its author called the account, by naming
or by quoting it. Everybody else is written to in private.
"""

from bot import wire
from bot.connectors.x import enclosures
from bot.connectors.x.options import Options

_YES = wire.Permission()
_NO_LIKES = wire.Permission(is_allowed=False, why_not="no_likes")
_NO_EDITS = wire.Permission(is_allowed=False, why_not="no_edits")
_NOT_OURS = wire.Permission(is_allowed=False, why_not="not_under_ours")


def at(spot: wire.Spot, options: Options, longest_direct: int) -> wire.Capabilities:
    if not spot.is_public:
        is_hidden = spot.traits.get("encrypted") == "yes"
        why_not = "encrypted" if is_hidden else ""
        return wire.Capabilities(not is_hidden, why_not, longest_direct, files=enclosures.IN_DIRECT)
    why_not = _why_not(spot, options)
    return wire.Capabilities(
        can_reply=not why_not,
        why_not=why_not,
        limit=options.longest_post,
        is_public=True,
        files=enclosures.IN_POSTS,
        acts={
            "private_reply": _YES
            if spot.message_id
            else wire.Permission(is_allowed=False, why_not="nothing_to_answer"),
            "hide": _YES if spot.traits.get("ours") == "yes" else _NOT_OURS,
            "like": _NO_LIKES,
            "edit": _NO_EDITS,
            "delete": _YES,
        },
    )


def _why_not(spot: wire.Spot, options: Options) -> str:
    if not spot.message_id:
        return "nothing_to_answer"
    if options.is_enterprise or spot.traits.get("summoned") == "yes":
        return ""
    return "not_summoned"
