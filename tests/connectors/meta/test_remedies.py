"""What the Graph's errors mean for us: each number has its remedy, and how long to wait is read where it is told."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot import errors
from bot.connectors.client import Answer
from bot.connectors.meta import remedies

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)


def answer(status: int = 400, headers: dict[str, str] | None = None, **error: Any) -> Answer:
    told = {"error": {"message": "Because."} | error} if error else {}
    return Answer(status, headers or {}, json.dumps(told).encode())


def remedy(given: Answer, *, acts: bool = True) -> errors.ComptoirError:
    return remedies.of(given, NOW, acts=acts)


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        ({"code": 190}, errors.Reauthorize),
        ({"code": 190, "error_subcode": 463}, errors.Reauthorize),
        ({"code": 10}, errors.Reauthorize),
        ({"code": 200}, errors.Reauthorize),
        ({"code": 131005}, errors.Reauthorize),
        ({"code": 10, "error_subcode": 2018278}, remedies.Closed),
        ({"code": 10, "error_subcode": 2534022}, remedies.Closed),
        ({"code": 131047}, remedies.Closed),
        ({"code": 200, "error_subcode": 1545041}, errors.Refused),
        ({"code": 230}, errors.Refused),
        ({"code": 551}, errors.Refused),
        ({"code": 100, "error_subcode": 33}, errors.Refused),
        ({"code": 131026}, errors.Refused),
        ({"code": 4}, errors.TryLater),
        ({"code": 613}, errors.TryLater),
        ({"code": 80006}, errors.TryLater),
        ({"code": 130429}, errors.TryLater),
        ({"code": 131056}, errors.TryLater),
        ({"code": 368}, errors.TryLater),
        ({"code": 10, "error_subcode": 1893063}, errors.TryLater),
        ({"code": 2, "is_transient": True}, errors.TryLater),
        ({"code": 1}, errors.Uncertain),
        ({"code": "190"}, errors.Refused),
        ({"code": True}, errors.Refused),
    ],
)
def test_each_number(error: dict[str, Any], expected: type[errors.ComptoirError]) -> None:
    """A dead token asks for a new one, a closed window is for good, too fast is for later; one person's case is his own."""
    assert type(remedy(answer(**error))) is expected


@pytest.mark.parametrize(
    "token", ["EAAGm0PX4ZCpsBAKZAq7", "IGQVJYeUk4YjRfZAkdsQ1", "THAAqX1b2c3d4e5f6g7h8", "3f-our-own"]
)
@pytest.mark.parametrize("code", [2, 10, 100, 190, 368])
def test_tokens_are_not_repeated(token: str, code: int) -> None:
    """Meta may repeat a token in its sentence, ours or the one of a Page that we never knew; we do not."""
    given = answer(code=code, message=f"Malformed access token {token}abcdef: renew it")
    told = remedy(replace(given, secrets=("3f-our-own",))).message

    assert token not in told
    assert "renew it" in told


@pytest.mark.parametrize("body", [b"", b"<html>", b"[]", b'{"error": 3}', b"\xff", b"[" * 100_000])
def test_no_answer_of_the_graphs(body: bytes) -> None:
    """A page of something between us is an answer that was lost: a deed may be done, a question is asked again."""
    page = Answer(502, {}, body)

    assert type(remedy(page)) is errors.Uncertain
    assert type(remedy(page, acts=False)) is errors.TryLater


@pytest.mark.parametrize(
    ("headers", "wait"),
    [
        ({}, timedelta(minutes=1)),
        ({"retry-after": "7"}, timedelta(seconds=7)),
        (
            {"x-business-use-case-usage": '{"1": [{"type": "pages", "estimated_time_to_regain_access": 12}]}'},
            timedelta(minutes=12),
        ),
        (
            {"x-business-use-case-usage": '{"1": [{"estimated_time_to_regain_access": 99999}], "2": 3}'},
            timedelta(days=1),
        ),
        ({"x-business-use-case-usage": "nonsense"}, timedelta(minutes=1)),
    ],
)
@pytest.mark.parametrize("status", [400, 429])
def test_how_long(headers: dict[str, str], wait: timedelta, status: int) -> None:
    """We wait as long as the Graph says, in whichever way it says so, and a minute when it does not."""
    found = remedy(answer(status, headers, code=80001))

    assert isinstance(found, errors.TryLater)
    assert found.after == wait
