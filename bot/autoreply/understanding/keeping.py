"""A model as files or as bytes: numbers and plain JSON, never code. What is damaged or not ours is refused in a sentence.

A folder holds a pair of files per kind: `intent.npz` with the numbers, and `intent.json` with everything else and the numbers'
checksum. As bytes it is the same pair in one archive.
"""

import dataclasses
import hashlib
import io
import zipfile
import zlib
from pathlib import Path
from typing import Any

import numpy as np
import orjson

from bot import errors
from bot.autoreply.understanding.model import Model
from bot.autoreply.understanding.recipe import Parts
from bot.autoreply.understanding.scorers import RESTORE
from bot.autoreply.understanding.thresholds import Point
from bot.autoreply.understanding.values import Kind

FORMAT = "comptoir-understanding-1"
_LARGEST = 1 << 30


def save(model: Model, folder: Path) -> None:
    """Into `folder`, which is made when it is not there. Broken off in the middle, it is found damaged, never half new."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in _files(model).items():
        beside = folder / f"{name}.new"
        beside.write_bytes(content)
        beside.replace(folder / name)


def load(folder: Path, kind: Kind) -> Model:
    """Raises Invalid when there is none of this kind, or when it is damaged or was made by another program."""
    try:
        description, numbers = ((folder / f"{kind}.{ending}").read_bytes() for ending in ("json", "npz"))
    except OSError as error:
        raise errors.Invalid(f"There is no trained model of kind {kind} in {folder}: train one first.") from error
    return _model(description, numbers, str(folder))


def kinds(folder: Path) -> tuple[Kind, ...]:
    """What `folder` has models of."""
    return tuple(kind for kind in Kind if (folder / f"{kind}.json").is_file())


def pack(model: Model) -> bytes:
    """The same model, the same bytes."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, content in _files(model).items():
            archive.writestr(zipfile.ZipInfo(name), content)
    return packed.getvalue()


def unpack(packed: bytes) -> Model:
    """Raises Invalid when it is damaged or was made by another program."""
    try:
        with zipfile.ZipFile(io.BytesIO(packed)) as archive:
            if sum(each.file_size for each in archive.infolist()) > _LARGEST:
                raise errors.Invalid("The trained version is larger than any that we make.")
            described = next(name for name in archive.namelist() if name.endswith(".json"))
            return _model(
                archive.read(described), archive.read(described.replace(".json", ".npz")), "the trained version"
            )
    except (zipfile.BadZipFile, zlib.error, RuntimeError, KeyError, StopIteration) as error:
        raise errors.Invalid("The trained version is damaged, or is none: train anew.") from error


def versioned(model: Model) -> Model:
    """With the version that stands for all that is in it."""
    description = orjson.loads(_files(model)[f"{model.kind}.json"])
    return dataclasses.replace(model, version=str(description["version"]))


def _files(model: Model) -> dict[str, bytes]:
    parts = model.scorer.parts()
    numbers = io.BytesIO()
    np.savez(numbers, allow_pickle=False, **parts.arrays)
    said = {
        "format": FORMAT, "kind": model.kind, "recipe": model.recipe, "labels": model.scorer.labels, "notes": parts.notes,
        "curve": [dataclasses.asdict(point) for point in model.curve],
        "curve_without": [dataclasses.asdict(point) for point in model.curve_without],
        "figures": model.figures, "numbers": hashlib.sha256(numbers.getvalue()).hexdigest(),
    }  # fmt: skip
    body = orjson.dumps(said | {"version": _version(said)}, option=orjson.OPT_INDENT_2)
    return {f"{model.kind}.npz": numbers.getvalue(), f"{model.kind}.json": body}


def _version(said: dict[str, Any]) -> str:
    """A few letters that no other model has."""
    return hashlib.sha256(orjson.dumps(said, option=orjson.OPT_SORT_KEYS)).hexdigest()[:12]


def _model(description: bytes, numbers: bytes, place: str) -> Model:
    damaged = f"The model in {place} is damaged: train it anew."
    try:
        said: dict[str, Any] = orjson.loads(description)
        version = said.pop("version")
        if said["format"] != FORMAT or said["recipe"] not in RESTORE:
            raise errors.Invalid(f"The model in {place} was made by another version of this program: train it anew.")
        if version != _version(said) or said["numbers"] != hashlib.sha256(numbers).hexdigest():
            raise errors.Invalid(damaged)
        return _restored(said, numbers, version)
    except (ValueError, KeyError, TypeError, AttributeError, zipfile.BadZipFile) as error:
        raise errors.Invalid(damaged) from error


def _restored(said: dict[str, Any], numbers: bytes, version: str) -> Model:
    with np.load(io.BytesIO(numbers), allow_pickle=False) as kept:
        arrays = {name: kept[name] for name in kept.files}
    scorer = RESTORE[said["recipe"]](Parts(arrays, said["notes"]), tuple(said["labels"]))
    curve, without = (tuple(Point(**point) for point in said[name]) for name in ("curve", "curve_without"))
    return Model(Kind(said["kind"]), said["recipe"], scorer, curve, without, said["figures"], version)
