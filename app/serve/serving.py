"""Options -> a running web server, until it is told to stop; then nothing is left behind."""

from __future__ import annotations

import atexit
import contextlib
import gc
import importlib.util
import io
import os
import shutil
import signal
import socket
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from app.listen.judgements import check_folder
from app.serve import allocator as memory
from app.serve import stubs
from app.visitor.limits import IDLE_SEC, MOST_UPLOAD_BYTES, PER_MINUTE
from mer.errors import InputError

_MOST_WAITING = 1_000
_MOST_PER_MINUTE = 100_000
_SWEEP_SEC = 15.0
# How often the queue looks for work. Gradio's own thousandth keeps a server busy that has none.
_LOOK_SEC = 0.02
_SIGNALS = (signal.SIGINT, signal.SIGTERM)
_VISITORS_REMEMBERED = 200


@dataclass(frozen=True, kw_only=True)
class Serving:
    """How to serve the page; what cannot be done is refused at once.

    Parameters
    ----------
    host, port
        Where to listen.
    corpus
        Index file to search; None for the shipped one.
    soundfont
        Soundfont to play with; None for the one that is found.
    share
        Whether to make a public link, which needs the internet.
    auth
        "USER:PASSWORD" that visitors must give; None for none.
    upload_mb
        Largest upload in megabytes.
    waiting
        How many actions may wait for their turn.
    per_minute
        Compositions of one visitor.
    mcp
        Whether to offer the same functions as MCP tools.
    listen
        Folder for the answers of listeners; then the listening page is served, and no other.

    Raises
    ------
    InputError
        If a value is out of range or what it needs is not there.
    """

    host: str = "127.0.0.1"
    port: int = 7860
    corpus: str | None = None
    soundfont: str | None = None
    share: bool = False
    auth: str | None = None
    upload_mb: float = MOST_UPLOAD_BYTES / 1e6
    waiting: int = 16
    per_minute: int = PER_MINUTE
    mcp: bool = False
    listen: str | None = None

    def __post_init__(self) -> None:
        _within("--port", self.port, 1, 65_535)
        _within("--max-upload-mb", self.upload_mb, 0.1, MOST_UPLOAD_BYTES / 1e6)
        _within("--queue", self.waiting, 1, _MOST_WAITING)
        _within("--per-minute", self.per_minute, 1, _MOST_PER_MINUTE)
        _ = self.login
        if self.mcp and self.auth is not None:
            raise InputError("--mcp and --auth exclude each other: tools cannot give a password")
        if self.mcp and importlib.util.find_spec("mcp") is None:
            raise InputError(
                "--mcp needs the package 'mcp'; install it with: pip install 'mer[mcp]'"
            )

    @property
    def login(self) -> tuple[str, str] | None:
        """User and password, if visitors must give them."""
        if self.auth is None:
            return None
        user, colon, password = self.auth.partition(":")
        if not (user and colon and password):
            # What was given is not repeated: it may be the password.
            raise InputError("--auth must be USER:PASSWORD, with both of them")
        return user, password


def serve(wanted: Serving, said: Callable[[str], None]) -> None:
    """Serve the page until SIGINT or SIGTERM; then stop, and remove all files.

    Parameters
    ----------
    said
        Is given the line that tells where the page is.

    Raises
    ------
    InputError
        If gradio is not installed, the index or soundfont cannot be read, the port is taken, no
        public link can be made, or answers cannot be written.
    """
    if importlib.util.find_spec("gradio") is None:
        raise InputError(
            "the page needs the package 'gradio'; install it with: pip install 'mer[app]'"
        )
    check_free(wanted.host, wanted.port)
    if wanted.listen is not None:
        check_folder(Path(wanted.listen))
    memory.share_arenas()
    stop = threading.Event()
    for number in _SIGNALS:
        signal.signal(number, lambda *_: stop.set())
    with _own_folder() as folder:
        app, sessions, sounds, beside = _built(wanted, folder)
        if stop.is_set():
            sounds.close()
            return
        try:
            address = _launched(app, wanted, beside)
            # What is there now stays: looking through it again and again would slow down visits,
            # and the end of the process by seconds.
            gc.freeze()
            said(f"Open {address} in a browser; Ctrl-C stops it.")
            while not stop.wait(_SWEEP_SEC):
                sessions.sweep()
                sweep_strays(folder, kept=sessions.root)
                forget_who_left(app.state_holder)
                memory.release()
        finally:
            app.close(verbose=False)
            sounds.close()


