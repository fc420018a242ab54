"""A process that trains nothing, but speaks as one that does: what is under test is the way there and back.

Its manner is the first word after its name: good, failing, dying, or endless.
"""

import sys
import time

from bot.autoreply import lesson
from bot.autoreply.lesson import Failed, Going, Learnt, Train


def main(manner: str) -> None:
    task = lesson.lesson(sys.stdin.buffer.read())
    assert isinstance(task, Train)
    out = sys.stdout.buffer
    lesson.say(out, Going(40, "learning"))
    if manner == "failing":
        lesson.say(out, Failed("One of the intents has a single example."))
    if manner == "endless":
        time.sleep(600)  # until it is killed
    if manner == "good":
        said = tuple((one.intent if one.language == "fr" else "thanks", 0.5 + one.id / 100) for one in task.samples)
        lesson.say(out, Learnt(b"\x00model\xff", "test 1", {97: 0.4, 99: 0.9}, said))


if __name__ == "__main__":
    main(sys.argv[1])
