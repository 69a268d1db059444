"""Fields of frozen values that are made when they are first read.

A caller who asks for a text must not pay for the explanation of every block. So a field may be given as `Deferred(make)`: it is made once,
when something looks at it (reading, comparing, printing, hashing, pickling), and is from then on what it would have been from the start.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Generic, TypeVar, overload

T = TypeVar("T")


class Deferred(Generic[T]):
    """The value of a `Later` field, not made yet; `make` is called at most once and must always give the same."""

    __slots__ = ("make",)

    def __init__(self, make: Callable[[], T]) -> None:
        self.make = make


class Later(Generic[T]):
    """A field of a dataclass (frozen, without slots) that takes a value or a `Deferred` one.

    >>> from dataclasses import dataclass
    >>> @dataclass(frozen=True)
    ... class Page:
    ...     lines: Later[tuple[str, ...]] = Later()
    >>> page = Page(Deferred(lambda: ("made", "once")))
    >>> page.lines is page.lines, page == Page(("made", "once"))
    (True, True)
    """

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    @overload
    def __get__(self, instance: None, owner: type) -> Later[T]: ...

    @overload
    def __get__(self, instance: object, owner: type) -> T: ...

    def __get__(self, instance: object | None, owner: type) -> Any:
        if instance is None:
            raise AttributeError(self.name)  # so that dataclasses see a field without a default
        value = instance.__dict__[self.name]
        if isinstance(value, Deferred):
            value = instance.__dict__[self.name] = value.make()
        return value

    def __set__(self, instance: object, value: T | Deferred[T]) -> None:
        instance.__dict__[self.name] = value


class WithLater:
    """Base of the values that have `Later` fields: what crosses to another process is made before it goes."""

    def __getstate__(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in self.__dict__}
