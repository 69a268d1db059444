"""Settings: flags win over the environment, the environment over the file, the file over the defaults; unknown names are told apart."""

from __future__ import annotations

from pathlib import Path

import pytest

from cleaner.config import Config, config_from
from cleaner.errors import ConfigError
from cleaner.resolution import leaves, resolve, variable

FILE = "language = false\nkeep_roles = ['date']\n[filters]\nmin_words = 5\n[export]\nformats = ['jsonl']\n"


def test_every_layer_wins_over_the_ones_below(tmp_path: Path) -> None:
    (tmp_path / "cleaner.toml").write_text(FILE)
    environment = {"CLEANER_FILTERS_MIN_WORDS": "6", "CLEANER_LANGUAGE": "true", "CLEANER_FILTERS_LANGUAGES": "vie, eng", "HOME": "x"}
    found = resolve({"filters.min_words": 7, "extractor": None}, environment, None, tmp_path)
    assert (found.config.filters.min_words, found.config.language, found.config.export.formats) == (7, True, ("jsonl",))
    assert found.config.filters.languages == ("eng", "vie")
    assert found.origins["filters.min_words"] == "command line"
    assert found.origins["language"] == "environment (CLEANER_LANGUAGE)"
    assert found.origins["keep_roles"] == str(tmp_path / "cleaner.toml")
    assert found.origins["extractor"] == "default"
    assert set(found.origins) == set(leaves(Config().as_dict()))


def test_a_project_file_is_found_where_it_has_the_table(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text("[project]\nname = 'x'\n")
    assert resolve({}, {}, None, tmp_path).config == Config()
    (tmp_path / "pyproject.toml").write_text("[tool.cleaner]\nlanguage = false\n")
    assert not resolve({}, {}, None, tmp_path).config.language
    (tmp_path / "other.toml").write_text("[defaults]\ndump = 'spring'\n")
    assert resolve({}, {}, tmp_path / "other.toml", tmp_path).config == config_from({"defaults": {"dump": "spring"}}, origin="test")


@pytest.mark.parametrize(
    ("content", "environment", "words"),
    [
        ("[filters]\nmin_word = 3\n", {}, "did you mean 'min_words'"),
        ("langauge = true\n", {}, "did you mean 'language'"),
        ("[filters]\nlanguages = ['english']\n", {}, "ISO 639-3"),
        ("[filters]\nmin_words = -1\n", {}, "must not be negative"),
        ("[limits]\ndepth = 0\n", {}, "at least 1"),
        ("[limits]\ndepth = 'deep'\n", {}, "expected int"),
        ("[export]\ndedup = 'fuzzy'\n", {}, "none, exact"),
        ("language = false\n[filters]\nlanguages = ['eng']\n", {}, "needs the identification"),
        ("", {"CLEANER_FILTERS_MIN_WORD": "3"}, "did you mean CLEANER_FILTERS_MIN_WORDS"),
        ("", {"CLEANER_FILTERS_MIN_WORDS": "many"}, "expected a number"),
        ("", {"CLEANER_LANGUAGE": "maybe"}, "expected true or false"),
    ],
)
def test_what_cannot_be_is_said(content: str, environment: dict[str, str], words: str, tmp_path: Path) -> None:
    (tmp_path / "cleaner.toml").write_text(content)
    with pytest.raises(ConfigError, match=words):
        resolve({}, environment, None, tmp_path)


def test_resolved_settings_can_be_read_back() -> None:
    config = config_from({"keep_roles": ["date"], "filters": {"languages": ["vie"]}, "max_refused": "5%"}, origin="test")
    assert config_from(config.as_dict(), origin="test") == config
    assert len({variable(name) for name in leaves(config.as_dict())}) == len(leaves(config.as_dict()))
