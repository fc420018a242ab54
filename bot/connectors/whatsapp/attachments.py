"""What a message of WhatsApp's carries besides words.

A file is named by its id. Its address, where WhatsApp tells one, lives for minutes and wants the token, so it is noted and
must be asked for again by the id.
"""

from typing import Any

from bot.connectors.meta.reading import OddError, link, maybe, name, part, parts

FILES = frozenset({"audio", "document", "image", "sticker", "video"})


def of(told: object, kind: str) -> list[dict[str, Any]]:
    """Each attachment as the fields of a `wire.Attachment`. Raises for a kind of message not known yet."""
    if kind in FILES:
        file = part(told, kind)
        name_of_it = maybe(file, "filename") or maybe(file, "mime_type")
        return [_one(name(file, "id"), kind, name_of_it) | {"url": link(file, "url")}]
    match kind:
        case "location":
            return [_one("location", "location", _place(part(told, "location")))]
        case "contacts":
            cards = list(enumerate(parts(told, "contacts")))
            return [_one(f"contact-{number}", "contact", _card(card)) for number, card in cards]
        case "order":
            return [_one("order", "order", _order(part(told, "order")))]
        case "unsupported" | "unknown":
            why = next((maybe(error, "title") for error in parts(told, "errors")), "")
            return [_one("unsupported", "unsupported", why)]
    raise OddError(f"a kind of message not known yet: {kind}")


def _place(told: object) -> str:
    where = f"{_degrees(told, 'latitude')}, {_degrees(told, 'longitude')}"
    return ", ".join(filter(None, (maybe(told, "name"), maybe(told, "address"), where)))


def _degrees(told: object, which: str) -> str:
    value = part(told, which)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise OddError(f"{which} is no number")
    return f"{value:.6f}"


def _card(told: object) -> str:
    numbers = [maybe(phone, "phone") for phone in parts(told, "phones")]
    return " ".join(filter(None, (maybe(told, "name", "formatted_name"), *numbers)))


def _order(told: object) -> str:
    items = parts(told, "product_items")
    return ", ".join(f"{maybe(item, 'quantity')} × {name(item, 'product_retailer_id')}" for item in items)


def _one(external_id: str, kind: str, called: str) -> dict[str, Any]:
    return {"external_id": external_id, "kind": kind, "name": called[:300]}
