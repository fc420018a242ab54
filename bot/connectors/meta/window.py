"""How long a contact may be answered. Pure. Meta opens a window when somebody writes, and the network closes it."""

from datetime import timedelta

from bot import wire

WINDOW = timedelta(hours=24)
# For words that a person writes, where Meta has granted the permission; and for the one private reply to a comment.
HUMAN_AGENT = timedelta(days=7)
PRIVATE_REPLY = timedelta(days=7)


def permission(spot: wire.Spot, length: timedelta, why_not: str) -> wire.Permission:
    """Allowed until `length` after the contact's last words, by the network's time. To somebody who never wrote: not at all."""
    if spot.heard_at is None:
        return wire.Permission(is_allowed=False, why_not=why_not)
    until = spot.heard_at + length
    if spot.at >= until:
        return wire.Permission(is_allowed=False, until=until, why_not=why_not)
    return wire.Permission(until=until)


def capabilities(
    allowed: wire.Permission, limit: int, acts: dict[str, wire.Permission], files: wire.FileRules
) -> wire.Capabilities:
    """What may be said in private."""
    return wire.Capabilities(
        can_reply=allowed.is_allowed,
        why_not=allowed.why_not,
        limit=limit,
        until=allowed.until,
        acts=acts,
        files=files,
    )


# Keys of the sentences in the manifests.
WINDOW_CLOSED = "window_closed"
TOO_LATE = "too_late"


def private(spot: wire.Spot, *, has_human_agent: bool) -> wire.Permission:
    """Messenger and Instagram: a day for anybody, a week for a person where Meta has granted that."""
    length = HUMAN_AGENT if has_human_agent else WINDOW
    return permission(spot, length, TOO_LATE if has_human_agent else WINDOW_CLOSED)
