"""Guessing at passwords: what a try is counted by, and how long the next must wait.

A try is counted by its account and by its address, or, where the browser is known, by that browser alone.
"""

from datetime import datetime, timedelta

from bot.desk import devices
from bot.errors import TryLater
from bot.store import attempts
from bot.store.transaction import Transaction

# So many tries are free, then each waits twice as long as the one before. An address may be a whole branch's.
REMEMBERED = timedelta(hours=24)
FIRST_WAIT, LONGEST_WAIT = timedelta(seconds=30), timedelta(minutes=15)
FREE_PER_ACCOUNT, FREE_PER_ADDRESS, FREE_PER_BROWSER = 5, 30, 5


def take(tx: Transaction, email: str, address: str, browser: str = "") -> list[int]:
    """Count a try before the password is looked at, so that tries at the same moment are counted too.

    A `browser` that the agent has signed in from (`device`, `session`) has a count of its own and no other: what
    strangers do to the account, or from the same address, does not lock it out.

    Raises TryLater, without counting, while whoever tries must wait. Unknown accounts wait like known ones.
    """
    frees = _frees(email, address, browser)
    attempts.hold(tx, tuple(frees))
    for subject, free in frees.items():
        left = _wait(attempts.since(tx, subject, tx.now - REMEMBERED), free, tx.now)
        if left > timedelta():
            raise TryLater("Too many tries. Wait a moment, then try again.", after=left)
    return attempts.add(tx, tuple(frees))


def device(known: str, agent_id: int, password_hash: str, now: datetime) -> str:
    """By what a browser is counted that has signed in before; empty when it has not."""
    number = devices.recognise(known, agent_id, password_hash, now)
    return f"device:{number}" if number else ""


def session(session_id: int) -> str:
    """By what a browser is counted whose agent is signed in, and gives the password again."""
    return f"session:{session_id}"


def forgive(tx: Transaction, subject: str, tries: list[int]) -> None:
    """The password was right: these were no guesses, nor what was tried before by the same count."""
    attempts.forgive(tx, subject)
    attempts.remove(tx, tries)


def forget_old(tx: Transaction) -> int:
    """Tries that no longer count: how many are forgotten now."""
    return attempts.remove_old(tx, tx.now - REMEMBERED)


def account(email: str) -> str:
    """By what tries at an account are counted, whether or not there is one."""
    return f"account:{email.strip().lower()[:200]}"


def _frees(email: str, address: str, browser: str) -> dict[str, int]:
    """What a try is counted by, and how many are free."""
    if browser:
        return {browser: FREE_PER_BROWSER}
    return {account(email): FREE_PER_ACCOUNT, f"address:{address}": FREE_PER_ADDRESS}


def _wait(tried: attempts.Tried, free: int, now: datetime) -> timedelta:
    """How long until the next try is allowed; nothing or less when it is now."""
    if tried.last_at is None or tried.count < free:
        return timedelta()
    doublings: int = 2 ** min(tried.count - free, 10)
    return tried.last_at + min(FIRST_WAIT * doublings, LONGEST_WAIT) - now
