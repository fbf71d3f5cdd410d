"""What visitors who left took up -> back to the system, where the C library is glibc.

Its allocator keeps what is freed, for each of a dozen threads apart, so that the memory of a server
grows for hours although nothing is held. Two settings end that; elsewhere nothing is done.
"""

from __future__ import annotations

import contextlib
import ctypes

_ARENA_MAX = -8  # M_ARENA_MAX in malloc.h
_ARENAS = 2


def share_arenas() -> None:
    """Let all threads take memory from the same two places; to be called before they start."""
    with contextlib.suppress(OSError, TypeError, AttributeError):  # another C library
        ctypes.CDLL(None).mallopt(_ARENA_MAX, _ARENAS)


def release() -> None:
    """Give back what is free."""
    with contextlib.suppress(OSError, TypeError, AttributeError):
        ctypes.CDLL(None).malloc_trim(0)
