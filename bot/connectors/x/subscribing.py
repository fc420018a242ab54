"""Tells X what we want to hear, and where our door is. Looks first, so that doing it again changes nothing.

X brings what was asked for down its stream, whenever that is open, and to the door that was named with it.
"""

import json
from typing import Any

from bot import errors
from bot.connectors.x import activity
from bot.connectors.x.api import Api
from bot.connectors.x.fields import Ourselves

_WEBHOOKS = "/2/webhooks"
_SUBSCRIPTIONS = "/2/activity/subscriptions"


_TAG = "comptoir"


async def subscribe(api: Api, us: Ourselves) -> None:
    """For the stream. Whatever door is named already stays named."""
    await _subscribe(api, us, {})


async def subscribe_door(api: Api, us: Ourselves, hook_url: str) -> None:
    """X looks at once whether the door is ours, so it must be open already."""
    if not hook_url:
        raise errors.Invalid("A webhook needs this desk's public address.", field="hook_url")
    await _subscribe(api, us, {"webhook_id": await _webhook(api, hook_url)})


async def _subscribe(api: Api, us: Ourselves, door: dict[str, str]) -> None:
    """Made in the account's name, because its direct messages are; X has the app list and change them."""
    heard = {_named(one, us): one for one in _listed(await api.call_as_app("GET", _SUBSCRIPTIONS))}
    for kind in activity.HEARD:
        known = heard.get(kind)
        if known is None:
            wanted = {"event_type": kind, "filter": {"user_id": us.id}, "tag": _TAG}
            await api.call("POST", _SUBSCRIPTIONS, wanted | door)
        elif door and known.get("webhook_id") != door["webhook_id"]:
            place = f"{_SUBSCRIPTIONS}/{known.get('subscription_id')}"
            await api.call_as_app("PUT", place, json.dumps({"tag": _TAG} | door).encode())


async def is_delivering(api: Api, hook_url: str) -> bool:
    """Whether X knows our door and finds it in order."""
    return any(
        one.get("valid") for one in _listed(await api.call_as_app("GET", _WEBHOOKS)) if one.get("url") == hook_url
    )


async def _webhook(api: Api, hook_url: str) -> str:
    """The number of our door at X. One that X found shut is looked at again."""
    for one in _listed(await api.call_as_app("GET", _WEBHOOKS)):
        if one.get("url") == hook_url:
            if not one.get("valid"):
                await api.call_as_app("PUT", f"{_WEBHOOKS}/{one.get('id')}")
            return str(one.get("id"))
    told = await api.call_as_app("POST", _WEBHOOKS, json.dumps({"url": hook_url}).encode())
    made = told.get("data", told)
    return str(made.get("id")) if isinstance(made, dict) else ""


def _named(subscription: dict[str, Any], us: Ourselves) -> str:
    wanted = subscription.get("filter")
    is_ours = isinstance(wanted, dict) and wanted.get("user_id") == us.id
    return str(subscription.get("event_type")) if is_ours else ""


def _listed(told: dict[str, Any]) -> list[dict[str, Any]]:
    found = told.get("data")
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []
