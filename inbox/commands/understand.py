"""`comptoir understand train|evaluate|predict`: what the bot makes of messages, learnt from a file and measured on another."""

import argparse
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, Self, TextIO

import orjson
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn

from bot.autoreply.understanding import dangers, deep, encoder, evaluating, keeping, learning, reading, speech
from bot.autoreply.understanding.evaluating import Evaluation
from bot.autoreply.understanding.model import Model
from bot.autoreply.understanding.reading import Fault
from bot.autoreply.understanding.values import Decision, Kind, Prediction
from inbox.commands import common

PURPOSE = """Teach the bot from a file of examples, measure what it learnt on another, or ask it about messages.
  train FILE --kind intent|mood --model DIR       learn from a CSV with the columns text and category (or label)
  evaluate FILE --kind intent|mood --model DIR    accuracy, macro F1, coverage and precision, by label and language
  predict --model DIR                             a text per line on standard input, a line of JSON for each
Exit code: 0 done, 2 when a file or model cannot be used; what is wrong with single lines is told and passed over."""
SHOWN = 20
TOGETHER = 64


def main(arguments: list[str]) -> int:
    parser = common.parser("understand", PURPOSE)
    acts = parser.add_subparsers(dest="act", required=True, metavar="train|evaluate|predict")
    for name in ("train", "evaluate", "predict"):
        act = acts.add_parser(name)
        if name != "predict":
            act.add_argument("file", type=Path)
        act.add_argument(
            "--kind", type=Kind, choices=tuple(Kind), required=name != "predict", help="what is understood"
        )
        act.add_argument("--model", type=Path, required=True, metavar="DIR", help="the folder of what was learnt")
        act.add_argument("--json", action="store_true", help="answer with one line of JSON")
        if name == "train":
            act.add_argument(
                "--thorough", action="store_true", help="learn longer for more: moods with a second encoder"
            )
    given = parser.parse_args(arguments)
    return common.told(lambda: {"train": _train, "evaluate": _evaluate, "predict": _predict}[given.act](given))


def _train(given: argparse.Namespace) -> int:
    found = reading.read(given.file)
    once = reading.distinct(found.examples)
    _tell(given.file, (*found.faults, *once.faults))
    _need_encoder()
    if given.thorough and given.kind is Kind.MOOD and not deep.is_installed():
        print(deep.MISSING, file=sys.stderr)
    with _Shown() as shown:
        model = learning.learn(given.kind, once.examples, shown.told, is_thorough=given.thorough)
    keeping.save(model, given.model)
    figures = {**model.figures, "version": model.version, "examples": len(once.examples), "labels": len(model.labels)}
    if given.json:
        print(orjson.dumps(figures).decode())
    else:
        print(f"Learnt {len(model.labels)} labels from {len(once.examples):,} examples; kept in {given.model}.")
        print("On examples put aside while learning:")
        print("\n".join(_summary(figures)))
    return 0


def _evaluate(given: argparse.Namespace) -> int:
    model = keeping.load(given.model, given.kind)
    found = reading.read(given.file)
    _need_encoder()
    evaluation = evaluating.evaluate(model, found.examples)
    _tell(given.file, (*found.faults, *evaluation.faults))
    if given.json:
        print(orjson.dumps(evaluation.figures).decode())
    else:
        print("\n".join(_table(evaluation)))
    return 0


def _predict(given: argparse.Namespace) -> int:
    kinds = keeping.kinds(given.model)
    model = keeping.load(given.model, given.kind or next(iter(kinds), Kind.INTENT))
    _need_encoder()
    for lines in _batches(sys.stdin):
        for line, prediction in zip(lines, model.predict(lines), strict=True):
            print(orjson.dumps(_said(model, line, prediction)).decode())
        sys.stdout.flush()
    return 0


def _said(model: Model, text: str, prediction: Prediction) -> dict[str, Any]:
    """What shows danger goes to a person, however sure the intent is."""
    signs = dangers.signs(text) if model.kind is Kind.INTENT else ()
    return {
        "label": prediction.label, "probability": round(prediction.probability, 4),
        "decision": Decision.HAND_OVER if signs else prediction.decision, "language": speech.language(text),
        "dangers": signs,
    }  # fmt: skip


def _batches(source: TextIO) -> Iterator[list[str]]:
    """Many lines at once are cheaper; a person at the keyboard is answered line by line."""
    most = 1 if source.isatty() else TOGETHER
    lines: list[str] = []
    for raw in getattr(source, "buffer", source):
        lines.append((raw.decode("utf-8", "replace") if isinstance(raw, bytes) else raw).rstrip("\r\n"))
        if len(lines) == most:
            yield lines
            lines = []
    if lines:
        yield lines


def _need_encoder() -> None:
    """Wait until it is there; say once what is missing where it is not installed."""
    if not encoder.shared().load():
        print(encoder.MISSING, file=sys.stderr)


def _tell(file: Path, faults: Sequence[Fault]) -> None:
    for fault in faults[:SHOWN]:
        print(f"{file.name}:{fault.line}: {fault.reason}", file=sys.stderr)
    if len(faults) > SHOWN:
        print(f"… and {len(faults) - SHOWN} more lines.", file=sys.stderr)


def _summary(figures: dict[str, Any]) -> Iterable[str]:
    yield f"  accuracy {figures['accuracy']:7.2%}    macro F1 {figures['macro_f1']:7.2%}    examples {figures['examples']:,}"
    for target, coverage in figures["coverage_at"].items():
        precision = figures["precision_at"][target]
        kept = (
            "nothing is answered"
            if precision is None
            else f"{coverage:6.1%} answered, {precision:6.2%} of them rightly"
        )
        yield f"  right {float(target):.0%} of the time asked for: {kept}"


def _table(evaluation: Evaluation) -> Iterable[str]:
    figures = evaluation.figures
    yield from _summary(figures)
    yield f"  {figures['milliseconds_per_message']:.1f} ms a message"
    for language, part in figures["by_language"].items():
        yield f"  {language:8} {part['accuracy']:7.2%} of {part['examples']:,}"
    width = max([5, *map(len, figures["per_label"])])
    yield f"\n{'label':{width}}  precision  recall     F1  examples"
    for label, one in sorted(figures["per_label"].items(), key=lambda each: (each[1]["f1"], each[0])):
        yield f"{label:{width}}  {one['precision']:9.1%} {one['recall']:7.1%} {one['f1']:6.1%}  {one['examples']:8,}"
    if evaluation.confused:
        yield "\nconfused most: meant → said"
        yield from (f"  {count:4}  {meant} → {said}" for meant, said, count in evaluation.confused)


class _Shown:
    """How far a training is, on standard error: a bar for a person, a line per stage for a log."""

    def __init__(self) -> None:
        self._stage = ""
        columns = TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeElapsedColumn()
        self._bar = Progress(*columns, console=Console(stderr=True), disable=not sys.stderr.isatty())
        self._task = self._bar.add_task("learning", total=1.0)

    def __enter__(self) -> Self:
        self._bar.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._bar.stop()

    def told(self, done: float, stage: str) -> None:
        self._bar.update(self._task, completed=done, description=stage)
        if stage != self._stage and self._bar.disable:
            print(f"{done:4.0%} {stage}", file=sys.stderr, flush=True)
        self._stage = stage
