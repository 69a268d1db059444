"""Rules of the config for whole dumps, checked against what was counted: each is a table of bounds with a severity."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from cleaner.contract.statistics import MORE, Statistics, quantiles
from cleaner.contract.validate import compile_contract
from cleaner.contract.violation import Violation, pointer_of
from cleaner.errors import ConfigError


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule: `name` is a key of RULES, `bounds` what its table says."""

    name: str
    bounds: Mapping[str, Any]
    severity: str


Broken = tuple[str, str]
"""Pointer to the field that a rule is about, and what is wrong."""


def rules_from(values: Mapping[str, Any], origin: str = "rules") -> tuple[Rule, ...]:
    """Build the rules of a config's table `rules`. Raises ConfigError for what the config schema does not allow."""
    if not values:
        return ()
    faults = compile_contract("config").violations({"rules": dict(values)})
    if faults:
        raise ConfigError(f"{origin}: {faults[0].pointer.removeprefix('/rules') or '/'}: {faults[0].message}")
    return tuple(Rule(name, table, table.get("severity", "error")) for name, table in values.items() if name in RULES)


def broken_rules(rules: tuple[Rule, ...], statistics: Statistics, file: str) -> tuple[Violation, ...]:
    """Say which rules the dump breaks. `file` stands for the dump in the violations."""
    return tuple(
        Violation(file, 0, None, pointer, f"rule:{rule.name}", message, "", rule.severity)
        for rule in rules
        for pointer, message in RULES[rule.name](rule.bounds, statistics)
    )


def _rows(bounds: Mapping[str, Any], found: Statistics) -> Iterator[Broken]:
    yield from (("", f"{found.rows:,} rows; {words}") for words in _outside(found.rows, bounds, "{:,}"))


def _null_rate(bounds: Mapping[str, Any], found: Statistics) -> Iterator[Broken]:
    for name, limit in bounds["max"].items():
        field = found.fields.get(name)
        filled = field.present - field.null if field else 0
        rate = 1 - filled / found.rows if found.rows else 0.0
        if rate > limit:
            yield pointer_of([name]), f"{rate:.2%} of the records have no {name}; at most {limit:.2%} may"


def _languages(bounds: Mapping[str, Any], found: Statistics) -> Iterator[Broken]:
    yield from _mix(bounds, found, "language")


def _mix(bounds: Mapping[str, Any], found: Statistics, name: str) -> Iterator[Broken]:
    mix: Mapping[str, int] = found.mixes.get(name, {})
    rows = max(1, found.rows)
    pointer = "/url" if name == "domain" else pointer_of([name])
    allowed = bounds.get("allowed")
    for value, count in sorted(mix.items(), key=lambda item: (-item[1], item[0])):
        if value in bounds.get("denied", ()) or (allowed is not None and value not in allowed and value != MORE):
            yield pointer, f"{count:,} records have the {name} {value!r}, which is not allowed"
    for value, share in bounds.get("min", {}).items():
        if mix.get(value, 0) / rows < share:
            yield pointer, f"{mix.get(value, 0) / rows:.2%} of the records have the {name} {value!r}; at least {share:.2%} are needed"
    for value, share in bounds.get("max", {}).items():
        if mix.get(value, 0) / rows > share:
            yield pointer, f"{mix.get(value, 0) / rows:.2%} of the records have the {name} {value!r}; at most {share:.2%} may"
    if "max_share" in bounds and mix and max(mix.values()) / rows > bounds["max_share"]:
        value = max(mix, key=lambda one: mix[one])
        yield (
            pointer,
            f"{mix[value] / rows:.2%} of the records have the {name} {value!r}; no {name} may have over {bounds['max_share']:.2%}",
        )
    without = found.rows - sum(mix.values())
    if bounds.get("required") and without:
        yield pointer, f"{without:,} records have no {name}"


def _length(bounds: Mapping[str, Any], found: Statistics) -> Iterator[Broken]:
    name = bounds.get("field", "text")
    field = found.fields.get(name)
    if not field or not field.bins:
        yield pointer_of([name]), f"no record has a text in {name}, whose length has bounds"
        return
    lengths = quantiles(field.bins)
    for quantile in lengths:
        limits = {side: bounds[side][quantile] for side in ("min", "max") if quantile in bounds.get(side, {})}
        for words in _outside(lengths[quantile], limits, "{:,}"):
            yield pointer_of([name]), f"the length of {name} at {quantile} is {lengths[quantile]:,} characters; {words}"


def _duplicate_rate(bounds: Mapping[str, Any], found: Statistics) -> Iterator[Broken]:
    rate = float(found.summary()["duplicate_rate"])
    if rate > bounds["max"]:
        yield "/text", f"{rate:.2%} of the records have the text of another one; at most {bounds['max']:.2%} may"


def _removed_share(bounds: Mapping[str, Any], found: Statistics) -> Iterator[Broken]:
    share = found.summary()["removed_share"]
    if share is None:
        yield "/metadata", "the records do not say how much was removed (metadata.chars_in, chars_out)"
        return
    for words in _outside(share, bounds, "{:.2%}"):
        yield "/metadata", f"{share:.2%} of the input's characters were removed; {words}"


def _outside(value: float, bounds: Mapping[str, Any], form: str) -> Iterator[str]:
    if "min" in bounds and value < bounds["min"]:
        yield f"at least {form.format(bounds['min'])} are needed"
    if "max" in bounds and value > bounds["max"]:
        yield f"at most {form.format(bounds['max'])} are allowed"


RULES: Mapping[str, Callable[[Mapping[str, Any], Statistics], Iterator[Broken]]] = {
    "rows": _rows,
    "null_rate": _null_rate,
    "languages": _languages,
    "length": _length,
    "duplicate_rate": _duplicate_rate,
    "removed_share": _removed_share,
    "licenses": lambda bounds, found: _mix(bounds, found, "license"),
    "domains": lambda bounds, found: _mix(bounds, found, "domain"),
}
"""What may be demanded of a dump; each yields what is wrong. The config schema says which bounds each has."""
