"""Which recipe made it → how it is put together again. Needs nothing that only learning needs."""

from collections.abc import Callable

from bot.autoreply.understanding import intent, mood
from bot.autoreply.understanding.recipe import Parts, Scorer

RESTORE: dict[str, Callable[[Parts, tuple[str, ...]], Scorer]] = {
    intent.RECIPE: intent.restore,
    mood.RECIPE: mood.restore,
}
