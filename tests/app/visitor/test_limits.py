"""How much one visitor may ask: turns a minute, sizes of requests, uploads; old files."""

import asyncio
import os
import shutil
import threading
from datetime import datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from app.serve.gate import Gate, Message
from app.serve.serving import forget_who_left, sweep_strays
from app.visitor.limits import Order, Pace, Turns
from app.visitor.sessions import Sessions
from mer.errors import InputError


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def test_a_visitor_who_waits_may_go_on() -> None:
    clock = Clock()
    turns = Turns(2, clock=clock)
    turns.take("ann", "192.0.2.1")
    clock.now += 50
    turns.take("ann", "192.0.2.1")
    with pytest.raises(
        InputError, match="more than 2 compositions, checks and exercises a minute; wait 10 seconds"
    ):
        turns.take("ann", "192.0.2.1")
    clock.now += 10
    turns.take("ann", "192.0.2.1")
    with pytest.raises(InputError, match="wait 50 seconds"):
        turns.take("ann", "192.0.2.1")


def test_another_name_from_the_same_address_helps_only_so_often() -> None:
    turns = Turns(1, clock=Clock())
    for number in range(10):
        turns.take(f"visitor {number}", "192.0.2.1")
    with pytest.raises(InputError, match="more than 10 compositions"):
        turns.take("one more", "192.0.2.1")
    turns.take("elsewhere", "192.0.2.2")


def test_a_pace_forgets() -> None:
    clock = Clock()
    pace = Pace(1, clock=clock)
    for number in range(10_050):
        assert pace.wait(str(number)) == 0
    assert len(pace._times) == 10_000


def ask(
    gate: Gate, path: str, *, body: tuple[bytes, ...] = (b"",), length: int | None = None
) -> list[Message]:
    """Return what is answered to a POST whose body comes in these parts."""
    parts = [{"type": "http.request", "body": part} for part in body]
    answered: list[Message] = []

    async def receive() -> Message:
        return parts.pop(0)

    async def send(message: Message) -> None:
        answered.append(message)

    headers = [] if length is None else [(b"content-length", str(length).encode())]
    scope = {"type": "http", "path": path, "headers": headers, "client": ("192.0.2.1", 5)}
    asyncio.run(gate(scope, receive, send))
    return answered


async def page(scope: Any, receive: Any, send: Any) -> None:
    """Answer with all that is received."""
    while True:
        message = await receive()
        await send(message)
        if message["type"] == "http.disconnect" or not message["body"]:
            return


def test_the_gate_lets_pass_what_is_small() -> None:
    sent = (b"abc", b"de", b"")
    answered = ask(Gate(page, 5), "/gradio_api/queue/join", body=sent, length=5)
    assert tuple(message["body"] for message in answered) == sent


def test_the_gate_refuses_what_is_large_whether_it_says_so_or_not() -> None:
    gate = Gate(page, 5)
    assert ask(gate, "/gradio_api/queue/join", length=6)[0]["status"] == 413
    answered = ask(gate, "/gradio_api/queue/join", body=(b"abc", b"def", b""))
    assert [message["type"] for message in answered] == ["http.request", "http.disconnect"]


def test_the_gate_counts_uploads_by_the_megabytes_they_begin() -> None:
    gate = Gate(page, 5, Pace(4, clock=Clock()))
    sent = (b"abcdefgh", b"")
    for length in (8, 1_000_000, 1_000_001):
        assert len(ask(gate, "/gradio_api/upload", body=sent, length=length)) == 2
    refused = ask(gate, "/gradio_api/upload", body=sent, length=8)
    assert refused[0]["status"] == 429
    assert refused[1]["body"] == b"Too many uploads; wait 60 seconds."


def test_an_upload_that_does_not_tell_its_size_counts_as_the_largest() -> None:
    gate = Gate(page, 5, Pace(25, clock=Clock()))
    sent = (b"abcdefgh", b"")
    assert len(ask(gate, "/gradio_api/upload", body=sent)) == 2
    assert ask(gate, "/gradio_api/upload", body=sent)[0]["status"] == 429
    assert len(ask(gate, "/gradio_api/upload", body=sent, length=8)) == 2


@pytest.mark.parametrize(
    "path",
    [
        "/gradio_api/file=https://example.org/x",
        "/gradio_api/file=HTTP://example.org/x",
        "/gradio_api/file/http://example.org",
        "/gradio_api/proxy=https://example.org/",
    ],
)
def test_the_gate_fetches_nothing_for_others(path: str) -> None:
    assert ask(Gate(page), path)[0]["status"] == 403


