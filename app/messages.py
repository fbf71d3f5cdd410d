"""An error -> a message that the visitor can read: never a traceback, never an empty box."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager

import gradio as gr

from mer.drawing import escape
from mer.errors import InputError

_SORRY = "Something went wrong on our side. Please try another file or other settings."


@contextmanager
def friendly() -> Iterator[None]:
    """Turn errors into messages for the visitor; what is our own fault goes to the log."""
    try:
        yield
    except InputError as error:
        raise gr.Error(escape(str(error)), print_exception=False) from error
    except Exception as error:
        logging.getLogger(__name__).exception("a request failed")
        raise gr.Error(_SORRY, print_exception=False) from error
