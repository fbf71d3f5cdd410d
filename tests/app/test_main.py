"""The command line of the app: wrong options end in one line on stderr and status 2."""

from pathlib import Path

import pytest

from app.__main__ import main
from generate.soundfont import ENVIRONMENT_VARIABLE


def test_wrong_soundfont(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--soundfont", "/no/such.sf2"]) == 2
    said = capsys.readouterr().err
    assert said == "app: the soundfont '/no/such.sf2' is not a file\n"


def test_wrong_corpus(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert main(["--corpus", str(tmp_path / "none.npz")]) == 2
    said = capsys.readouterr().err
    assert "none.npz" in said
    assert said.count("\n") == 1


@pytest.fixture(autouse=True)
def as_before(monkeypatch: pytest.MonkeyPatch) -> None:
    """Restore what the app sets for its own process."""
    for name in ("GRADIO_ANALYTICS_ENABLED", "HF_HUB_OFFLINE", "GRADIO_TEMP_DIR"):
        monkeypatch.setenv(name, "")
    monkeypatch.delenv(ENVIRONMENT_VARIABLE, raising=False)
    monkeypatch.setattr("signal.signal", lambda *_: None)


def test_help(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(["--help"])
    assert stopped.value.code == 0
    assert "--soundfont" in capsys.readouterr().out
