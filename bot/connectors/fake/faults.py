"""What can go wrong on a network, on demand. Numbers count down, one for each request or update that they befall."""

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

_Count = Annotated[int, Meta(ge=0)]


class Faults(msgspec.Struct, forbid_unknown_fields=True):
    """The trouble of one account; by default there is none.

    `outage`: every request is cut off unanswered, left hanging, or told 503, until this is empty again.
    `lost_answers`: what is asked is done, and the connection breaks before it is said.
    `duplicates`: how many times more each new update is emitted. `disorder`: the updates of one answer come shuffled.
    `most_per_second`: sendings beyond it are told to wait; 0 knows no limit.
    """

    outage: Literal["", "cut", "hang", "503"] = ""
    bad_credentials: bool = False
    rate_limits: _Count = 0
    retry_after: Annotated[float, Meta(ge=0)] = 1.0
    lost_answers: _Count = 0
    nonsense: _Count = 0
    refusals: _Count = 0
    duplicates: _Count = 0
    disorder: bool = False
    most_per_second: _Count = 0

    def happens(self, name: Literal["rate_limits", "lost_answers", "nonsense", "refusals"]) -> bool:
        """Whether this trouble befalls the request in hand; one less is left of it then."""
        left: int = getattr(self, name)
        if left:
            setattr(self, name, left - 1)
        return bool(left)
