"""The words that a net knows can be named, and what they do is what the net makes of them."""

from __future__ import annotations

import numpy as np

from cleaner.classify.text_facts import line_facts
from cleaner.classify.text_model import net_of
from training.text_terms import effects, words_of


def test_words_are_found_again_by_their_hashes() -> None:
    hashes = np.sort(line_facts(["comments", "straße"]).lines.whole)
    net = net_of(None)._replace(vocabulary=hashes)
    found = words_of(net, ["Home", "24 Comments", "Die STRASSE, die straße"])
    assert set(found.values()) == {"comments", "straße"}
    assert all(line_facts([word]).lines.whole[0] == hashes[place] for place, word in found.items())
    assert words_of(net, []) == {}


def test_a_term_that_says_nothing_changes_nothing() -> None:
    net = net_of(None)
    silent = net._replace(vocabulary=np.arange(2, dtype=np.uint32), embedding=np.zeros((2, net.enter.shape[1]), np.float32))
    assert np.abs(effects(silent)).max() < 1e-4  # rows of one product may differ in their last bit
    assert np.abs(effects(silent._replace(embedding=silent.embedding + 5))).min() > 0.01
