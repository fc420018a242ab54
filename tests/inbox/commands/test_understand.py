"""`comptoir understand`: taught from a file, measured on another, asked line by line; each form as it is promised."""

import io
import json
import pathlib
from collections.abc import Callable

import pytest

from inbox.__main__ import main
from tests.bot.autoreply.understanding import taught
from tests.inbox.commands.conftest import Answer

Run = Callable[..., Answer]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    """The command as it is typed; it needs no desk."""

    def typed(*arguments: object) -> Answer:
        capsys.readouterr()
        try:
            code = main(["understand", *map(str, arguments)])
        except SystemExit as leaving:
            code = int(leaving.code or 0)
        said = capsys.readouterr()
        return Answer(code, said.out, said.err)

    return typed


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> pathlib.Path:
    """A folder with a model that was taught eight intents."""
    folder = tmp_path_factory.mktemp("understanding")
    lines = "".join(f'"{one.text.replace(chr(34), chr(39))}",{one.label}\n' for one in taught.examples())
    (folder / "train.csv").write_text(f"text,category\n{lines}", encoding="utf-8")
    assert (
        main(["understand", "train", str(folder / "train.csv"), "--kind", "intent", "--model", str(folder / "model")])
        == 0
    )
    return folder / "model"


def test_training_tells_what_is_wrong_and_learns_the_rest(run: Run, tmp_path: pathlib.Path) -> None:
    """Lines that are empty or there twice are named on standard error, and so is how far it is."""
    file = tmp_path / "few.csv"
    file.write_text(
        "text,label\nwhere is my card,card\nwhere is my card,card\n,card\nclose my account,leave\n", encoding="utf-8"
    )

    said = run("train", file, "--kind", "intent", "--model", tmp_path / "model")

    assert said.code == 0
    assert "2 labels from 2 examples" in said.out
    assert "few.csv:3:" in said.err
    assert "few.csv:4:" in said.err
    assert "100%" in said.err


def test_an_evaluation_is_one_object(run: Run, model: pathlib.Path, tmp_path: pathlib.Path) -> None:
    """With all that is promised, by language too; a label that was never taught is told and counts as wrong."""
    file = tmp_path / "asked.csv"
    file.write_text(
        "text,category\nj'ai perdu ma carte,card_lost_stolen\nI lost my card,card_lost_stolen\nhello,unheard_of\n",
        encoding="utf-8",
    )

    said = run("evaluate", file, "--kind", "intent", "--model", model, "--json")
    found = json.loads(said.out)

    assert said.code == 0
    assert found["accuracy"] == pytest.approx(2 / 3)
    assert set(found["coverage_at"]) == set(found["precision_at"]) == {"0.97", "0.99"}
    assert found["per_label"]["card_lost_stolen"]["recall"] == 1.0
    assert found["by_language"]["fr"]["accuracy"] == 1.0
    assert found["macro_f1"] < 1.0
    assert found["milliseconds_per_message"] > 0
    assert "asked.csv:4: 'unheard_of' is no label that was taught" in said.err


def test_a_person_reads_a_table(run: Run, model: pathlib.Path, tmp_path: pathlib.Path) -> None:
    """Labels with their figures, and what is confused."""
    file = tmp_path / "asked.csv"
    file.write_text("text;label\nI lost my card;opening_hours\nje ferme mon compte;account_close\n", encoding="utf-8")

    said = run("evaluate", file, "--kind", "intent", "--model", model)

    assert said.code == 0
    assert "accuracy  50.00%" in said.out
    assert "opening_hours → card_lost_stolen" in said.out


def test_each_line_is_answered_by_a_line(run: Run, model: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also the empty one and the broken one; danger goes to a person."""
    asked = b"j'ai perdu ma carte bancaire\n\nI cannot sign in\nvol\xe9\nOn m'a vol\xc3\xa9 ma carte bancaire"
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(asked), encoding="utf-8"))

    said = run("predict", "--model", model)
    found = [json.loads(line) for line in said.out.splitlines()]

    assert said.code == 0
    assert len(found) == 5
    assert all({"label", "probability", "decision", "language"} <= one.keys() for one in found)
    assert (found[0]["label"], found[0]["language"]) == ("card_lost_stolen", "fr")
    assert found[1]["decision"] == "hand_over"
    assert (found[2]["label"], found[2]["language"]) == ("sign_in", "en")
    assert found[4]["decision"] == "hand_over"


@pytest.mark.parametrize("act", ["train", "evaluate"])
def test_a_file_that_cannot_be_used_is_told_in_a_sentence(
    run: Run, model: pathlib.Path, act: str, tmp_path: pathlib.Path
) -> None:
    """With code 2, and without a trace."""
    (tmp_path / "other.csv").write_text("question,answer\na,b\n", encoding="utf-8")

    for file in ("other.csv", "missing.csv"):
        said = run(act, tmp_path / file, "--kind", "intent", "--model", model)
        assert said.code == 2
        assert said.err.startswith("comptoir: ")


def test_a_folder_without_a_model_is_told_in_a_sentence(run: Run, tmp_path: pathlib.Path) -> None:
    """Whichever way it is asked."""
    (tmp_path / "asked.csv").write_text("text,label\na,b\n", encoding="utf-8")

    for arguments in (("predict",), ("evaluate", tmp_path / "asked.csv", "--kind", "intent")):
        said = run(*arguments, "--model", tmp_path)
        assert said.code == 2
        assert "train one first" in said.err
