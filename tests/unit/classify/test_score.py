"""The base decision: windows, looks and the threshold."""

from __future__ import annotations

import numpy as np
import pytest

from cleaner.classify.features import FAR, context_features, distances, line_features, shift, window
from cleaner.classify.score import choose_threshold, expected_f1, load_looks, score_lines
from cleaner.classify.structure import read_structure
from cleaner.document import Block

LINES = ["Home", "Sport", "A title of six words here", "A sentence that is long enough to be running text, as one sees.", "Contact"]


def _array(*values: float) -> np.ndarray:
    return np.array(values, dtype=np.float64)


@pytest.mark.parametrize("radius", [1, 2, 7, 20])
def test_a_window_is_the_mean_of_what_is_there(radius: int) -> None:
    values = np.arange(9, dtype=np.float64)
    expected = [values[max(0, i - radius) : i + radius + 1].mean() for i in range(9)]
    assert window(values, radius) == pytest.approx(expected)


def test_shift_fills_beyond_the_ends() -> None:
    assert shift(_array(1, 2, 3), -1, 9).tolist() == [9, 1, 2]
    assert shift(_array(1), 2).tolist() == [0]


def test_distances_are_bounded() -> None:
    back, ahead = distances(np.array([False, True, False]))
    assert (back.tolist(), ahead.tolist()) == ([FAR, 0, 1], [1, 0, FAR])


def test_the_weights_name_the_columns() -> None:
    structure = read_structure([Block(line, i + 1, True) for i, line in enumerate(LINES)])
    first, second = load_looks()
    columns = line_features(structure)
    assert set(first.weights) == set(columns)
    assert set(second.weights) == set(context_features(columns, first(columns), structure))
    assert all(np.isfinite(column).all() for column in columns.values())


def test_scores_are_probabilities() -> None:
    scores = score_lines(read_structure([Block(line, i + 1, True) for i, line in enumerate(LINES)]))
    assert scores.shape == (len(LINES),)
    assert ((scores >= 0) & (scores <= 1)).all()


def test_a_clear_page_has_a_threshold_near_one_half() -> None:
    assert choose_threshold(_array(0.99, 0.98, 0.01), _array(20, 20, 20)) == pytest.approx(0.49, abs=0.02)


def test_an_unclear_page_keeps_what_is_merely_likely() -> None:
    assert choose_threshold(_array(0.3, 0.3, 0.3), _array(20, 20, 20)) < 0.3


def test_expected_f1_of_everything() -> None:
    kept = np.array([True, True])
    assert expected_f1(_array(1, 0), _array(10, 10), kept) == pytest.approx(2 / 3)
