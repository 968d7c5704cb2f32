"""The page about parameters says what the table says."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from installation.cli import app
from installation.control.handbook import page
from installation.control.parameters import TABLE

PAGE = Path(__file__).parent.parent / "docs" / "parameters.md"


@pytest.fixture(autouse=True)
def _nobodys(monkeypatch):
    monkeypatch.delenv("IMMERSIONS_CONTENT", raising=False)


def test_the_page_is_as_the_command_prints_it():
    printed = CliRunner().invoke(app, ["parameters"]).output
    assert PAGE.read_text(encoding="utf-8") == printed, "run: immersions parameters > docs/parameters.md"


def test_the_page_tells_every_parameter_in_four_languages():
    lines = page().splitlines()
    for name in TABLE:
        rows = [line for line in lines if line.startswith(f"| `{name}` |")]
        assert [row.count("|") for row in rows] == [7, 6]
