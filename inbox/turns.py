"""What was done with a ticket, as a sentence between its messages."""

from datetime import datetime

from bot.store.turns import TurnItem
from inbox.i18n import Words


def sentence(item: TurnItem, words: Words) -> str:
    """The turn in the reader's language."""
    after = item.body.get("after", {})
    by = item.by_name or words("turn.system")
    name = item.event.removeprefix("ticket.")
    match name:
        case "opened":
            return words("turn.opened")
        case "reopened" if item.body.get("reason"):
            return words(f"turn.reopened_{item.body['reason']}")
        case "reopened" | "woke":
            return words(f"turn.{name}", by=by) if item.actor_kind == "agent" else words(f"turn.{name}_self")
        case "joined":
            return words("turn.joined", ticket=f"#{item.body.get('into', '')}")
        case "resolved" | "moved_to_private" | "given_back":
            return words(f"turn.{name}", by=by)
        case "snoozed":
            return words("turn.snoozed", by=by, until=_stamp(after.get("snoozed_until"), words))
        case "prioritised":
            return words("turn.prioritised", by=by, level=words(f"priority.{after.get('priority', 'normal')}").lower())
        case "tagged" | "untagged":
            tags = str(after.get("tags") or "").replace(",", ", ")
            return words("turn.tagged", by=by, tags=tags) if tags else words("turn.untagged", by=by)
        case _:
            return _given(item, words, by)


def _given(item: TurnItem, words: Words, by: str) -> str:
    """Who has it now, and who decided."""
    if item.event == "ticket.handed_over":
        return words("turn.handed_over", by=by, reason=words(f"hand.reason.{item.body.get('reason', '')}"))
    if item.event == "ticket.assigned" and item.is_taken:
        return words("turn.taken", by=by)
    if item.event == "ticket.assigned":
        return (
            words("turn.assigned", agent=item.agent_name, by=by) if item.agent_name else words("turn.unassigned", by=by)
        )
    if item.agent_name:
        return words("turn.routed", agent=item.agent_name)
    return words("turn.routed_team", team=item.team_name) if item.team_name else words("turn.routed_nobody")


def _stamp(told: object, words: Words) -> str:
    """A time as an event's body keeps it. What cannot be read is no reason not to show the ticket."""
    try:
        return words.stamp(datetime.fromisoformat(told)) if isinstance(told, str) else "…"
    except (ValueError, OverflowError):
        return "…"
