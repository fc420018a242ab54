"""What may be done on the fake network: as much as its channel's options say, to show others' rules on it."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from bot import errors, wire
from bot.connectors.fake.payloads import FILE_LIMITS, MOST_FILES, MOST_PIXELS, PRIVATE_LIMIT, PUBLIC_LIMIT

ACTS = ("hide", "like", "edit", "delete")
FILES = wire.FileRules(MOST_FILES, FILE_LIMITS, MOST_PIXELS, has_alt=True)
# What this network has approved, to be said once the time for other words is over.
FORMULAS = (
    wire.Formula(
        "news fr", "news", "fr", "Bonjour {{1}}, nous avons du nouveau pour votre dossier {{2}}. Répondez-nous ici."
    ),
    wire.Formula("news en", "news", "en", "Hello {{1}}, we have news about your case {{2}}. Answer us here."),
)


class Allowances:
    """The options, read once. Raises Invalid for one that means nothing.

    `window_hours`: so long after a contact's last private words they may be answered. `private_reply_days`: so long after
    public words their author may be written to in private; without it nobody may. `acts`: what else can be done. `formulas`:
    "yes" when the network's own words may be said once the window is over.
    """

    def __init__(self, options: Mapping[str, str]) -> None:
        self._window = timedelta(hours=_number(options, "window_hours"))
        self._private = timedelta(days=_number(options, "private_reply_days"))
        self._formulas = FORMULAS if options.get("formulas", "") == "yes" else ()
        self._acts = tuple(act.strip() for act in options.get("acts", "").split(",") if act.strip())
        if strange := [act for act in self._acts if act not in ACTS]:
            raise errors.Invalid(f"acts: {strange[0]} is none of {', '.join(ACTS)}.", field="acts")

    def at(self, spot: wire.Spot) -> wire.Capabilities:
        """What may be done there now."""
        limit = PUBLIC_LIMIT if spot.is_public else PRIVATE_LIMIT
        acts = {act: wire.Permission() for act in self._acts if act != "hide" or spot.is_public}
        if spot.is_public:
            acts |= {"private_reply": self._private_reply(spot)} if self._private else {}
            why_not = "not_summoned" if spot.traits.get("summons") == "no" else ""
            return wire.Capabilities(not why_not, why_not, limit, is_public=True, acts=acts, files=FILES)
        until = spot.heard_at + self._window if self._window and spot.heard_at else None
        if _is_over(until, spot.at):
            return wire.Capabilities(
                can_reply=False, why_not="window_over", limit=limit, acts=acts, formulas=self._formulas
            )
        return wire.Capabilities(limit=limit, until=until, acts=acts, files=FILES)

    def _private_reply(self, spot: wire.Spot) -> wire.Permission:
        until = spot.heard_at + self._private if spot.heard_at else None
        if until is None or _is_over(until, spot.at):
            return wire.Permission(is_allowed=False, why_not="private_reply_over")
        return wire.Permission(until=until)


def _is_over(until: datetime | None, at: datetime) -> bool:
    return until is not None and until <= at


def _number(options: Mapping[str, str], name: str) -> float:
    given = options.get(name, "") or "0"
    try:
        number = float(given)
    except ValueError as error:
        raise errors.Invalid(f"{name} must be a number.", field=name) from error
    if not 0 <= number <= 10_000:
        raise errors.Invalid(f"{name} must be a number from 0 to 10000.", field=name)
    return number
