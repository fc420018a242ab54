"""Who said it lately: each person once, however often they write."""

import msgspec

# Of so many people at once it is asked how soon they came together.
GROUPS = (3, 4, 5, 6, 8, 12, 18, 30, 60)
_MOST = GROUPS[-1]


class Voice(msgspec.Struct, frozen=True, array_like=True):
    """One person's first word on something: when (seconds of the epoch), who, which message, and whether it is a complaint."""

    at: float
    person: str
    message: str
    is_problem: bool


class Voices(msgspec.Struct):
    """The last people who spoke of one thing, oldest first."""

    voices: list[Voice] = msgspec.field(default_factory=list[Voice])

    def add(self, voice: Voice, within: float) -> None:
        """Hear one more. Whoever spoke in the last `within` seconds is known; what is older is forgotten."""
        oldest = voice.at - within
        keep = 0
        for keep, one in enumerate(self.voices):  # noqa: B007  how many are to go
            if one.at >= oldest:
                break
        else:
            keep = len(self.voices)
        keep = max(keep, len(self.voices) - _MOST + 1)
        if keep:
            del self.voices[:keep]
        if all(one.person != voice.person for one in self.voices):
            self.voices.append(voice)
