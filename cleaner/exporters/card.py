"""The dataset card: YAML that `datasets` and the Hub read, and a datasheet whose every number comes from the manifest.

The YAML is dumped, never formatted; in the Markdown below it stand only our own words, counts, codes of closed vocabularies
and names that `storage.safe_name` let through or that `_cell` has escaped.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import yaml

from cleaner.contract.schema import load_schema
from cleaner.reasons import REFUSAL_MEANINGS, ROLE_MEANINGS, RefusalReason, Role

_SIZES = ((1_000, "n<1K"), (10_000, "1K<n<10K"), (100_000, "10K<n<100K"), (1_000_000, "100K<n<1M"), (10_000_000, "1M<n<10M"), (100_000_000, "10M<n<100M"),
          (1_000_000_000, "100M<n<1B"), (10_000_000_000, "1B<n<10B"))  # fmt: skip
"""The Hub's size categories."""


def card(manifest: Mapping[str, Any]) -> str:
    """README.md of an export."""
    front = yaml.safe_dump(front_matter(manifest), sort_keys=False, allow_unicode=True, width=1_000)
    return f"---\n{front}---\n\n{_body(manifest)}"


def front_matter(manifest: Mapping[str, Any]) -> dict[str, Any]:
    """The card's YAML as values."""
    rows = manifest["counts"]["exported"]
    size = sum(file["bytes"] or 0 for file in manifest["files"] if file["role"] == "data")
    license_name = manifest["config"]["defaults"]["license"]
    suffix = "parquet" if "parquet" in manifest["config"]["export"]["formats"] else "jsonl"
    return {
        "language": [code for code in manifest["languages"] if code != "unknown"],
        **({"license": license_name} if license_name else {}),
        "pretty_name": manifest["name"],
        "size_categories": [next((label for limit, label in _SIZES if rows < limit), "n>1T")],
        "task_categories": ["text-generation"],
        "annotations_creators": ["no-annotation"],
        "source_datasets": ["original"],
        "tags": ["cleaner-toolkit"],
        "dataset_info": {
            "features": features(load_schema("record")),
            "splits": [{"name": "train", "num_bytes": size, "num_examples": rows}],
        },
        "configs": [{"config_name": "default", "data_files": [{"split": "train", "path": f"data/train-*.{suffix}"}]}],
    }


def features(schema: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Hugging Face features of an object schema in the card's YAML form (a test compares them with what `datasets` writes)."""
    return [{"name": name, **_feature(node)} for name, node in schema["properties"].items()]


def _feature(node: Mapping[str, Any]) -> dict[str, Any]:
    kinds = node.get("type", "string")
    kind = next(k for k in ([kinds] if isinstance(kinds, str) else kinds) if k != "null")
    if kind == "object":
        return {"struct": features(node)}
    if kind == "array":
        inner = _feature(node["items"])
        return {"list": inner.get("dtype", inner)}
    return {"dtype": {"string": "string", "integer": "int64", "number": "float64", "boolean": "bool"}[kind]}


def _body(manifest: Mapping[str, Any]) -> str:
    counts = manifest["counts"]
    removed = sum(manifest["removed_by_role"].values())
    share = 1 - manifest["chars_out"] / manifest["chars_in"] if manifest["chars_in"] else 0.0
    sections = [
        f"# {manifest['name']}",
        f"{counts['exported']} documents, cleaned with cleaner-toolkit {manifest['cleaner_version']}. "
        f"{counts['read']} documents were read and {counts['refused']} refused. Of {manifest['chars_in']} characters of input, markup included, "
        f"{manifest['chars_out']} are main content; {share:.1%} was taken out, as {removed} blocks and their markup.",
        "Every block that was taken out stands in `removed/` with its role, score and reason; every document that was refused stands in `quarantine/`. "
        "`manifest.json` names every file with its digest.",
        "## Use\n\n```python\nfrom datasets import load_dataset\n\ndataset = load_dataset(\"PATH_OR_REPOSITORY\", split=\"train\")\n```",
        _table("## Sources", ("input", "documents read"), [(source["name"], source["documents"]) for source in manifest["sources"]]),
        _table("## Languages", ("ISO 639-3", "documents"), list(manifest["languages"].items())),
        _table("## What was removed", ("role", "blocks", "meaning"), [(role, n, ROLE_MEANINGS[Role(role)]) for role, n in manifest["removed_by_role"].items()]),
        _table("## What was refused", ("reason", "documents", "meaning"),
               [(reason, n, REFUSAL_MEANINGS[RefusalReason(reason)]) for reason, n in manifest["refused_by_reason"].items()]),
        _table("## Fields", ("field", "meaning"), [(name, node.get("description", "")) for name, node in load_schema("record")["properties"].items()]),
        "## Licence and personal data\n\n"
        + ("The `license` field of each document, where known, says under which terms it may be used. " if not manifest["config"]["defaults"]["license"] else
           "The licence above was given by whoever made this export. ")
        + "The texts come from web pages and may name people; nothing was removed or masked for that reason.",
        "## Known limits\n\nBoilerplate removal makes mistakes in both directions. Scores are the classifier's confidence and not calibrated across kinds of pages. "
        "Language is identified from the first 2,000 characters.",
        f"## Made with\n\ncleaner-toolkit {manifest['cleaner_version']}, record schema {manifest['schema_version']}, settings `{manifest['config_fingerprint'][:16]}`.",
    ]  # fmt: skip
    return "\n\n".join(section for section in sections if section) + "\n"


def _table(title: str, head: tuple[str, ...], rows: list[tuple[Any, ...]]) -> str:
    if not rows:
        return ""
    lines = [" | ".join(("", *head, "")).strip(), "|" + "---|" * len(head)]
    lines += ["| " + " | ".join(_cell(value) for value in row) + " |" for row in rows]
    return title + "\n\n" + "\n".join(lines)


def _cell(value: object) -> str:
    r"""A value as the text of a Markdown table cell: nothing in it is markup.

    >>> _cell("a|b <i>*x*")
    'a\\|b &lt;i>\\*x\\*'
    """
    text = " ".join(str(value).split()).replace("&", "&amp;").replace("<", "&lt;")
    return re.sub(r"([\\`*_{}\[\]()#!|~])", r"\\\1", text) if not re.fullmatch(r"[\w .,:;'/-]*", text) or "_" in text else text
