"""Whether what a contact said is what the bot had asked for. Pure."""

import re

from bot.desk import folding
from bot.model.intent import Check

_MONTHS = (
    r"janvier|fevrier|mars|avril|mai|juin|juillet|aout|septembre|octobre|novembre|decembre"
    r"|january|february|march|april|may|june|july|august|september|october|november|december"
)
_DAYS = (
    r"aujourd'?hui|hier|avant-hier|demain|lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche"
    r"|today|yesterday|tomorrow|monday|tuesday|wednesday|thursday|friday|saturday|sunday"
)
_SHAPES = {
    Check.DATE: re.compile(
        rf"\b(?:{_DAYS})\b|\b(?:0?[1-9]|[12][0-9]|3[01])(?:er|st|nd|rd|th)?(?: of)? (?:{_MONTHS})\b"
        rf"|\b(?:{_MONTHS}) (?:0?[1-9]|[12][0-9]|3[01])\b"
        r"|\b(?:0?[1-9]|[12][0-9]|3[01])[/.-](?:0?[1-9]|1[0-2])(?:[/.-](?:[0-9]{2}){1,2})?\b"
        r"|\b20[0-9]{2}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01])\b"
    ),
    Check.AMOUNT: re.compile(
        r"[€$£] ?[0-9]|[0-9](?:[ .,]?[0-9]{1,3})* ?(?:[€$£]|(?:eur|euros?|usd|gbp|dollars?|pounds?|livres?)\b)"
        r"|^\W*[0-9]+(?:[.,][0-9]{1,2})?\W*$"
    ),
    Check.REFERENCE: re.compile(r"\b(?=[a-z0-9-]*[0-9])[a-z0-9][a-z0-9-]{4,30}\b"),
    Check.YES_NO: re.compile(
        r"^\W*(?:oui|non|yes|no|yep|nope|ouais|exact(?:ement)?|d'accord|ok|pas encore|not yet|of course|bien sur)\b"
    ),
}


def meets(check: str, text: str) -> bool:
    """Whether `text` holds what the check asks for. What is not checked is met by any words."""
    shape = _SHAPES.get(Check(check)) if check else None
    return (
        bool(text.strip())
        if shape is None
        else shape.search(folding.fold(text[:500]).plain.replace("’", "'")) is not None
    )
