"""What was found, and how bad it is."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Grade(StrEnum):
    """warning: the desk works, but not as it could. wrong: it does not start, or loses or misses something."""

    FINE = "fine"
    WARNING = "warning"
    WRONG = "wrong"


@dataclass(frozen=True, slots=True)
class Finding:
    """One sentence about one thing, and what to do about it."""

    about: str
    grade: Grade
    sentence: str
    remedy: str = ""


def fine(about: str, sentence: str) -> Finding:
    return Finding(about, Grade.FINE, sentence)


def warning(about: str, sentence: str, remedy: str) -> Finding:
    return Finding(about, Grade.WARNING, sentence, remedy)


def wrong(about: str, sentence: str, remedy: str) -> Finding:
    return Finding(about, Grade.WRONG, sentence, remedy)


def worst(findings: Iterable[Finding]) -> Grade:
    """The worst grade among them; fine when there are none."""
    grades = {finding.grade for finding in findings}
    return next((grade for grade in (Grade.WRONG, Grade.WARNING) if grade in grades), Grade.FINE)
