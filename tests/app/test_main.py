"""The command line of the app: wrong options end in one line on stderr and status 2."""

import importlib.util
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from app.__main__ import AUTH_VARIABLE, build_parser, main
from app.serve import serving
from app.serve.serving import Serving, check_free
from generate.sound.soundfont import ENVIRONMENT_VARIABLE
from mer.errors import InputError

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(autouse=True)
def as_before(monkeypatch: pytest.MonkeyPatch) -> None:
    """Restore what the app sets for its own process, and let it take any port."""
    for name in ("GRADIO_ANALYTICS_ENABLED", "HF_HUB_OFFLINE"):
        monkeypatch.setenv(name, "")
    for name in (ENVIRONMENT_VARIABLE, AUTH_VARIABLE):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr("signal.signal", lambda *_: None)


def refusal(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    """Return the one line that the app says when it refuses."""
    try:
        status: object = main(list(arguments))
    except SystemExit as stopped:  # from the parser
        status = stopped.code
    assert status == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith("error: ")
    assert said.err.count("\n") == 1
    return said.err


def test_help(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(["--help"])
    assert stopped.value.code == 0
    told = capsys.readouterr().out
    for option in build_parser()._option_string_actions:
        assert option in told


def test_the_parser_and_the_server_agree_on_what_is_usual() -> None:
    options, usual = build_parser().parse_args([]), Serving()
    assert (options.host, options.port, options.queue) == (usual.host, usual.port, usual.waiting)
    assert (options.max_upload_mb, options.per_minute) == (usual.upload_mb, usual.per_minute)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--port", "0"], "--port is 0; 1 to 65535 is supported"),
        (["--port", "ninety"], "--port"),
        (["--queue", "0"], "--queue is 0"),
        (["--max-upload-mb", "500"], "--max-upload-mb is 500; 0.1 to 20 is supported"),
        (["--max-upload-mb", "nan"], "--max-upload-mb is nan"),
        (["--per-minute", "-1"], "--per-minute is -1"),
        (["--auth", "sesame"], "--auth must be USER:PASSWORD"),
        (["--auth", ":sesame"], "--auth must be USER:PASSWORD"),
        (["--auth", "ann:"], "--auth must be USER:PASSWORD"),
        (["--auth", "ann:sesame", "--mcp"], "--mcp and --auth exclude each other"),
        (["--host", "no such host"], "no such host"),
        (["--soundfont", "/no/such.sf2"], "the soundfont '/no/such.sf2' is not a file"),
        (["--listen", str(ROOT / "README.md")], "README.md: answers cannot be written there"),
        (["--unheard-of"], "--unheard-of"),
    ],
)
def test_refusals(
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    arguments: list[str],
    message: str,
) -> None:
    if "no such host" not in arguments:
        monkeypatch.setattr(serving, "check_free", lambda *_: None)
    said = refusal(capsys, *arguments)
    assert message in said
    assert "sesame" not in said


def test_wrong_corpus(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(serving, "check_free", lambda *_: None)
    monkeypatch.setattr("tempfile.tempdir", None)
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    assert "none.npz" in refusal(capsys, "--corpus", str(tmp_path / "none.npz"))
    assert list(tmp_path.iterdir()) == []


def test_what_is_missing_is_said_before_the_page_is_made() -> None:
    code = (
        "import sys; from app.__main__ import main; status = main(sys.argv[1:]); "
        "sys.exit('gradio came first' if 'gradio' in sys.modules else status)"
    )
    for option, missing in (("--corpus", "nowhere"), ("--soundfont", "none.sf2")):
        command = [sys.executable, "-c", code, "--port", "0", option, missing]
        with socket.create_server(("127.0.0.1", 0)) as free:
            command[4] = str(free.getsockname()[1])
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
        assert (done.returncode, missing in done.stderr) == (2, True), done.stderr


def test_a_port_in_use(capsys: pytest.CaptureFixture[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        said = refusal(capsys, "--port", port)
    assert f"cannot listen on 127.0.0.1 port {port}" in said
    assert "choose another" in said
    check_free("127.0.0.1", int(port))


def test_mcp_without_its_package(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    assert "pip install 'mer[mcp]'" in refusal(capsys, "--mcp")


def test_the_page_without_its_extra() -> None:
    code = (
        "import sys; sys.modules['gradio'] = None; "
        "from app.__main__ import main; sys.exit(main([]))"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    words = "the page needs the package 'gradio'; install it with: pip install 'mer[app]'"
    assert (done.returncode, done.stdout, done.stderr) == (2, "", f"error: {words}\n")


def test_a_password_may_hold_colons_and_come_from_the_environment() -> None:
    assert Serving(auth="ann:open:sesame").login == ("ann", "open:sesame")
    with pytest.raises(InputError):
        Serving(auth="")