def check_free(host: str, port: int) -> None:
    """Raise unless the address can be listened on.

    Raises
    ------
    InputError
        If the port is in use or not allowed, or the host is not this machine.
    """
    try:
        found = socket.getaddrinfo(host.strip("[]"), port, type=socket.SOCK_STREAM)
        family, kind, protocol, _, address = found[0]
        with socket.socket(family, kind, protocol) as tried:
            if os.name == "posix":  # elsewhere this would take a port away from its owner
                tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            tried.bind(address)
    except (OSError, UnicodeError) as error:
        why = getattr(error, "strerror", None) or str(error)
        raise InputError(
            f"cannot listen on {host} port {port} ({why}); choose another with --host or --port"
        ) from error


def sweep_strays(folder: Path, *, kept: Path, idle_sec: float = IDLE_SEC) -> int:
    """Remove what was uploaded, but belongs to no visitor, and is old; return how many files.

    Parameters
    ----------
    folder
        Where the web server puts what is uploaded.
    kept
        A folder below it that is left alone.
    """
    old = time.time() - idle_sec
    gone = 0
    paths: list[Path] = []
    for place, folders, files in os.walk(folder):  # passes over a folder that goes meanwhile
        folders[:] = [name for name in folders if Path(place, name) != kept]
        paths += (Path(place, name) for name in (*folders, *files))
    for path in reversed(paths):  # what is in a folder before the folder
        if path in kept.parents:
            continue
        with contextlib.suppress(OSError):  # gone meanwhile, or a folder that is not empty
            is_old, is_folder = path.stat().st_mtime < old, path.is_dir()
            if is_old:
                path.rmdir() if is_folder else path.unlink()
                gone += not is_folder
    return gone


def forget_who_left(holder: Any, idle_sec: float = _SWEEP_SEC) -> int:
    """Forget what the pages of visitors who have left looked like; return how many.

    Gradio itself keeps this, some megabytes each, until there are too many visitors. Their files
    are gone already.

    Parameters
    ----------
    holder
        A `gradio.state_holder.StateHolder`.
    idle_sec
        Who was active so lately may be coming back.
    """
    before = datetime.now() - timedelta(seconds=idle_sec)
    with holder.lock:
        gone = [
            key
            for key, state in list(holder.session_data.items())
            if state.is_closed and holder.time_last_used.get(key, before) <= before
        ]
        for key in gone:
            holder.session_data.pop(key, None)
            holder.time_last_used.pop(key, None)
    return len(gone)


@contextlib.contextmanager
def _own_folder() -> Iterator[Path]:
    """Yield a new folder for all that this process writes; nothing of it is left at the end."""
    folder = Path(tempfile.mkdtemp(prefix="mer-app-"))
    # A composition that is under way ends after us, and may write once more before it does.
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    before = {name: os.environ.get(name) for name in ("GRADIO_TEMP_DIR", "TMPDIR")}
    try:
        # Read when gradio is imported. Parts of an upload are written to the temporary folder.
        os.environ.update(dict.fromkeys(before, str(folder)))
        tempfile.tempdir = None
        yield folder
    finally:
        for name, value in before.items():
            os.environ.pop(name) if value is None else os.environ.update({name: value})
        tempfile.tempdir = None
        shutil.rmtree(folder, ignore_errors=True)


