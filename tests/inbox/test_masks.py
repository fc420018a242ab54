"""A mask as a page shows it is the same mask to the guard."""

import pytest

from bot.desk import guard, masking
from inbox import rendering


@pytest.mark.parametrize("locale", ["fr", "en"])
@pytest.mark.parametrize(
    "secret", ["4242 4242 4242 4242", "mon code est 4839", "carte cvv 123", "FR76 3000 6000 0112 3456 7890 189"]
)
def test_a_mask_that_is_quoted_is_stopped_as_it_was_read(locale: str, secret: str) -> None:
    """What an agent copies from a page, in either language, says in public that something stood there: it does not leave."""
    shown = rendering.masks(locale, masking.mask(f"Bonjour, {secret}").text)

    assert "••" in shown
    assert guard.is_blocked(guard.check(f"Nous avons lu : {shown}", is_public=True))
