"""An error -> a message that the visitor can read: never a traceback, never an empty box."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from html import escape

import gradio as gr

from mer.errors import InputError

_SORRY = "Something went wrong on our side. Please try another file or other settings."
_UNKNOWN = "Nothing came of that, and why is not known. Please try again."


@contextmanager
def friendly(
    noted: Callable[[str], None] | None = None, *, programs: bool = False, message: bool = True
) -> Iterator[None]:
    """Turn errors into messages for the visitor; what is our own fault goes to the log.

    Parameters
    ----------
    noted
        Is given the sentence, so that it can be shown for longer than the message.
    programs
        Whether a program reads the message: plain text then, where the page wants HTML.
    message
        Whether it is shown over the page; False where the page shows what is noted.
    """
    try:
        yield
    except InputError as error:
        sentence = str(error)
        if noted is not None:
            noted(sentence)
        # It is shown as text, never in an attribute: quotes may stay.
        shown = sentence if programs else escape(sentence, quote=False)
        raise gr.Error(shown, visible=message, print_exception=False) from error
    except Exception as error:
        logging.getLogger(__name__).exception("a request failed")
        if noted is not None:
            noted(_SORRY)
        raise gr.Error(_SORRY, visible=message, print_exception=False) from error


def refusal_line(sentence: str) -> str:
    """Return the status line that says why something was refused.

    Examples
    --------
    >>> refusal_line("no note <H>")
    '<div class="status refused" role="alert">no note &lt;H&gt;</div>'
    """
    return f'<div class="status refused" role="alert">{escape(sentence or _UNKNOWN)}</div>'
