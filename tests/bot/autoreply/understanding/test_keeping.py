"""A model is kept as numbers and words; what is damaged or not ours is refused in a sentence."""

import io
import pathlib
import zipfile

import numpy as np
import orjson
import pytest

from bot import errors
from bot.autoreply.understanding import keeping
from bot.autoreply.understanding.values import Kind
from tests.bot.autoreply.understanding import taught

ASKED = ["j'ai perdu ma carte", "I cannot sign in", "12", ""]


@pytest.fixture
def folder(tmp_path: pathlib.Path) -> pathlib.Path:
    """Where a model is kept."""
    keeping.save(taught.model(), tmp_path / "models")
    return tmp_path / "models"


def test_what_was_kept_says_the_same(folder: pathlib.Path) -> None:
    """From a folder and from bytes comes the model that was put there."""
    model = taught.model()
    said = model.predict(ASKED)

    for again in (keeping.load(folder, Kind.INTENT), keeping.unpack(keeping.pack(model))):
        assert again.predict(ASKED) == said
        assert (again.version, again.curve, again.figures) == (model.version, model.curve, model.figures)


def test_a_folder_says_what_it_has(folder: pathlib.Path) -> None:
    """One kind is there, the other is missed in a sentence."""
    assert keeping.kinds(folder) == (Kind.INTENT,)
    with pytest.raises(errors.Invalid, match="no trained model of kind mood"):
        keeping.load(folder, Kind.MOOD)


def test_keeping_anew_replaces(folder: pathlib.Path) -> None:
    """Nothing of the old is left, and nothing half done lies about."""
    keeping.save(taught.model(), folder)

    assert sorted(file.name for file in folder.iterdir()) == ["intent.json", "intent.npz"]


@pytest.mark.parametrize("name", ["intent.json", "intent.npz"])
@pytest.mark.parametrize("share", [0.0, 0.5, 0.9])
def test_what_is_cut_off_is_refused(folder: pathlib.Path, name: str, share: float) -> None:
    """A file of which a part is missing is damaged."""
    content = (folder / name).read_bytes()
    (folder / name).write_bytes(content[: int(len(content) * share)])

    with pytest.raises(errors.Invalid, match="damaged"):
        keeping.load(folder, Kind.INTENT)


def test_a_changed_word_is_found(folder: pathlib.Path) -> None:
    """Whoever changes a threshold by hand changes what was measured."""
    file = folder / "intent.json"
    said = orjson.loads(file.read_bytes())
    said["curve"][0]["threshold"] = 0.0
    file.write_bytes(orjson.dumps(said))

    with pytest.raises(errors.Invalid, match="damaged"):
        keeping.load(folder, Kind.INTENT)


def test_changed_numbers_are_found(folder: pathlib.Path) -> None:
    """Numbers of another model beside this one's words are not read."""
    numbers = io.BytesIO()
    np.savez(numbers, points=np.zeros(3))
    (folder / "intent.npz").write_bytes(numbers.getvalue())

    with pytest.raises(errors.Invalid, match="damaged"):
        keeping.load(folder, Kind.INTENT)


def test_what_another_version_made_is_refused(folder: pathlib.Path) -> None:
    """It says to train anew, rather than to guess what it meant."""
    file = folder / "intent.json"
    file.write_bytes(file.read_bytes().replace(keeping.FORMAT.encode(), b"comptoir-understanding-0"))

    with pytest.raises(errors.Invalid, match="another version"):
        keeping.load(folder, Kind.INTENT)


@pytest.mark.parametrize("content", [b"", b"no archive", b"[]"])
def test_bytes_that_are_no_model_are_refused(content: bytes) -> None:
    """Whatever stands in the database's place of a model, it is a sentence and not an accident."""
    with pytest.raises(errors.Invalid, match="damaged"):
        keeping.unpack(content)


def test_an_archive_of_something_else_is_refused() -> None:
    """A zip without a model in it is none."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("a.json", "[1, 2]")
        archive.writestr("a.npz", "")

    with pytest.raises(errors.Invalid, match="damaged"):
        keeping.unpack(packed.getvalue())


def test_an_archive_that_asks_for_a_password_is_refused() -> None:
    """What unpacking stumbles over is no model either, and is said so."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("intent.json", "{}")
        archive.writestr("intent.npz", b"")
    content = bytearray(packed.getvalue())
    for mark, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        content[content.index(mark) + place] |= 1

    with pytest.raises(errors.Invalid):
        keeping.unpack(bytes(content))
