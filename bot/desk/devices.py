"""Browsers that an agent has signed in from: whoever guesses elsewhere does not lock them out. OWASP calls it a device cookie.

The browser keeps a number of its own, signed for one agent. The key is the agent's password hash, which stays in the database:
a new password makes every browser unknown. It opens nothing; it only says by which count a try is counted.
"""

import base64
import hashlib
import hmac
import secrets
from datetime import datetime, timedelta

LASTS = timedelta(days=365)
MOST = 5  # agents who share one browser; the one who came longest ago is forgotten
LONGEST = 1_000

_BETWEEN = "~"


def remember(known: str, agent_id: int, password_hash: str, now: datetime) -> str:
    """What the browser is to keep now that this agent has signed in from it; `known` is what it kept so far."""
    number, until = secrets.token_urlsafe(16), int((now + LASTS).timestamp())
    token = f"{number}.{until}.{_signature(number, until, agent_id, password_hash)}"
    others = [one for one in _tokens(known) if not _number(one, agent_id, password_hash, now)]
    return _BETWEEN.join([token, *others][:MOST])


def recognise(known: str, agent_id: int, password_hash: str, now: datetime) -> str:
    """The number of a browser from which this agent has signed in; empty for any other."""
    return next(filter(None, (_number(one, agent_id, password_hash, now) for one in _tokens(known))), "")


def _tokens(known: str) -> list[str]:
    return known.split(_BETWEEN)[:MOST] if known and len(known) <= LONGEST and known.isascii() else []


def _number(token: str, agent_id: int, password_hash: str, now: datetime) -> str:
    parts = token.split(".")
    # Whoever has no password yet has no key either, and nobody may sign with none.
    if len(parts) != 3 or not password_hash or not parts[1].isdigit() or len(parts[1]) > 12:
        return ""
    number, until, signature = parts[0], int(parts[1]), parts[2]
    is_right = hmac.compare_digest(signature, _signature(number, until, agent_id, password_hash))
    return number if is_right and until > now.timestamp() else ""


def _signature(number: str, until: int, agent_id: int, password_hash: str) -> str:
    said = f"comptoir device {agent_id} {until} {number}".encode()
    return base64.urlsafe_b64encode(hmac.digest(password_hash.encode(), said, hashlib.sha256)).decode().rstrip("=")
