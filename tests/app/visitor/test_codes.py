"""Codes say what queries say, shortly; what is no code is refused, and unpacks to nothing huge."""

import base64
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.visitor import codes
from app.visitor.codes import code_of, query_of
from mer.errors import InputError

TUNE = (
    "notes=4%2F4+key%3DG-major+G4%3A1%2F2+A4%3A1%2F2+B4%3A1%2F2+C5%3A1%2F2+D5+D5+%7C+E5+D5+B4%3A2"
    "+%7C+A4+B4+A4+F%234+%7C+G4%3A2+G4%3A2&verb=B+part&takes=1"
)


@given(st.text(max_size=400))
def test_there_and_back(query: str) -> None:
    assert query_of(code_of(query)) == query


def test_a_tune_is_short_and_an_old_link_stays() -> None:
    assert len(code_of(TUNE)) < len(TUNE) / 2
    # Whoever changes the dictionary ends every link that was ever sent.
    assert query_of("1g_k4ODG7tCgREgpGsEABAA") == "example=Sakura&take=2&takes=1"


@pytest.mark.parametrize(
    "code", ["", "1", "2g_k4", "1!", code_of(TUNE)[:-4], code_of(TUNE) + "AA", "1" + "A" * 9000]
)
def test_what_is_no_code_is_refused(code: str) -> None:
    with pytest.raises(InputError, match="link"):
        query_of(code)


def test_a_small_code_does_not_unpack_to_a_huge_query() -> None:
    packer = zlib.compressobj(9, wbits=-15, zdict=codes._DICTIONARIES["1"])
    packed = packer.compress(b"a" * 1_000_000) + packer.flush()
    huge = "1" + base64.urlsafe_b64encode(packed).decode().rstrip("=")
    assert len(huge) < 2_000
    with pytest.raises(InputError, match="too long"):
        query_of(huge)
