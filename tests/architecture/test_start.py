"""The two commands of README, on machines that lack something: each says in a sentence what is missing."""

import os
import pathlib
import shutil
import subprocess

import pytest

ROOT = pathlib.Path(__file__).parents[2]
TOOLS = ("sh", "dirname", "cat", "rm", "mkdir")


class Machine:
    """A copy of the project's start, and a path on which only the plainest tools stand and what the test adds."""

    def __init__(self, folder: pathlib.Path) -> None:
        self.project, self.programs = folder / "a project", folder / "bin"
        self.programs.mkdir()
        for name in TOOLS:
            (self.programs / name).symlink_to(shutil.which(name) or f"/bin/{name}")
        shutil.copytree(ROOT / "deploy", self.project / "deploy")

    def has(self, name: str, script: str) -> None:
        """Add a program to the machine."""
        program = self.programs / name
        program.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
        program.chmod(0o755)

    def has_environment(self, python: str) -> None:
        """Say that everything is installed already, with `python` in the place of Python."""
        programs = self.project / ".venv/bin"
        programs.mkdir(parents=True)
        (programs / "python").write_text(f"#!/bin/sh\n{python}\n", encoding="utf-8")
        (programs / "python").chmod(0o755)

    def run(self, *command: str) -> subprocess.CompletedProcess[str]:
        environment = {"PATH": str(self.programs), "HOME": str(self.project)}
        return subprocess.run(
            ["sh", *command], cwd=self.project, env=environment, capture_output=True, text=True, timeout=30, check=False
        )


@pytest.fixture
def machine(tmp_path: pathlib.Path) -> Machine:
    return Machine(tmp_path)


@pytest.mark.parametrize("command", ["deploy/start", "deploy/test", "deploy/check"])
def test_without_python_it_says_so(machine: Machine, command: str) -> None:
    """A machine without any Python hears which ones fit."""
    result = machine.run(command)

    assert result.returncode == 1
    assert "needs Python 3.11, 3.12, 3.13 or 3.14" in result.stderr


def test_a_python_that_is_too_old_is_not_taken(machine: Machine) -> None:
    """A Python that does not fit is as good as none."""
    machine.has("python3", "exit 1")

    assert "needs Python 3.11" in machine.run("deploy/start").stderr


def test_without_venv_it_says_what_to_install(machine: Machine) -> None:
    """Debian's Python without its venv package is told from a Python that works."""
    machine.has("python3", 'case "$*" in *venv*) exit 1;; *) exit 0;; esac')

    result = machine.run("deploy/start")

    assert result.returncode == 1
    assert "apt install python3-venv" in result.stderr


def test_a_failed_installation_is_not_taken_for_done(machine: Machine) -> None:
    """Without a network the sentence says so, and the next start tries again."""
    pip = 'case "$*" in *"pip install"*) echo "no route to host" >&2; exit 1;; *hashlib*) echo 1;; esac'
    machine.has_environment(pip)

    results = [machine.run("deploy/start"), machine.run("deploy/start")]

    assert [result.returncode for result in results] == [1, 1]
    assert all("no route to host" in result.stderr and "needs the network" in result.stderr for result in results)


def test_a_second_start_installs_nothing(machine: Machine) -> None:
    """What is installed is remembered by the lock's hash, and the command gets its words as they were."""
    machine.has_environment(
        'case "$*" in *"pip install"*) echo installing >&2;; *hashlib*) echo 1;; *inbox*) printf "%s|" "$@";; esac'
    )
    machine.run("deploy/start")

    result = machine.run("deploy/start", "import", "two words.csv", "--channel", "x")

    assert result.stderr == ""
    assert result.stdout == "-m|inbox|import|two words.csv|--channel|x|"


def test_another_lock_is_installed(machine: Machine) -> None:
    """A lock that changed since is installed before anything runs."""
    machine.has_environment('case "$*" in *"pip install"*) echo installing >&2;; *hashlib*) echo 1;; esac')
    stamp = machine.project / ".venv/installed-requirements.txt"
    stamp.write_text("another\n", encoding="utf-8")

    assert "installing" in machine.run("deploy/start").stderr
    assert stamp.read_text(encoding="utf-8") != "another\n"


def test_scripts_can_be_executed() -> None:
    """They are marked as programs, so that they also start without naming a shell."""
    assert [name for name in ("start", "test", "check", "lock") if not os.access(ROOT / "deploy" / name, os.X_OK)] == []
    assert os.access(ROOT / ".ci/run", os.X_OK)
