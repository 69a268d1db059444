"""The dataset card: YAML that `datasets` and the Hub read, and a datasheet whose every number comes from the manifest.

The YAML is dumped, never formatted; in the Markdown below it stand only our own words, counts, codes of closed vocabularies
and names that `storage.safe_name` let through or that `_cell` has escaped.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

import yaml

from cleaner.contract.schema import load_schema
from cleaner.document import number_of
from cleaner.exporters import EXPORTERS
from cleaner.exporters.plots import length_bars, plots
from cleaner.limits import Limits
from cleaner.reasons import REFUSAL_MEANINGS, ROLE_MEANINGS, RefusalReason, Role

_SIZES = ((1_000, "n<1K"), (10_000, "1K<n<10K"), (100_000, "10K<n<100K"), (1_000_000, "100K<n<1M"), (10_000_000, "1M<n<10M"), (100_000_000, "10M<n<100M"),
          (1_000_000_000, "100M<n<1B"), (10_000_000_000, "1B<n<10B"))  # fmt: skip
"""The Hub's size categories."""

BEGIN = "<!-- cleaner-toolkit: begin. What stands between these two marks is written anew by every run; write above or below. -->"
END = "<!-- cleaner-toolkit: end -->"

TABLE_ROWS = 30
"""Rows of a table whose names come from the data; the manifest holds all."""


def card(manifest: Mapping[str, Any]) -> str:
    """README.md of an export, as it is before a user writes in it."""
    return page(front_matter(manifest), f"\n{BEGIN}\n\n{body(manifest)}\n{END}\n")


def page(front: Mapping[str, Any], text: str) -> str:
    """YAML and Markdown, as a card has them."""
    return f"---\n{yaml.safe_dump(dict(front), sort_keys=False, allow_unicode=True, width=1_000)}---\n{text}"


def front_matter(manifest: Mapping[str, Any]) -> dict[str, Any]:
    """The card's YAML as values."""
    rows = manifest["counts"]["exported"]
    license_name = manifest["config"]["defaults"]["license"]
    configs, infos = _configs(manifest)
    return {
        "language": [code for code in manifest["languages"] if code != "unknown"],
        **({"license": license_name} if license_name else {}),
        "pretty_name": manifest["name"],
        "size_categories": [next((label for limit, label in _SIZES if rows < limit), "n>1T")],
        "task_categories": ["text-generation"],
        "annotations_creators": ["no-annotation"],
        "source_datasets": ["original"],
        "tags": ["cleaner-toolkit"],
        **infos,
        "configs": configs,
    }


def loaded_format(manifest: Mapping[str, Any]) -> str:
    """The format that the card names, of those that were written: the first of the table."""
    return next(name for name in EXPORTERS if name in manifest["config"]["export"]["formats"])


def _configs(manifest: Mapping[str, Any]) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """The entries `configs` and `dataset_info`: one config, or one for each value of a field and `default` with all records."""
    form = loaded_format(manifest)
    made = EXPORTERS[form]
    data = [file for file in manifest["files"] if file["role"] == "data"]
    files = [file for file in data if file["path"].endswith(f".{made.suffix}")]
    names = sorted({file["config"] for file in files if file.get("config")})
    splits = list(manifest["config"]["export"].get("splits", {"train": 1}))
    configs, infos = [], []
    for name in ["default", *names]:
        folder = "/".join(part for part in (made.folder, name if name != "default" else "*" if names else "") if part)
        own = [file for file in data if name == "default" or file["config"] == name]
        sizes = [_split(own, split, made.suffix) for split in splits]
        # `datasets` refuses to load a split without rows ("corresponds to no data"), and with it all others: it is left out.
        sizes = [size for size in sizes if size["num_examples"]] or sizes[:1]
        stems = {size["name"]: f"{size['name']}/data" if form == "arrow" else size["name"] for size in sizes}
        paths = [{"split": split, "path": f"{folder}/{stem}-*.{made.suffix}"} for split, stem in stems.items()]
        configs.append({"config_name": name, "data_files": paths})
        infos.append({**({"config_name": name} if names else {}), "features": features(load_schema("record")), "splits": sizes})
    if not made.whole or form == "webdataset":
        return configs, {}  # these loaders name columns of their own
    return configs, {"dataset_info": infos if names else infos[0]}


def _split(files: list[Mapping[str, Any]], split: str, suffix: str) -> dict[str, Any]:
    """Rows, and bytes as plain JSON lines where those were written: Parquet's own depend on library versions."""
    own = [file for file in files if (file.get("split") or "train") == split]
    size = sum(file["bytes"] for file in own if file["path"].endswith(".jsonl"))
    return {"name": split, "num_bytes": size, "num_examples": sum(file["rows"] for file in own if file["path"].endswith(f".{suffix}"))}


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


