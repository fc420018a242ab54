"""What the detector is told: every number it has, with its unit. Chosen on one month, they can be tried on another."""

import tomllib
from pathlib import Path

import msgspec

from bot import errors


class Thresholds(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`score`: how surprising a spike is, as powers of ten beyond what chance would bring about once a day.

    `people`: how many different people must complain, `unknown_people` and `unknown_score` the same for a group that says nothing
    of a known problem. `within_minutes`: the longest time that a spike may take to gather. `quiet_hours`: how long after the last
    surprise further ones belong to the same spike. `warm_up_days` and `warm_up_messages`: how long one must have heard, and how
    many, before anything is usual. `remembers_days`: after how long what was usual counts half.
    """

    score: float = 8.5
    people: int = 5
    unknown_score: float = 12.0
    unknown_people: int = 8
    within_minutes: float = 60.0
    quiet_hours: float = 6.0
    warm_up_days: float = 5.0
    warm_up_messages: int = 200
    remembers_days: float = 14.0


def read(path: Path) -> Thresholds:
    """Thresholds from a file, JSON or TOML; what it does not name stays as it is. Raises Invalid."""
    try:
        raw = path.read_bytes()
        told = msgspec.json.decode(raw) if raw.lstrip().startswith(b"{") else tomllib.loads(raw.decode())
        return msgspec.convert(told, Thresholds)
    except OSError as error:
        raise errors.Invalid(f"{path} cannot be read: {error.strerror}.") from error
    except (msgspec.MsgspecError, tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise errors.Invalid(f"{path} holds no thresholds: {error}.") from error
