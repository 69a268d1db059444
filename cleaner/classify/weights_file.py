"""A file of weights → its arrays, whoever made the file: numbers only, bounded, finite. No pickles are read."""

from __future__ import annotations

import io
import lzma
import math
import zlib
from pathlib import Path
from tokenize import TokenError
from typing import Any
from zipfile import BadZipFile, ZipFile

import numpy as np
import numpy.typing as npt

MAX_BYTES = 64_000_000
"""Of one file of weights, packed and unpacked: twenty times what all weights of the package may have."""

MAX_ARRAYS = 1_000

_HEADERS = {(1, 0): np.lib.format.read_array_header_1_0, (2, 0): np.lib.format.read_array_header_2_0}


def arrays_of(path: Path, endless: tuple[str, ...] = ()) -> dict[str, npt.NDArray[Any]]:
    """Read the arrays of an .npz by name; they cannot be written to. Those named `endless` may hold infinities.

    Raises OSError, and ValueError naming what is wrong.
    """
    if path.stat().st_size > MAX_BYTES:
        raise ValueError(f"it has over {MAX_BYTES:,} bytes")
    try:
        with ZipFile(path) as archive:
            entries = archive.infolist()
            if len(entries) > MAX_ARRAYS or sum(entry.file_size for entry in entries) > MAX_BYTES:
                raise ValueError(f"it unpacks to over {MAX_BYTES:,} bytes or {MAX_ARRAYS:,} arrays")
            # The sizes that an archive claims are those that it is read to, so a lie is a short array.
            found = {entry.filename.removesuffix(".npy"): _array(entry.filename, archive.read(entry)) for entry in entries}
    except (BadZipFile, EOFError, KeyError, NotImplementedError, RuntimeError, zlib.error, lzma.LZMAError) as error:
        raise ValueError(f"it is no intact .npz archive ({error})") from error
    for name, values in found.items():
        if values.dtype.kind == "f" and not (~np.isnan(values) if name in endless else np.isfinite(values)).all():
            raise ValueError(f"{name!r} holds numbers that are not finite")
    return found


def _array(name: str, content: bytes) -> npt.NDArray[Any]:
    stream = io.BytesIO(content)
    read_header = _HEADERS.get(np.lib.format.read_magic(stream))
    if read_header is None:
        raise ValueError(f"{name!r} is of a version of the .npy format that is not read")
    try:
        shape, by_columns, kind = read_header(stream)
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError, TokenError) as error:
        raise ValueError(f"{name!r} has no header that can be read ({type(error).__name__})") from error
    if kind.kind not in "fiu":
        raise ValueError(f"{name!r} holds {kind}, not numbers")
    if any(type(size) is not int or size < 0 for size in shape) or math.prod(shape) * kind.itemsize != len(content) - stream.tell():
        raise ValueError(f"{name!r} says it has the shape {shape}, which its bytes have not")
    return np.frombuffer(content, kind, offset=stream.tell()).reshape(shape, order="F" if by_columns else "C")


def expect(arrays: dict[str, npt.NDArray[Any]], shapes: dict[str, tuple[int | None, ...]]) -> None:
    """Raise ValueError naming the first array that is missing, of another kind of number or of another shape; None stands for any length."""
    for name, shape in shapes.items():
        if name not in arrays:
            raise ValueError(f"it has no array {name}")
        found = arrays[name].shape
        if len(found) != len(shape) or any(size not in (None, given) for size, given in zip(shape, found, strict=True)):
            wanted = " × ".join("any" if size is None else str(size) for size in shape)
            raise ValueError(f"{name} has the shape {' × '.join(map(str, found)) or 'of a number'}; {wanted} was expected")
