"""The scores of flattened text: F1 of kept lines, baselines, constants chosen on other folds."""

from __future__ import annotations

import shutil
import subprocess
import sys
from importlib.resources import files
from pathlib import Path
from unittest import mock

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from training import text_scores
from training.text_corpus import FOLDS, PARTIAL_SET, Page
from training.text_scores import by_rule, crossed, kept_lines, scorer

WEIGHTS = Path(str(files("cleaner.classify"))) / "weights" / "text.npz"
BODY = [f"Sentence {n} of the page is long enough to count as running text for anybody who reads it." for n in range(6)]


def _page(domain: str, lines: list[str], labels: list[int], confidence: list[float] | None = None) -> Page:
    return Page("one", "made", domain, "en", "article", PARTIAL_SET, lines, labels, confidence or [1.0] * len(lines), [0] * len(lines))


def test_f1_is_over_words_and_leaves_uncertain_lines_out() -> None:
    f1 = scorer(_page("a.test", ["one two three", "four", "five"], [1, 0, 0], [1.0, 1.0, 0.2]))
    assert f1(np.array([True, False, False])) == f1(np.array([True, False, True])) == 1.0
    assert f1(np.array([True, True, True])) == pytest.approx(2 * 3 / (4 + 3))
    assert f1(np.array([False, True, False])) == 0.0


def test_a_repeated_word_counts_as_often_as_the_gold_has_it() -> None:
    f1 = scorer(_page("a.test", ["same words", "same words"], [1, 0]))
    assert f1(np.array([False, True])) == 1.0
    assert f1(np.array([True, True])) == pytest.approx(2 * 2 / (4 + 2))


def test_the_baseline_rule() -> None:
    assert [by_rule(line) for line in ("Home", "Six words that end with it.", "Six words that do not end", "w " * 12)] == [
        False,
        True,
        False,
        True,
    ]


def _folds(folder: Path) -> Path:
    for k in range(FOLDS):
        (folder / f"fold-{k}").mkdir(parents=True)
        shutil.copy(WEIGHTS, folder / f"fold-{k}" / "text.npz")
    return folder


def test_what_is_kept_is_told_line_by_line_even_if_a_line_end_hides_in_one(tmp_path: Path) -> None:
    folds = _folds(tmp_path)
    lines = ["A title for the page of sentences", *BODY]
    assert kept_lines(_page("a.test", lines, [1] * 7), folds).all()
    split = kept_lines(_page("a.test", [*lines, "one\u2028two"], [1] * 8), folds)
    assert split.tolist() == [True] * 7 + [False]
    assert not kept_lines(_page("a.test", ["a\x00b"], [1]), folds).any()


def test_constants_are_chosen_on_the_other_folds() -> None:
    pages = [_page(f"site{n}.test", ["a"], [1]) for n in range(40)]
    fold = np.array([page.fold for page in pages])
    assert set(fold) == set(range(FOLDS))
    scores = np.stack([np.where(fold == 2, 1.0, 0.4), np.where(fold == 2, 0.0, 0.5)], axis=1)
    assert crossed(pages, scores)[fold == 2].max() == 0.0


@pytest.mark.parametrize("options", [["--by-fold"], ["--no-terms"], ["--choice"]])
def test_the_command_prints_a_row_for_every_group(options: list[str], tmp_path: Path, root: Path) -> None:
    (tmp_path / "flat").mkdir()
    lines = ["Home", "Sport", "A title for the page of sentences", *BODY, "Contact", "Imprint"]
    rows = [
        {
            "id": str(n), "source": "made", "domain": f"site{n}.test", "lang": "en", "page_type": "article", "lines": lines,
            "labels": [0, 0, *[1] * 7, 0, 0], "confidence": [1.0] * len(lines), "after_blank": [0] * len(lines),
        }
        for n in range(3)
    ]  # fmt: skip
    pq.write_table(pa.Table.from_pylist(rows), tmp_path / "flat" / f"{PARTIAL_SET}.parquet")
    command = [sys.executable, "-m", "training.text_scores", "--data", str(tmp_path), "--folds", str(_folds(tmp_path / "folds"))]
    command += ["--sets", PARTIAL_SET, "--all-groups", *options]
    printed = subprocess.run(command, cwd=root, check=True, capture_output=True, text=True).stdout.splitlines()
    table = {" ".join(line.split()[1:-4]): line.split()[-4:] for line in printed[1:]}
    assert table["all"] == table["type article"] == table["lang en"]
    assert table["all"][0] == "3"
    assert float(table["all"][-1]) > 0.9
    assert any(group.startswith("fold") for group in table) == ("--by-fold" in options)


def test_what_is_lost_of_clean_pages_is_counted(tmp_path: Path) -> None:
    page = {
        "id": "1", "source": "made", "domain": "site.test", "lang": "en", "page_type": "article", "lines": ["Home", *BODY, "Imprint"],
        "labels": [0, *[1] * len(BODY), 0], "confidence": [1.0] * (len(BODY) + 2), "after_blank": [0] * (len(BODY) + 2),
    }  # fmt: skip
    (tmp_path / "flat").mkdir()
    pq.write_table(pa.Table.from_pylist([page]), tmp_path / "flat" / f"{PARTIAL_SET}.parquet")
    kept = np.array([True] * (len(BODY) - 1) + [False])
    with mock.patch.object(text_scores, "kept_lines", return_value=kept):
        [(_page, (words_lost, touched, first, last))] = text_scores.losses(tmp_path, [PARTIAL_SET], tmp_path)
    counted = [len(text_scores.words(line)) for line in BODY]
    assert words_lost == pytest.approx(counted[-1] / sum(counted))
    assert (touched, first, last) == (1.0, 0.0, 1.0)
