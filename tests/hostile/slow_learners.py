"""A learning worker for tests that obeys the words of command of victims.py."""

from __future__ import annotations

import socket
from typing import Any

from cleaner import learning
from cleaner.classify.sites import Sample
from cleaner.document import RawDocument
from cleaner.sandbox import BlackBox
from tests.hostile.victims import COMMANDS

warm = learning.warm


def serve(connection: socket.socket, box: BlackBox, setup: dict[str, Any]) -> None:
    """`learning.serve`, with the commands."""
    observe = learning.observe

    def obeying(sample: Sample, raw: RawDocument, *rest: Any) -> None:
        for word, act in COMMANDS.items():
            if word == raw.payload:
                act()
        observe(sample, raw, *rest)

    learning.observe = obeying  # type: ignore[attr-defined]
    learning.serve(connection, box, setup)
