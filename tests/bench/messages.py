"""What customers write in the benchmarks, as signed requests ready to be sent, and the marks by which a window knows them again.

Requests are made before the clock starts: signing costs more than sending, and the sender shares the product's processors.
"""

import base64
import hashlib
import hmac
import json
import re
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

_LETTERS = str.maketrans("0123456789", "abcdefghij")
_DIGITS = bytes.maketrans(b"abcdefghij", b"0123456789")
MARK = re.compile(rb"mq([a-j]+)qm")
LONGEST_MARK = 24

WORDS = (
    "Bonjour, mon virement vers l'agence de Lyon n'est toujours pas arrivé depuis mardi, pouvez-vous regarder ?",
    "Hello, the app has refused my fingerprint since this morning and I cannot see my account, what can I do?",
    "Merci de me dire pourquoi des frais de tenue de compte apparaissent deux fois sur mon relevé du mois.",
    "My card was swallowed by the machine at the station branch, and nobody answers the phone. Please help me.",
)


def mark(number: int) -> str:
    """A word of letters only, so that no rule for card numbers or codes masks it."""
    return f"mq{str(number).translate(_LETTERS)}qm"


def marks(chunk: bytes) -> list[int]:
    """The numbers of all marks in these bytes."""
    return [int(found.translate(_DIGITS)) for found in MARK.findall(chunk)]


@dataclass(frozen=True, slots=True)
class Stream:
    """Which messages to make: `count` from `first` on, each from one of `people` in turn, every tenth from somebody new.

    `series` keeps the ids of two streams apart. With `new_every` 0 all come from the known people.
    """

    series: str
    first: int
    count: int
    people: int = 1000
    new_every: int = 10

    def author(self, number: int) -> str:
        if self.new_every and number % self.new_every == 0:
            return f"new-{self.series}-{number}"
        return f"known-{number % self.people}"

    def bodies(self) -> list[tuple[str, bytes]]:
        """Each message's id and its JSON in our wire format."""
        return [self._body(number) for number in range(self.first, self.first + self.count)]

    def _body(self, number: int) -> tuple[str, bytes]:
        author = self.author(number)
        external_id = f"{self.series}-{number}"
        name = f"Awa {author.translate(_LETTERS).title()}"
        value = {
            "external_id": external_id,
            "conversation_id": f"c-{author}",
            "author": {"external_id": author, "name": name, "username": name.lower().replace(" ", ".")},
            "sent_at": datetime.now(UTC).isoformat(),
            "text": f"{mark(number)} {WORDS[number % len(WORDS)]}",
        }
        return external_id, json.dumps(value).encode()


def signed(path: str, secret: str, bodies: Sequence[tuple[str, bytes]]) -> list[bytes]:
    """Whole HTTP requests with a Standard Webhooks signature of this moment."""
    key = base64.b64decode(secret.removeprefix("whsec_"))
    at = str(int(time.time()))
    return [_request(path, key, at, external_id, body) for external_id, body in bodies]


def _request(path: str, key: bytes, at: str, external_id: str, body: bytes) -> bytes:
    signature = hmac.new(key, f"{external_id}.{at}.".encode() + body, hashlib.sha256).digest()
    head = (
        f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
        f"webhook-id: {external_id}\r\nwebhook-timestamp: {at}\r\n"
        f"webhook-signature: v1,{base64.b64encode(signature).decode()}\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body
