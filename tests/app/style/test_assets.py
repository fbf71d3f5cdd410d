"""Files of the page, and the values that are put into them."""

import json
import re
from pathlib import Path

import pytest

from app.style.assets import asset
from app.style.theme import head, style_sheet
from mer.errors import InputError

APP = Path(__file__).resolve().parents[3] / "app"


def test_a_value_is_json_in_a_script_and_escaped_elsewhere() -> None:
    hostile = '"</script><b>'
    script = asset("serve/scripts/tabs.js", tab=hostile)
    assert f"wanted !== {json.dumps(hostile)})" in script
    assert "$tab" not in script
    page = asset("corpora/add.html", most="<b>")
    assert "at most &lt;b&gt; tunes" in page


def test_a_value_without_a_place_is_refused() -> None:
    with pytest.raises(InputError, match=r"serve/masthead.html has no place for \$most"):
        asset("serve/masthead.html", most=1)


def test_every_sheet_is_part_of_what_is_sent_and_closes_what_it_opens() -> None:
    sheets = sorted(APP.rglob("*.css"))
    assert len(sheets) == 7
    for sheet in sheets:
        text = sheet.read_text(encoding="utf-8")
        # What gives the page its width stands in the document itself (`app.serve.front`), and the
        # page of a link stands alone (`app.share.page`).
        assert (text in style_sheet()) != (sheet.name in ("frame.css", "player.css"))
        assert text.count("{") == text.count("}") > 0


def test_the_head_is_scripts() -> None:
    assert re.fullmatch(r"(<script>.*?</script>\n?)+", head(), re.DOTALL)
    assert head().count("script>") == 12


def test_every_file_of_the_page_is_used() -> None:
    code = "\n".join(path.read_text(encoding="utf-8") for path in APP.rglob("*.py"))
    files = [path for path in APP.rglob("*") if path.suffix in {".js", ".html"}]
    assert [path.name for path in files if path.stem not in code] == []
