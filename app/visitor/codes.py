"""The query of an address <-> a code that says the same and can be sent: short, and no signs in it.

Nothing is kept on the server: the code is the query, compressed with a dictionary of what stands in
most queries, so that a link works for as long as its page does.
"""

from __future__ import annotations

import base64
import re
import zlib

from mer.errors import InputError

# What comes last is found soonest. A code says which dictionary it was made with: another one would
# make other music of it.
_DICTIONARIES = {
    "1": (
        b"&surprise=&closeness=&rhythm=of+the+motif&form=A+A%27+B+A%27%27&max_copy=&keep=1%3A1-4"
        b"&chords=&instrument=piano&name=&verb=Answer&verb=Vary&verb=B+part&takes=1&take="
        b"example=notes=12%2F8+9%2F8+2%2F4+3%2F4+6%2F8+4%2F4+key%3DE-minor+key%3DA-major+"
        b"key%3DC-major+key%3DD-major+key%3DG-major+tempo%3D1C%235%3A1%2F4+G%234%3A1%2F4+"
        b"F%234%3A1%2F2+C5%3A1%2F2+E5%3A1%2F2+D5%3A1%2F2+G4%3A1%2F2+A4%3A1%2F2+B4%3A1%2F2+%7C+"
    )
}
_NEWEST = "1"
_CODE = re.compile(r"[0-9A-Za-z_-]{2,8000}")
_LONGEST = 20_000


def code_of(query: str) -> str:
    """Return the code of a query.

    Examples
    --------
    >>> code = code_of("example=Sakura&take=2&takes=1")
    >>> len(code) < 30, query_of(code)
    (True, 'example=Sakura&take=2&takes=1')
    """
    packer = zlib.compressobj(9, wbits=-15, zdict=_DICTIONARIES[_NEWEST])
    packed = packer.compress(query.encode()) + packer.flush()
    return _NEWEST + base64.urlsafe_b64encode(packed).decode().rstrip("=")


def query_of(code: str) -> str:
    """Return the query that a code stands for.

    Raises
    ------
    InputError
        If it is no code.
    """
    dictionary = _DICTIONARIES.get(code[:1])
    if dictionary is None or not _CODE.fullmatch(code):
        raise InputError("this is no link of ours")
    try:
        packed = base64.urlsafe_b64decode(code[1:] + "=" * (-len(code[1:]) % 4))
        unpacker = zlib.decompressobj(wbits=-15, zdict=dictionary)
        query = unpacker.decompress(packed, _LONGEST).decode()
    except (ValueError, zlib.error) as error:
        raise InputError("the link is damaged; copy it once more, whole") from error
    if not unpacker.eof or unpacker.unused_data:
        raise InputError("the link is cut off, or too long")
    return query
