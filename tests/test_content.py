"""Content is found in the user's folder first."""

import pytest

from installation.content import every, find, places
from installation.errors import ContentError


def test_what_is_shipped_is_found():
    assert find("shaders", "fullscreen.vert").is_file()


def test_the_users_own_comes_first(tmp_path, monkeypatch):
    (tmp_path / "scenes").mkdir()
    own = tmp_path / "scenes" / "descent.py"
    own.write_text('"""Mine."""')
    monkeypatch.setenv("IMMERSIONS_CONTENT", str(tmp_path))
    assert find("scenes", "descent.py") == own
    assert [path for path in every("scenes", "*.py") if path.name == "descent.py"] == [own]
    assert places("scenes")[0] == tmp_path / "scenes"


def test_a_missing_name_brings_the_nearest():
    with pytest.raises(ContentError, match=r"Did you mean 'descent\.py'"):
        find("scenes", "desent.py")


def test_every_model_is_found():
    assert {"paper", "causal", "tiny"} <= {path.parent.name for path in every("models", "*/model.toml")}
