"""The functions that `import cleaner` offers for single documents and for dumps.

They return, or raise DocumentRefused with a closed reason code; on no input do they raise anything else. A setting that
cannot be (an unknown extractor, weights that are not there) is a ConfigError.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cleaner.config import Config
from cleaner.document import Document
from cleaner.errors import ConfigError, DocumentRefused
from cleaner.limits import applied
from cleaner.normalize import replace_surrogates
from cleaner.pipeline import require_content, text_of, trace_html, trace_text
from cleaner.reasons import RefusalReason, Stage
from cleaner.recurring import of_its_site
from cleaner.sandbox import guarded

if TYPE_CHECKING:
    from cleaner.contract.check import ValidationReport


_DEFAULT = Config()


def clean_html(
    html: bytes | str,
    *,
    url: str | None = None,
    metadata: bool = True,
    weights: str | Path | None = None,
    markup: str | None = None,
    config: Config | None = None,
) -> Document:
    """Separate the main content of an HTML page from its boilerplate.

    Bytes are decoded by byte order mark, declared charset or detection. `markup="markdown"` writes the text as Markdown. `metadata=False` skips title, author, date and site, which
    take about a fifth of the time; `weights` is a folder whose html.npz takes the place of the shipped one. Raises DocumentRefused,
    with reason `no_content` if no block was kept.
    """
    config = replace(config or _DEFAULT, markup=markup) if markup else config or _DEFAULT
    place = _address(url)
    with applied(config.limits):
        return guarded(
            lambda: require_content(
                of_its_site(trace_html(text_of(html, html=True), config, place, metadata=metadata, weights=_folder(weights)), config)
            )
        )


def clean_text(text: str, *, url: str | None = None, weights: str | Path | None = None, config: Config | None = None) -> Document:
    """Separate the main content of flattened text (lines whose tags are gone) from teaser lists, menus and footers.

    `weights` is a folder whose text.npz takes the place of the shipped one. Raises DocumentRefused, with reason `no_content` if no
    line was kept.
    """
    config, place = config or _DEFAULT, _address(url)
    with applied(config.limits):
        return guarded(
            lambda: require_content(of_its_site(trace_text(text_of(text, html=False), config, place, weights=_folder(weights)), config))
        )


def explain(content: bytes | str, *, html: bool, url: str | None = None, config: Config | None = None) -> Document:
    """Clean a document and return it with every block, also when none was kept."""
    settings = config or _DEFAULT
    trace = partial(trace_html if html else trace_text, config=settings, url=_address(url))
    with applied(settings.limits):
        return guarded(lambda: of_its_site(trace(text_of(content, html=html)), settings))


def _folder(weights: object) -> Path | None:
    """Return the folder of weights as a path. Raises ConfigError for what names no folder."""
    if weights is None:
        return None
    if not isinstance(weights, str | Path):
        raise ConfigError(f"weights is {type(weights).__name__}, not the path of a folder")
    return Path(weights)


def _address(url: object) -> str | None:
    """Return the address as every later stage may take it: a str that can be written as UTF-8, or None."""
    if url is None:
        return None
    if not isinstance(url, str):
        raise DocumentRefused(RefusalReason.MISSING_FIELD, f"url is {type(url).__name__}, not str", Stage.READ)
    return replace_surrogates(url)


def validate(
    paths: Sequence[str | Path] | str | Path,
    *,
    schema: str | Path | None = None,
    max_errors: int = 100,
    engine: str = "auto",
    jobs: int = 1,
    rules: Mapping[str, Any] | None = None,
) -> ValidationReport:
    """Check dumps (JSONL, JSON, Parquet, Arrow, folders) against the shipped record schema or another one.

    The first `max_errors` violations are listed, all are counted; `report.passes()` is the verdict. `rules` are those of the
    config's table `rules`; engine "jsonschema" leaves the fast tier out; `jobs` processes share the work (0: as many as
    there are processors; guard your script's main module, as always with processes). Raises ConfigError for a path,
    schema or rule that cannot be used.
    """
    from cleaner.contract.check import validate as check

    if isinstance(paths, str | Path):
        paths = [paths]
    return check([Path(path) for path in paths], schema=schema, max_errors=max_errors, engine=engine, jobs=jobs, rules=rules)
