"""The import of gradio -> the same in half the time, with nothing written beside it, and in JSON.

Whenever gradio is imported, it compares the interface of each of its components with a `.pyi` file
beside it and writes that anew: half of the time of the import, and nothing that a server needs.
Gradio passes over a class whose file is not known. And whenever an event is answered, it chooses
how matplotlib draws, which nobody asked to draw: the first visitor waits until that is imported.
Tools of the Model Context Protocol would answer with dicts as Python writes them.
"""

from __future__ import annotations

import contextlib
import inspect
import json
from collections.abc import Iterator
from typing import Any

_PACKAGES = ("gradio.components.", "gradio.layouts.", "gradio.templates")


@contextlib.contextmanager
def left_alone() -> Iterator[None]:
    """Import gradio meanwhile without a look at its stub files."""
    known = inspect.getfile

    def getfile(thing: Any) -> str:
        if isinstance(thing, type) and thing.__module__.startswith(_PACKAGES):
            raise OSError(f"{thing.__module__} is left alone")
        return known(thing)

    inspect.getfile = getfile  # type: ignore[assignment]
    try:
        yield
    finally:
        inspect.getfile = known


def draw_nothing() -> None:
    """Let gradio answer events without matplotlib, once it is imported."""
    from gradio import utils

    if hasattr(utils, "MatplotlibBackendMananger"):  # the name is gradio's
        utils.MatplotlibBackendMananger = contextlib.nullcontext


def answer_in_json() -> None:
    """Let gradio's tools answer with JSON, once their package is imported."""
    from gradio.mcp import GradioMCPServer
    from gradio.processing_utils import add_root_url

    written = GradioMCPServer.postprocess_output_data

    def in_json(server: Any, data: Any, root_url: str) -> Any:
        # The addresses of files first: they are no longer found in a text.
        told = add_root_url(data, root_url, None)
        texts = [json.dumps(one, ensure_ascii=False) if _is_plain(one) else one for one in told]
        return written(server, texts, root_url)

    GradioMCPServer.postprocess_output_data = in_json


def _is_plain(told: Any) -> bool:
    """Return whether an answer is made of values, and is no file."""
    return isinstance(told, list) or (isinstance(told, dict) and "meta" not in told)
