"""The process that trains: `python -m bot.autoreply.apprentice`, a lesson on its standard input, words on its standard output.

It knows no database and no network, and ends when it has said its last word.
"""

import sys
from typing import BinaryIO

from bot import errors
from bot.autoreply import grouping, lesson
from bot.autoreply.lesson import Ask, Failed, Going, Learnt, Lesson, Sorted, Told, Train, Word
from bot.autoreply.understanding import encoder, keeping, learning
from bot.autoreply.understanding.values import Example, Kind
from bot.desk.intents import TARGETS


def main(given: BinaryIO, out: BinaryIO) -> None:
    """Do the lesson. What cannot be done is said in a sentence; what should not happen ends the process."""
    task = lesson.lesson(given.read())
    try:
        lesson.say(out, _done(task, out))
    except errors.Invalid as error:
        lesson.say(out, Failed(error.message))


def _done(task: Lesson, out: BinaryIO) -> Word:
    if isinstance(task, Train):
        return _trained(task, out)
    encoder.shared().load()
    return _asked(task) if isinstance(task, Ask) else Sorted(grouping.groups(task.texts))


def _trained(task: Train, out: BinaryIO) -> Word:
    examples = [Example(one.text, one.intent) for one in task.samples]
    studied = learning.study(
        Kind.INTENT, examples, lambda share, stage: lesson.say(out, Going(min(99, int(share * 100)), stage))
    )
    model = studied.model
    return Learnt(
        keeping.pack(model),
        f"{model.recipe} {model.version}",
        {target: model.threshold(target / 100) for target in TARGETS},
        tuple((one.label, one.probability) for one in studied.unseen),
    )


def _asked(task: Ask) -> Word:
    models = [keeping.unpack(body) for body in task.bodies]
    return Told(
        tuple(tuple((one.label, one.probability) for one in model.predict(list(task.texts))) for model in models)
    )


if __name__ == "__main__":
    main(sys.stdin.buffer, sys.stdout.buffer)