def aged(path: Path) -> Path:
    os.utime(path, (1e9, 1e9))
    return path


def test_files_go_when_a_visitor_has_done_nothing_for_long(tmp_path: Path) -> None:
    sessions = Sessions(tmp_path / "visitors")
    (sessions.everyones() / "landing.wav").touch()
    aged(sessions.everyones())
    upload = tmp_path / "tune.mid"
    upload.touch()
    sessions.uploaded("ann", upload)
    aged(sessions.folder("ann"))
    busy = sessions.folder("ben")
    assert sessions.sweep() == 1
    assert not upload.exists()
    assert sorted(sessions.root.iterdir()) == sorted([busy, sessions.everyones()])
    aged(busy)
    sessions.folder("ben")  # came back
    assert sessions.sweep() == 0


def test_an_upload_of_two_goes_with_the_second(tmp_path: Path) -> None:
    sessions = Sessions(tmp_path / "visitors")
    upload = tmp_path / "tune.mid"
    upload.touch()
    for visitor in ("ann", "ben"):
        sessions.uploaded(visitor, upload)
    sessions.remove("ann")
    assert upload.exists()
    sessions.remove("ben")
    assert not upload.exists()


def test_what_is_called_an_upload_but_belongs_to_another_stays(tmp_path: Path) -> None:
    sessions = Sessions(tmp_path / "visitors")
    others = sessions.folder("ben") / "take.mid"
    others.touch()
    sessions.uploaded(
        "ann", tmp_path / "visitors" / ".." / "visitors" / others.parent.name / "take.mid"
    )
    sessions.remove("ann")
    assert others.exists()


def test_the_name_of_a_folder_needs_more_than_the_session_key(tmp_path: Path) -> None:
    one, two = (Sessions(tmp_path / "visitors").folder("ann").name for _ in range(2))
    assert one != two
    assert len(one) == 32


def test_strays_go_when_they_are_old(tmp_path: Path) -> None:
    sessions = Sessions(tmp_path / "visitors")
    kept = aged(sessions.everyones()) / "landing.wav"
    kept.touch()
    aged(kept)
    old, new = tmp_path / "abc" / "old.mid", tmp_path / "def" / "new.mid"
    for path in (old, new):
        path.parent.mkdir()
        path.touch()
    aged(old)
    assert sweep_strays(tmp_path, kept=sessions.root) == 1
    assert kept.exists()
    assert new.exists()
    assert not old.exists()


def test_a_folder_that_goes_while_strays_are_looked_for_is_passed_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sessions = Sessions(tmp_path / "visitors")
    leaving = tmp_path / "abc"
    for folder in (leaving, tmp_path / "def"):
        folder.mkdir()
        (folder / "old.mid").touch()
        aged(folder / "old.mid")
    look = os.scandir

    def looked(path: Any) -> Any:
        if not isinstance(path, int) and Path(path) == leaving:
            shutil.rmtree(leaving)
        return look(path)

    monkeypatch.setattr("os.scandir", looked)
    assert sweep_strays(tmp_path, kept=sessions.root) == 1
    assert not leaving.exists()


def test_who_left_is_forgotten_and_who_is_there_is_not() -> None:
    state_holder = pytest.importorskip("gradio.state_holder", reason="gradio is not installed")
    holder = state_holder.StateHolder()
    now = datetime.now()
    for name, closed, minutes in (("there", False, 60), ("left", True, 5), ("just left", True, 0)):
        holder.session_data[name] = SimpleNamespace(is_closed=closed)
        holder.time_last_used[name] = now - timedelta(minutes=minutes)
    assert forget_who_left(holder) == 1
    assert sorted(holder.session_data) == ["just left", "there"]
    assert sorted(holder.time_last_used) == ["just left", "there"]


def test_who_has_nothing_yet_comes_before_who_waits_for_more() -> None:
    order, came, waiting = Order(), list[str](), list[threading.Thread]()

    def wait(name: str, *, first: bool) -> None:
        with order.turn(first=first):
            came.append(name)

    with order.turn(first=False):
        for name, first in (("more", False), ("one", True), ("two", True)):
            waiting.append(threading.Thread(target=wait, args=(name,), kwargs={"first": first}))
            waiting[-1].start()
            while order.waiting < len(waiting):
                pass
    for thread in waiting:
        thread.join()
    assert came == ["one", "two", "more"]
    assert order.busy == order.waiting == 0


def test_a_turn_ends_with_an_error() -> None:
    order = Order()
    with pytest.raises(InputError), order.turn(first=True):
        raise InputError("no")
    with order.turn(first=True):
        assert order.busy == 1
