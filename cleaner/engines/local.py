"""The engine that needs nothing: this process, one part after the other, in order."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

Part = TypeVar("Part")
Result = TypeVar("Result")


def map_parts(function: Callable[[Part], Result], parts: Iterable[Part]) -> Iterator[Result]:
    """Yield the result of every part, in the order of the parts."""
    return map(function, parts)
