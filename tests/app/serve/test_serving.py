"""A server in a process of its own: what visitors may see, what is left when it stops; the image.

One server, over a small index, serves all tests here; the last of them stops it.
"""

import asyncio
import contextlib
import importlib.util
import json
import os
import re
import shlex
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from mer.search.index import PhraseIndex

ROOT = Path(__file__).resolve().parents[3]
sys.path.insert(0, str(ROOT / "benchmarks"))

from page_client import ClickFailedError, PageClient, served  # noqa: E402
from visitors import BUTTON, made_up, shared_files  # noqa: E402

sys.path.remove(str(ROOT / "benchmarks"))

pytest.importorskip("gradio", reason="gradio is not installed")
httpx = pytest.importorskip("httpx", reason="httpx is not installed")
HAS_MCP = importlib.util.find_spec("mcp") is not None
QUICK = {"Bars": 4, "Takes": 1}
PER_MINUTE = 5
MOST_ASKED = 10_000  # times, until a file is gone


@pytest.fixture(scope="module")
def temporary(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder in which the server may make its own."""
    return tmp_path_factory.mktemp("temporary")


@pytest.fixture(scope="module")
def server(
    walking_index: PhraseIndex, temporary: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[str, Any]]:
    """Address and process of a server that lets everyone compose only so often."""
    corpus = tmp_path_factory.mktemp("corpus") / "walking.npz"
    walking_index.save(corpus)
    options = ["--corpus", str(corpus), "--per-minute", str(PER_MINUTE), "--max-upload-mb", "0.1"]
    before = os.environ.get("TMPDIR")
    os.environ["TMPDIR"] = str(temporary)
    try:
        with served(*options, *(["--mcp"] if HAS_MCP else [])) as running:
            yield running
    finally:
        os.environ.pop("TMPDIR") if before is None else os.environ.update(TMPDIR=before)


@pytest.fixture
def visitors(server: tuple[str, Any]) -> Iterator[tuple[PageClient, PageClient]]:
    pair = PageClient(server[0]), PageClient(server[0])
    yield pair
    for each in pair:
        each.close()


def is_gone(client: PageClient, path: str) -> bool:
    """Return whether a file is refused; one that goes while it is sent will be."""
    with contextlib.suppress(httpx.TransportError):
        return client.fetch(path) == 403
    return False


def folder_of(path: str) -> Path:
    """Return the visitor's folder that a file is in."""
    return next(folder for folder in Path(path).parents if folder.parent.name == "visitors")


def test_two_visitors_are_shown_different_files(visitors: tuple[PageClient, PageClient]) -> None:
    clicks = [each.click(each.clicked(BUTTON), QUICK) for each in visitors]
    assert all(len(click.files) >= 4 for click in clicks)
    assert shared_files(clicks) == set()
    folders = [{folder_of(path).name for path in click.files} for click in clicks]
    assert all(len(names) == 1 for names in folders)
    # Gradio serves a file to whoever knows its path: nobody can, for this is drawn by lot ...
    assert folders[0] != folders[1]
    assert all(re.fullmatch("[0-9a-f]{32}", name) for names in folders for name in names)
    # ... and there is no list of files.
    folder = folder_of(next(iter(clicks[0].files)))
    for place in (folder, folder.parent, folder.parent.parent):
        assert visitors[1].fetch(str(place)) == 403


def test_files_go_when_the_visitor_leaves(visitors: tuple[PageClient, PageClient]) -> None:
    one, other = visitors
    with one.present():
        files = one.click(one.clicked(BUTTON), QUICK).files
        assert {other.fetch(path) for path in files} == {200}  # who knows a path may read it
    for path in files:
        assert any(is_gone(other, path) for _ in range(MOST_ASKED))


def test_nothing_outside_is_served(visitors: tuple[PageClient, PageClient]) -> None:
    one, _ = visitors
    for path in ("/etc/passwd", str(ROOT / "pyproject.toml"), "https://example.org/"):
        assert one.fetch(path) == 403


def test_a_motif_cannot_be_read_from_elsewhere(visitors: tuple[PageClient, PageClient]) -> None:
    one, _ = visitors
    with pytest.raises(ClickFailedError):
        one.click(
            one.function("upload"),
            {"MIDI, MusicXML, MEI, ABC, kern, chant or a recording": elsewhere()},
        )


def elsewhere() -> dict[str, Any]:
    path = ROOT / "data" / "motifs" / "londonderry-air.mid"
    return {"path": str(path), "meta": {"_type": "gradio.FileData"}}


def test_uploads_stay_below_the_servers_folder_and_have_a_limit(
    visitors: tuple[PageClient, PageClient], temporary: Path
) -> None:
    one, _ = visitors
    path = Path(one.upload("../../tune.abc", b"X:1\nK:C\nCDEF|\n")["path"])
    assert path.name == "tune.abc"
    assert temporary in path.resolve().parents
    refused = one.http.post("/gradio_api/upload", files={"files": ("x.mid", bytes(200_000))})
    assert refused.status_code == 413
    large = one.http.post("/gradio_api/queue/join", content=b" " * 3_000_000)
    assert large.status_code == 413


def test_who_composes_too_often_is_told_to_wait(visitors: tuple[PageClient, PageClient]) -> None:
    one, other = visitors
    for _ in range(PER_MINUTE):
        one.click(one.clicked(BUTTON), QUICK)
    with pytest.raises(
        ClickFailedError,
        match=r"more than 5 compositions, checks and exercises a minute; wait \d+ sec",
    ):
        one.click(one.clicked(BUTTON), QUICK)
    other.click(other.clicked(BUTTON), QUICK)


@pytest.mark.skipif(not HAS_MCP, reason="the package 'mcp' is not installed")
def test_the_functions_are_mcp_tools(server: tuple[str, Any]) -> None:
    from mcp import ClientSession
    from mcp.client.streamable_http import streamablehttp_client

    async def use() -> tuple[list[str], Any]:
        address = f"{server[0]}/gradio_api/mcp/"
        async with (
            streamablehttp_client(address) as (read, write, _),
            ClientSession(read, write) as session,
        ):
            await session.initialize()
            tools = (await session.list_tools()).tools
            assert all(tool.description for tool in tools)
            names = [tool.name for tool in tools]
            called = next(name for name in names if name.endswith("read_notes"))
            return names, await session.call_tool(called, {"notes": "C4 D E G"})

    names, answer = asyncio.run(use())
    assert not any("page" in name for name in names)
    assert not answer.isError
    assert json.loads(answer.content[0].text)["notes"].endswith("C4 D4 E4 G4")


def test_stopping_in_the_middle_of_a_composition_leaves_nothing(
    server: tuple[str, Any], visitors: tuple[PageClient, PageClient], temporary: Path
) -> None:
    _, process = server
    one, _ = visitors
    one.start(one.clicked(BUTTON), {"Bars": 32, "Takes": 5, "Notes": made_up(1)})
    begun = (message for message in one.messages() if message["msg"] == "process_generating")
    next(begun)
    assert len(list(temporary.iterdir())) == 1
    process.terminate()
    assert process.wait(timeout=60) == 0
    assert list(temporary.iterdir()) == []


def dockerfile() -> list[list[str]]:
    """Return the instructions of the Dockerfile as words."""
    lines = (ROOT / "Dockerfile").read_text().splitlines()
    text = "\n".join(line for line in lines if line and not line.startswith("#"))
    return [line.split(maxsplit=1) for line in text.replace("\\\n", " ").splitlines()]


def test_what_the_image_copies_is_there_and_not_ignored() -> None:
    kept = {
        line.removeprefix("!")
        for line in (ROOT / ".dockerignore").read_text().splitlines()
        if line.startswith("!")
    }
    copied = [path for word, rest in dockerfile() if word == "COPY" for path in rest.split()[:-1]]
    assert {path.removeprefix("./") for path in copied} == kept
    assert all((ROOT / path).exists() for path in copied)


def test_the_image_runs_the_app_as_an_ordinary_user() -> None:
    from app.__main__ import build_parser

    by_word: dict[str, list[str]] = {}
    for word, rest in dockerfile():
        by_word.setdefault(word, []).append(rest)
    assert by_word["USER"] == ["mer"]
    assert by_word["EXPOSE"] == ["7860"]
    command = [str(word) for word in json.loads(by_word["CMD"][0])]
    assert command[:3] == ["python", "-m", "app"]
    options = build_parser().parse_args(command[3:])
    assert (options.host, options.port) == ("0.0.0.0", 7860)
    check = by_word["HEALTHCHECK"][0].partition("CMD ")[2]
    compile(json.loads(check)[2], "HEALTHCHECK", "exec")
    installs = [shlex.split(run) for run in by_word["RUN"] if run.startswith("pip")]
    assert installs == [["pip", "install", ".[app]", "--constraint", "constraints.txt"]]


def test_the_header_of_the_space_fits_the_image() -> None:
    text = (ROOT / "docs" / "space" / "README.md").read_text()
    header = dict(
        line.split(": ", maxsplit=1) for line in text.split("---\n")[1].strip().splitlines()
    )
    assert header["sdk"] == "docker"
    assert header["app_port"] == "7860"
    assert header["license"] == "mit"
    assert len(header["short_description"]) <= 60
