"""Turn web pages and flattened text into validated, explained training data.

    import cleaner

    document = cleaner.clean_html(page_bytes, url="https://example.org/news")   # or clean_text(text)
    document.text, document.title, document.author, document.published, document.language
    for block in document.blocks:            # every block of the page, kept or not
        block.text, block.kept, block.role, block.score, block.reason

    cleaner.run(["crawl/"], "exports")       # files and folders → a dataset
    cleaner.validate(["exports/crawl"])      # a dataset against the data contract
    cleaner.map_batch("html")                # a function for datasets.Dataset.map(batched=True)

Everything below is loaded when it is first used: `import cleaner` itself takes milliseconds.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

if TYPE_CHECKING:
    from cleaner.adapters.dataset_map import map_batch
    from cleaner.api import clean_html, clean_text, explain, validate
    from cleaner.config import Config
    from cleaner.document import Document
    from cleaner.errors import CleanerError, ConfigError, DocumentRefused, StorageError
    from cleaner.runner import RunResult, run

__all__ = [
    "CleanerError",
    "Config",
    "ConfigError",
    "Document",
    "DocumentRefused",
    "RunResult",
    "StorageError",
    "__version__",
    "clean_html",
    "clean_text",
    "explain",
    "map_batch",
    "run",
    "validate",
]

_HOME = {
    "CleanerError": "cleaner.errors",
    "Config": "cleaner.config",
    "ConfigError": "cleaner.errors",
    "Document": "cleaner.document",
    "DocumentRefused": "cleaner.errors",
    "RunResult": "cleaner.runner",
    "StorageError": "cleaner.errors",
    "clean_html": "cleaner.api",
    "clean_text": "cleaner.api",
    "explain": "cleaner.api",
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