def _built(wanted: Serving, folder: Path) -> tuple[Any, Any, Any, Sequence[Any]]:
    """Return the site, the visitors' folders, the sounds, and what answers beside the site."""
    from generate.sound.soundfont import find_soundfont
    from mer.search.index import PhraseIndex

    # Refused before gradio is imported, which takes seconds.
    index = PhraseIndex.load(wanted.corpus)
    soundfont = None if wanted.soundfont is None else find_soundfont(wanted.soundfont)
    # No calls home; set before gradio is imported.
    os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
    os.environ["HF_HUB_OFFLINE"] = "1"

    with stubs.left_alone():
        from app.listen.page import Listening
        from app.serve.site import build_listening, build_site
    stubs.draw_nothing()
    if wanted.mcp:
        stubs.answer_in_json()
    from starlette.middleware import Middleware

    from app.compose.visits import Visits
    from app.serve.sharing import Shares, Sharing
    from app.serve.sounding import Sounding
    from app.serve.written import WrittenTunes
    from app.sound.sounds import Sounds
    from app.visitor.limits import Turns
    from app.visitor.motifs import example_motifs
    from app.visitor.sessions import Sessions
    from mer.corpus.shipped import data_folder

    sessions = Sessions(folder / "visitors", Turns(wanted.per_minute))
    sounds = Sounds(sessions.everyones() / "sounds", soundfont)
    if wanted.listen is None:
        visits = Visits(index, sounds, sessions, example_motifs(data_folder() / "motifs"))
        site = build_site(visits, most_waiting=wanted.waiting)
        # Who must give a password first does so on the page.
        shares = Shares(visits) if wanted.login is None else None
        beside = (
            Middleware(Sounding, sounds=sounds, index=index),
            Middleware(WrittenTunes, sounds=sounds),
            Middleware(Sharing, shares=shares),
        )
        return site, sessions, sounds, beside
    listening = Listening(index, soundfont, sessions, Path(wanted.listen))
    return build_listening(listening, most_waiting=wanted.waiting), sessions, sounds, ()


def _launched(app: Any, wanted: Serving, beside: Sequence[Any]) -> str:
    """Start the server and return its address."""
    from starlette.middleware import Middleware

    from app.compose.landing import linked_motifs
    from app.serve.front import Front
    from app.serve.gate import Gate
    from app.style.theme import head, style_sheet, theme
    from app.visitor.limits import address_pace

    app._queue.sleep_when_free = _LOOK_SEC
    # The listening page must not give a tune away.
    linked = linked_motifs() if wanted.listen is None else lambda query: None
    # What gradio prints, about links and tools, is said here in one line or not at all.
    with contextlib.redirect_stdout(io.StringIO()):
        try:
            _, address, public = app.launch(
                server_name=wanted.host,
                server_port=wanted.port,
                share=wanted.share,
                auth=wanted.login,
                mcp_server=wanted.mcp,
                app_kwargs={
                    "middleware": [
                        Middleware(Front, linked=linked),
                        Middleware(Gate, uploads=address_pace(wanted.per_minute)),
                        *beside,
                    ]
                },
                theme=theme(),
                css=style_sheet(),
                head=head(),
                max_file_size=round(wanted.upload_mb * 1e6),
                state_session_capacity=_VISITORS_REMEMBERED,
                ssr_mode=False,
                show_error=True,
                strict_cors=True,
                footer_links=["api"],
                run_history=False,
                quiet=True,
                prevent_thread_lock=True,
            )
        except OSError as error:
            raise InputError(
                f"cannot listen on {wanted.host} port {wanted.port}; choose another with --port"
            ) from error
    if wanted.share and public is None:
        raise InputError("--share needs the internet, and no public link could be made")
    if wanted.mcp and app.mcp_error:
        raise InputError(f"--mcp: the tools could not be offered: {app.mcp_error}")
    return str(public or address)


def _within(name: str, value: float, low: float, high: float) -> None:
    if not low <= value <= high:
        raise InputError(f"{name} is {value:.15g}; {low:g} to {high:g} is supported")
