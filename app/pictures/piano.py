"""The on-screen piano as HTML; `piano.js` makes it play."""

from __future__ import annotations

import json

from generate.sound.instruments import INSTRUMENTS
from mer.notes.drawing import escape
from mer.notes.names import SHARP_NAMES

_BLACK = {1, 3, 6, 8, 10}
_STEPS = 25  # two octaves and the C above
_LETTERS = "awsedftgyhujkolp;"
_FIRST_OCTAVE = 4


def piano_html() -> str:
    """Return the keys and the buttons below them as HTML.

    Examples
    --------
    >>> piano_html().count("data-step"), 'aria-label="F#5"' in piano_html()
    (25, True)
    """
    programs = escape(json.dumps(dict(INSTRUMENTS)))
    white = 0
    keys = []
    for step in range(_STEPS):
        black = step % 12 in _BLACK
        name = f"{SHARP_NAMES[step % 12]}{_FIRST_OCTAVE + step // 12}"
        letter = _LETTERS[step] if step < len(_LETTERS) else ""
        upper = " upper" if step > 12 else ""
        keys.append(
            f'<button type="button" tabindex="-1" class="{"black" if black else "white"}{upper}" '
            f'style="--place:{white}" data-step="{step}" aria-label="{name}">'
            f'<span class="letter" aria-hidden="true">{letter}</span>'
            f'<span class="name" aria-hidden="true">{"" if step % 12 else name}</span></button>'
        )
        white += not black
    return (
        f'<div class="piano-box" data-programs="{programs}"><div class="piano" tabindex="0" '
        'role="group" '
        'aria-label="Piano. The letters A to L play the white keys, W to O the black ones; '
        f'Z and X change the octave; Backspace takes a note back.">{"".join(keys)}</div>'
        '<div class="piano-tools"><button type="button" class="lower">Octave down</button>'
        '<button type="button" class="higher">Octave up</button>'
        '<button type="button" class="undo">Undo</button>'
        '<button type="button" class="clear">Clear</button>'
        '<button type="button" class="keyboard">Connect a MIDI keyboard</button>'
        '<label><input type="checkbox" class="as-played"> keep my rhythm</label>'
        '<label><input type="checkbox" class="letters" checked> letter keys play</label>'
        '<span class="played" role="status">0 notes</span></div></div>'
    )