def body(manifest: Mapping[str, Any]) -> str:
    """The datasheet."""
    drawn = plots(manifest)
    licenses = [(_cell(name), count) for name, count in manifest.get("licenses", {}).items()]
    sections = [
        *_summary(manifest),
        _use(manifest),
        _table("## Sources", ("input", "documents read"), [(_cell(source["name"]), source["documents"]) for source in manifest["sources"][:TABLE_ROWS]]),
        _table("## Languages", ("ISO 639-3", "documents"), list(manifest["languages"].items())[:TABLE_ROWS]),
        _picture(drawn, "languages", "Documents by language"),
        _table("## Lengths", ("characters", "documents"), length_bars(manifest)),
        _picture(drawn, "lengths", "Documents by length"),
        _table("## Licences", ("licence", "documents"), licenses[:TABLE_ROWS]),
        _table("## What was removed", ("role", "blocks", "meaning"), [(role, n, ROLE_MEANINGS[Role(role)]) for role, n in manifest["removed_by_role"].items()]),
        _picture(drawn, "removed", "Removed blocks by role"),
        _table("## What was refused", ("reason", "documents", "meaning"),
               [(reason, n, REFUSAL_MEANINGS[RefusalReason(reason)]) for reason, n in manifest["refused_by_reason"].items()]),
        _table("## Fields", ("field", "meaning"), [(name, node.get("description", "")) for name, node in load_schema("record")["properties"].items()]),
        "## Licence and personal data\n\n"
        + ("The `license` field of each document, where known, says under which terms it may be used. " if not manifest["config"]["defaults"]["license"] else
           "The licence above was given by whoever made this export. ")
        + "The texts come from web pages and may name people; nothing was removed or masked for that reason.",
        "## Known limits\n\nBoilerplate removal makes mistakes in both directions. Scores are the classifier's confidence and not calibrated across kinds of pages. "
        "Language is identified from the first 2,000 characters.",
        f"## Made with\n\ncleaner-toolkit {manifest['cleaner_version']}, record schema {manifest['schema_version']}, settings `{manifest['config_fingerprint'][:16]}`:",
        _fenced(json.dumps(_settings(manifest), ensure_ascii=True, indent=2), "json"),
    ]  # fmt: skip
    return "\n\n".join(section for section in sections if section) + "\n"


def _settings(manifest: Mapping[str, Any]) -> dict[str, Any]:
    """The settings, of the limits only those that are not the default."""
    default, limits = asdict(Limits()), manifest["config"].get("limits", {})
    changed = {name: value for name, value in limits.items() if default.get(name) != value}
    return {name: value if name != "limits" else changed for name, value in manifest["config"].items() if name != "limits" or changed}


def _summary(manifest: Mapping[str, Any]) -> list[str]:
    counts = manifest["counts"]
    removed = sum(manifest["removed_by_role"].values())
    share = 1 - manifest["chars_out"] / manifest["chars_in"] if manifest["chars_in"] else 0.0
    return [
        f"# {manifest['name']}",
        f"{number_of(counts['exported'], 'document')}, cleaned with cleaner-toolkit {manifest['cleaner_version']}. "
        f"{number_of(counts['read'], 'document was', 'documents were')} read and {counts['refused']} refused. Of {manifest['chars_in']} characters of input, markup included, "
        f"{manifest['chars_out']} are main content; {share:.1%} was taken out, as {number_of(removed, 'block')} and their markup.",
        "Whoever made this dataset has a ledger of every block that was taken out, with its role, score and reason (`removed/`), and of every document that was "
        "refused (`quarantine/`); they hold what was removed and are published only on purpose. `manifest.json` names every file with its digest.",
    ]


def _use(manifest: Mapping[str, Any]) -> str:
    export = manifest["config"]["export"]
    splits = export.get("splits", {"train": 1})
    lines = ["from datasets import load_dataset", "", f'dataset = load_dataset("PATH_OR_REPOSITORY", split="{next(iter(splits))}")']
    text = "## Use\n\n" + _fenced("\n".join(lines), "python")
    if len(splits) > 1:
        shares = ", ".join(f"`{name}` {share:.2%}" for name, share in splits.items())
        text += f"\n\nSplits: {shares}, by a hash of the {export['split_by']}: adding documents moves none."
    if export.get("config_by"):
        names = sorted({file["config"] for file in manifest["files"] if file.get("config")})
        text += f"\n\nConfigs, by the field `{export['config_by']}`: `default` (all), {', '.join(f'`{name}`' for name in names)}."
    return text


def _picture(drawn: Mapping[str, bytes], name: str, title: str) -> str:
    return f"![{title}](plots/{name}.svg)" if f"plots/{name}.svg" in drawn else ""


def _fenced(text: str, kind: str) -> str:
    longest = max((len(run) for run in re.findall(r"`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}{kind}\n{text}\n{fence}"


def _table(title: str, head: tuple[str, ...], rows: list[tuple[Any, ...]]) -> str:
    if not rows:
        return ""
    lines = [" | ".join(("", *head, "")).strip(), "|" + "---|" * len(head)]
    lines += ["| " + " | ".join(str(value) for value in row) + " |" for row in rows]
    return title + "\n\n" + "\n".join(lines)


def _cell(value: str) -> str:
    r"""A value of the data as Markdown text: what could be markup becomes a character reference, also what would be made a link.

    >>> _cell("a|b <i>*x*"), _cell("see www.x.org")
    ('a&#124;b &#60;i&#62;&#42;x&#42;', 'see www&#46;x.org')
    """
    text = " ".join("".join(c if c.isprintable() else " " for c in value[:200]).split())
    escaped = "".join(c if c.isalnum() or c in " .,;'/-" or ord(c) > 127 else f"&#{ord(c)};" for c in text)
    return re.sub(r"(?i)\b(www)\.", r"\1&#46;", escaped)
