"""The example in docs/web-api.md runs, the page names all endpoints in it; how events are asked."""

import re
from pathlib import Path

import pytest

from benchmarks import answer_sizes
from benchmarks.page_client import PageClient

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "web-api.md").read_text(encoding="utf-8")


def test_the_example_runs(
    served: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("gradio_client", reason="gradio_client is not installed")
    monkeypatch.chdir(ROOT)
    example = re.search(r"```python\n(.*?)```", PAGE, flags=re.DOTALL)
    assert example is not None
    told = example[1].replace("http://127.0.0.1:7860/", served)
    exec(compile(told, "docs/web-api.md", "exec"), {})
    said = capsys.readouterr().out
    assert "F#4 F#4 G4 A4" in said
    assert re.search(r"longest run shared with a tune: [0-8] notes", said)
    assert ".mid" in said
    assert "keep=1%3A1-4" in said


def test_every_endpoint_is_documented_with_types(served: str) -> None:
    client_api = pytest.importorskip("gradio_client", reason="gradio_client is not installed")
    client = client_api.Client(served, verbose=False)
    known = client.view_api(return_format="dict")["named_endpoints"]
    listed = re.findall(r"^\| `(/\w+)`", PAGE, flags=re.MULTILINE)
    assert sorted(listed) == sorted(known)  # what belongs to the page is hidden
    for name in listed:
        endpoint = known[name]
        assert endpoint["description"], name
        for parameter in (*endpoint["parameters"], *endpoint["returns"]):
            told = parameter["python_type"]["type"]
            assert told not in ("", "Any", "dict(str, Any)"), (name, parameter)
        for parameter in endpoint["parameters"]:
            assert parameter["example_input"] not in (None, "..."), (name, parameter)


def test_answers_are_small_and_hold_no_html(served: str) -> None:
    pytest.importorskip("gradio_client", reason="gradio_client is not installed")
    sizes, _ = answer_sizes.endpoints(served, most=False)
    assert len(sizes) > 7
    assert max(size[0] for name, size in sizes.items() if name != "(description)") < 10_000
    assert sizes["(description)"][0] < 25_000


def test_what_cannot_be_done_is_said(served: str) -> None:
    client_api = pytest.importorskip("gradio_client", reason="gradio_client is not installed")
    client = client_api.Client(served, verbose=False)
    wrong = [
        (["hello world"], "/read_notes", "hello"),
        (["C4 D E", 500], "/find_phrases", "500"),
        (["bars=8"], "/open_link", "no motif"),
        (["notes=C4+D+E&takes=1", 7, "1"], "/reroll", "no take 7"),
        (["C4 D E", "zzz"], "/compose", "unknown verb 'zzz'"),
        ([{"path": str(ROOT / "README.md")}], "/read_file", "not uploaded"),
        (["README.md"], "/read_file", "no file"),
        (["nowhere"], "/read_tune", "no tune 'nowhere'"),
    ]
    for given, name, words in wrong:
        with pytest.raises(client_api.exceptions.AppError, match=words):
            client.predict(*given, api_name=name)


def test_a_choice_that_a_menu_tells_of_twice_is_read_once_at_a_time(served: str) -> None:
    # Read beside the first, the second would come later and end what is composed meanwhile.
    client = PageClient(served)
    asked = [each for each in client.config["dependencies"] if each["api_name"].startswith("take_")]
    client.close()
    modes = {each["api_name"]: each["trigger_mode"] for each in asked}
    modes.pop("take_up")
    assert len(modes) > 3
    assert set(modes.values()) == {"always_last"}
