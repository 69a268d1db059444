"""Turn web pages and flattened text into validated, explained training data.

    import cleaner

    document = cleaner.clean_html(page_bytes, url="https://example.org/news")   # or clean_text(text)
    document.text, document.title, document.author, document.published, document.language
    for block in document.blocks:            # every block of the page, kept or not
        block.text, block.kept, block.role, block.score, block.reason

    cleaner.run(["crawl/"], "exports")       # files and folders → a dataset
    cleaner.validate(["exports/crawl"])      # a dataset against the data contract
    cleaner.map_batch("html")                # a function for datasets.Dataset.map(batched=True)
    cleaner.arrow_batch("html")              # … for Spark's mapInArrow and Ray Data's map_batches
    cleaner.datatrove_step("html")           # a step of a datatrove pipeline
    cleaner.iterable_dataset("exports/crawl")  # a finished run as datasets.IterableDataset

Everything below is loaded when it is first used: `import cleaner` itself takes milliseconds.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

if TYPE_CHECKING:
    from cleaner.adapters.arrow_batch import SPARK_SCHEMA, arrow_batch
    from cleaner.adapters.dataset_map import map_batch
    from cleaner.adapters.datatrove_step import datatrove_step
    from cleaner.adapters.finished import iterable_dataset
    from cleaner.api import clean_html, clean_text, explain, validate
    from cleaner.config import Config
    from cleaner.document import Document
    from cleaner.errors import CleanerError, ConfigError, DocumentRefused, StorageError
    from cleaner.runner import RunResult, run

__all__ = [
    "SPARK_SCHEMA",
    "CleanerError",
    "Config",
    "ConfigError",
    "Document",
    "DocumentRefused",
    "RunResult",
    "StorageError",
    "__version__",
    "arrow_batch",
    "clean_html",
    "clean_text",
    "datatrove_step",
    "explain",
    "iterable_dataset",
    "map_batch",
    "run",
    "validate",
]

_HOME = {
    "SPARK_SCHEMA": "cleaner.adapters.arrow_batch",
    "CleanerError": "cleaner.errors",
    "Config": "cleaner.config",
    "ConfigError": "cleaner.errors",
    "Document": "cleaner.document",
    "DocumentRefused": "cleaner.errors",
    "RunResult": "cleaner.runner",
    "StorageError": "cleaner.errors",
    "arrow_batch": "cleaner.adapters.arrow_batch",
    "clean_html": "cleaner.api",
    "clean_text": "cleaner.api",
    "datatrove_step": "cleaner.adapters.datatrove_step",
    "explain": "cleaner.api",
    "iterable_dataset": "cleaner.adapters.finished",
    "map_batch": "cleaner.adapters.dataset_map",
    "run": "cleaner.runner",
    "validate": "cleaner.api",
}


def __getattr__(name: str) -> Any:
    """Load a public name from its module at first use (PEP 562)."""
    if name not in _HOME:
        raise AttributeError(f"module 'cleaner' has no attribute {name!r}")
    from importlib import import_module

    value = getattr(import_module(_HOME[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
