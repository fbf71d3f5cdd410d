"""The address of a running page -> clicks on it, as the browser sends them, without a browser.

What a click needs (which function, which values the controls stand at) is read from the page.
"""

from __future__ import annotations

import json
import os
import re
import socket
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote

ROOT = Path(__file__).resolve().parent.parent
_FILES = re.compile(r"gradio_api/file=([^\"'\\<>&?]+)")
PATIENCE_SEC = 120.0


class ClickFailedError(Exception):
    """What the page would have shown in a red box."""


@dataclass(frozen=True)
class Click:
    """What came back of a click.

    Parameters
    ----------
    messages
        (seconds since the click, text) of each message.
    """

    messages: tuple[tuple[float, str], ...]

    @property
    def seconds(self) -> float:
        """When all was there."""
        return self.messages[-1][0]

    @property
    def files(self) -> set[str]:
        """The paths of the files that are shown."""
        return {unquote(path) for _, text in self.messages for path in _FILES.findall(text)}

    def first(self, mark: str) -> float:
        """Return the seconds until `mark` was shown.

        Raises
        ------
        ClickFailedError
            If it never was.
        """
        for seconds, text in self.messages:
            if mark in text:
                return seconds
        raise ClickFailedError(f"{mark!r} was never shown")


@dataclass
class PageClient:
    """A visitor.

    Parameters
    ----------
    address
        Of the page.
    session
        What the browser makes up; it should not be guessable.
    """

    address: str
    session: str = field(default_factory=lambda: uuid.uuid4().hex)

    def __post_init__(self) -> None:
        import httpx

        # Compressed, messages would be held back until there are enough of them.
        plain = {"Accept-Encoding": "identity"}
        self.http = httpx.Client(base_url=self.address, timeout=PATIENCE_SEC, headers=plain)
        self.config: dict[str, Any] = self.http.get("/config").raise_for_status().json()
        self._components = {each["id"]: each for each in self.config["components"]}

    def close(self) -> None:
        """Close the connections."""
        self.http.close()

    def function(self, name: str) -> dict[str, Any]:
        """Return what the page knows of a function by its name in the API."""
        for each in self.config["dependencies"]:
            if each["api_name"] == name:
                return dict(each)
        raise KeyError(name)

    def clicked(self, elem_id: str, event: str = "click") -> dict[str, Any]:
        """Return what the page knows of the function that runs when an element is clicked."""
        for each in self.config["dependencies"]:
            for component, kind in each["targets"]:
                props = self._components.get(component, {}).get("props", {})
                if kind == event and props.get("elem_id") == elem_id and each["backend_fn"]:
                    return dict(each)
        raise KeyError(elem_id)

    def labels(self, function: Mapping[str, Any]) -> list[str | None]:
        """Return the labels of the controls whose values a function takes, in their order."""
        return [self._components[each]["props"].get("label") for each in function["inputs"]]

    def upload(self, name: str, content: bytes) -> dict[str, Any]:
        """Upload a file and return what stands for it in the values of a click."""
        answer = self.http.post("/gradio_api/upload", files={"files": (name, content)})
        path = answer.raise_for_status().json()[0]
        return {"path": path, "orig_name": name, "meta": {"_type": "gradio.FileData"}}

    def start(
        self,
        function: Mapping[str, Any],
        values: Mapping[str, Any] | None = None,
        event: Mapping[str, Any] | None = None,
    ) -> None:
        """Ask for a function without waiting for it.

        Parameters
        ----------
        values
            Label of a control -> what it is to stand at; the others stand as the page sets them.
        event
            What the page's own JavaScript tells with the event.
        """
        wanted = dict(values or {})
        given = []
        for number in function["inputs"]:
            props = self._components[number]["props"]
            given.append(wanted.pop(props.get("label"), props.get("value")))
        if wanted:
            raise KeyError(f"no such control: {sorted(wanted)}")
        asked = {"fn_index": function["id"], "data": given, "session_hash": self.session}
        asked |= {} if event is None else {"event_data": dict(event)}
        self.http.post("/gradio_api/queue/join", json=asked).raise_for_status()

    def click(
        self,
        function: Mapping[str, Any],
        values: Mapping[str, Any] | None = None,
        event: Mapping[str, Any] | None = None,
        *,
        seen: Callable[[str], None] = lambda text: None,
    ) -> Click:
        """Run a function, as `start` does, and return what came back.

        Parameters
        ----------
        seen
            Is given each message as it comes.

        Raises
        ------
        ClickFailedError
            If the page would show an error.
        """
        began = time.perf_counter()
        self.start(function, values, event)
        shown: list[tuple[float, str]] = []
        for message in self.messages():
            if message["msg"] in {"process_generating", "process_completed"}:
                output = message.get("output") or {}
                if message["msg"] == "process_completed" and not message["success"]:
                    raise ClickFailedError(str(output.get("error")))
                if message["msg"] == "process_completed":
                    self._keep(function, output.get("data") or [])
                told = json.dumps(output, ensure_ascii=False)
                shown.append((time.perf_counter() - began, told))
                seen(told)
        return Click(tuple(shown))

    def _keep(self, function: Mapping[str, Any], data: list[Any]) -> None:
        """Let controls stand at the numbers and texts that came back, as the browser does."""
        for number, told in zip(function["outputs"], data, strict=False):
            value = told.get("value") if isinstance(told, dict) else told
            if isinstance(value, (int, float, str)) and number in self._components:
                self._components[number]["props"]["value"] = value

    def messages(self) -> Iterator[dict[str, Any]]:
        """Yield what the server says about this visitor's actions, until the last one is done."""
        asked = {"session_hash": self.session}
        with self.http.stream("GET", "/gradio_api/queue/data", params=asked) as stream:
            for line in stream.iter_lines():
                if line.startswith("data:"):
                    message = json.loads(line.removeprefix("data:"))
                    if message["msg"] == "close_stream":
                        return
                    yield message
                    if message["msg"] == "process_completed":
                        return

    def fetch(self, path: str) -> int:
        """Return the HTTP status of the file at a path of the server."""
        return int(self.http.get(f"/gradio_api/file={quote(path)}").status_code)

    @contextmanager
    def present(self) -> Iterator[None]:
        """Be there, as an open page is; at the end of the block the visitor leaves."""
        with self.http.stream("GET", f"/gradio_api/heartbeat/{self.session}") as stream:
            beats = stream.iter_lines()  # given up, it would close the stream
            next(beats)
            yield


@contextmanager
def served(
    *options: str, port: int | None = None, environment: Mapping[str, str] | None = None
) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """Yield address and process of a page that is served with these options; stop it at the end.

    Parameters
    ----------
    environment
        What is added to the environment of this process.
    """
    if port is None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
    command = [sys.executable, "-m", "app", "--port", str(port), *options]
    server = subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        cwd=ROOT,
        env=os.environ | dict(environment or {}),
    )
    try:
        assert server.stdout is not None
        said = []
        for line in server.stdout:
            said.append(line)
            if line.startswith("Open http"):
                break
        else:
            raise RuntimeError("the page did not start:\n" + "".join(said))
        yield f"http://127.0.0.1:{port}", server
    finally:
        ended = server.poll()
        if ended is None:
            server.terminate()
        server.wait(timeout=60)
        if ended:
            print(f"the page ended with status {ended}:\n{server.stdout.read()}", file=sys.stderr)
