"""Which kind is learnt how."""

from bot.autoreply.understanding.intent_learning import Intents
from bot.autoreply.understanding.mood_learning import Moods
from bot.autoreply.understanding.recipe import Recipe
from bot.autoreply.understanding.values import Kind

RECIPES: dict[Kind, Recipe] = {
    Kind.INTENT: Intents(),
    Kind.MOOD: Moods(),
}
# The same, where more time buys more: for whoever asks for it, and the usual way for other kinds.
THOROUGH: dict[Kind, Recipe] = RECIPES | {
    Kind.MOOD: Moods(is_thorough=True),
}
