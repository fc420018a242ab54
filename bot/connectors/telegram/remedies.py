"""The library's errors → ours, by what to do about them. Pure.

What the library says of an error may quote the whole answer; only Telegram's own description of a refusal is passed on,
without the account's secrets.
"""

from collections.abc import Collection
from datetime import timedelta

from telegram import error as telegram

from bot import errors
from bot.connectors import sentences

_A_WHILE = timedelta(seconds=30)
_DAY = 86_400
_CONFLICT = (
    "Another program reads this bot's messages, or a webhook is set for it. Only one of them can: stop the other."
)


class Moved(errors.Refused):
    """The group has become another one, with a new number."""

    def __init__(self, chat: int) -> None:
        super().__init__("The group has become another one, with a new number.")
        self.chat = chat


class UnreadableAnswer(telegram.TelegramError):
    """The answer is not a JSON object."""

    def __init__(self) -> None:
        super().__init__("The answer is not a JSON object.")


class TooManyRequests(telegram.TelegramError):
    """We were too fast. `wait` is what Telegram asks for, or a while when it does not say."""

    def __init__(self, seconds: object) -> None:
        super().__init__("Too many requests.")
        self.wait = timedelta(seconds=seconds) if isinstance(seconds, int) and 0 < seconds < _DAY else _A_WHILE


def of(error: Exception, secrets: Collection[str], *, acts: bool) -> errors.ComptoirError:
    """Our error for what the library raised. `acts` when the request changes something that must not be done twice."""
    cause = error.__cause__
    if isinstance(cause, UnreadableAnswer):
        return _lost(acts)  # a proxy's or a gateway's page: whatever its number means, Telegram did not say it
    if isinstance(cause, errors.ComptoirError) and not isinstance(cause, errors.Uncertain):
        return cause  # our own client's: the request never left
    match error:
        case TooManyRequests():
            return errors.TryLater(f"{error.message} Again in {error.wait.seconds} s.", after=error.wait)
        case telegram.InvalidToken():
            return errors.Reauthorize(
                "Telegram no longer accepts this bot's token. Renew it in the channel's settings."
            )
        case telegram.ChatMigrated():
            return Moved(error.new_chat_id)
        case telegram.Forbidden() | telegram.BadRequest():
            return errors.Refused(f"Telegram refused: {sentences.fit(error.message, secrets)}")
        case telegram.Conflict():
            return errors.TryLater(_CONFLICT, after=timedelta(seconds=10))
        case telegram.NetworkError() if cause is None:
            # An answer of Telegram's own: it says that it did not do it.
            return errors.TryLater("Telegram has a difficulty of its own.")
    return _lost(acts)


def _lost(acts: bool) -> errors.ComptoirError:
    if acts:
        return errors.Uncertain("Telegram's answer was lost or could not be read. It may have taken the message.")
    return errors.TryLater("Telegram's answer was lost or could not be read.")
