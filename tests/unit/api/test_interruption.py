"""Ctrl-C at any moment: said, exit code 130, and nothing left behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import pytest

from allocation.cli import console
from allocation.exchange import whole_folder, write_folder
from allocation.interruption import heard, is_asked
from api import cli
from scenarios.synthetic import synthesise

PROGRAM = "import sys; from api.cli import main; sys.exit(main())"


@pytest.fixture(scope="module")
def register(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A synthetic register large enough to be interrupted in every step."""
    folder = tmp_path_factory.mktemp("interrupted") / "register"
    write_folder(synthesise(11, slsp_id="la-sambrienne", households=600, vacancies=12), folder)
    return folder


def interrupted(arguments: list[str], seconds: float) -> tuple[int, str]:
    """Exit code and messages of the program when Ctrl-C comes after a while."""
    program = subprocess.Popen(
        [sys.executable, "-c", PROGRAM, *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    time.sleep(seconds)
    program.send_signal(signal.SIGINT)
    _, said = program.communicate(timeout=60)
    return program.returncode, said


@pytest.mark.parametrize("seconds", [0.8, 1.5, 2.3])
def test_a_proposal_can_be_interrupted_at_any_moment(
    register: Path, tmp_path: Path, seconds: float
) -> None:
    out = tmp_path / "session"
    code, said = interrupted(["propose", "--register", str(register), "--out", str(out)], seconds)
    if code == 0:  # a quick machine had finished
        assert out.is_dir()
        return
    assert (code, said.strip()) == (cli.INTERRUPTED, "Interrompu ; rien n'a été écrit à moitié.")
    assert list(tmp_path.iterdir()) == []


def test_an_interruption_swallowed_by_native_code_still_stops_before_anything_changes(
    tmp_path: Path,
) -> None:
    def work() -> None:
        with heard(), whole_folder(tmp_path / "out"):
            with suppress(KeyboardInterrupt):
                os.kill(os.getpid(), signal.SIGINT)
                time.sleep(0.1)
            assert is_asked()

    with pytest.raises(KeyboardInterrupt):
        work()
    assert list(tmp_path.iterdir()) == []


def test_a_signal_taken_over_is_heard_again_at_the_next_step(tmp_path: Path) -> None:
    before = signal.getsignal(signal.SIGINT)
    with heard():
        ours = signal.getsignal(signal.SIGINT)
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        with whole_folder(tmp_path / "out"):
            pass
        assert signal.getsignal(signal.SIGINT) is ours
    assert signal.getsignal(signal.SIGINT) is before


def test_an_error_made_of_an_interruption_is_an_interruption(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def native(_arguments: object) -> int:
        try:
            os.kill(os.getpid(), signal.SIGINT)
            time.sleep(0.1)
        except KeyboardInterrupt:
            raise RuntimeError("callback failed") from None
        return 0

    monkeypatch.setattr(cli, "_run", native)
    console.error_console.cache_clear()
    assert cli.run([]) == cli.INTERRUPTED
    assert "Interrompu" in capsys.readouterr().err
    console.error_console.cache_clear()
