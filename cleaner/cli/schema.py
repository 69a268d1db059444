"""`cleaner schema`: show, check, draft schemas, and what columns follow from them."""

from __future__ import annotations

import json
from pathlib import Path

import click


@click.group("schema")
def schema_command() -> None:
    """Show, check and draft JSON Schemas; derive the columns of a dataset from them."""


@schema_command.command("show")
@click.argument("schema", default="record")
def show_command(schema: str) -> int:
    """Print a schema: one of record (the default), refusal, ledger, manifest, config, or a file that is checked first."""
    from cleaner.contract.schema import load_schema

    click.echo(json.dumps(load_schema(schema), ensure_ascii=False, indent=2))
    return 0


@schema_command.command("check")
@click.argument("schemas", nargs=-1, required=True, metavar="SCHEMA...")
def check_command(schemas: tuple[str, ...]) -> int:
    """Check schemas: their dialect, references, formats and patterns. Exit code 2 for one that cannot be used."""
    from cleaner.contract.patterns import risky_patterns
    from cleaner.contract.references import every_subschema
    from cleaner.contract.validate import compile_contract

    for name in schemas:
        contract = compile_contract(name)
        for pattern in risky_patterns(every_subschema(contract.schema.registry)):
            click.echo(f"{name}: warning: the pattern {pattern} nests quantifiers and may take exponential time", err=True)
        tiers = "jsonschema-rs and jsonschema" if contract.is_two_tiered else "jsonschema alone (jsonschema-rs cannot use it): slower"
        click.echo(f"{name}: a usable schema of {contract.schema.dialect}, checked by {tiers}")
    return 0


@schema_command.command("features")
@click.argument("schema", default="record")
def features_command(schema: str) -> int:
    """Print the Hugging Face features that follow from a schema, in the form of a dataset card."""
    import yaml

    from cleaner.contract.arrow import features
    from cleaner.contract.schema import open_schema

    found = features(open_schema(schema))
    click.echo(yaml.safe_dump({"features": found._to_yaml_list()}, sort_keys=False, allow_unicode=True), nl=False)
    return 0


@schema_command.command("infer")
@click.argument("dumps", metavar="DUMP...", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--out", type=click.Path(path_type=Path), metavar="FILE", help="Write there instead of to standard output.")
def infer_command(dumps: tuple[Path, ...], out: Path | None) -> int:
    """Draft a schema from dumps: the required fields, types, enums and nulls that the data justify."""
    from cleaner.contract.describe import each_record
    from cleaner.contract.infer import infer_schema
    from cleaner.storage import write_whole

    text = json.dumps(infer_schema(each_record(dumps), dumps[0].name), ensure_ascii=False, indent=2) + "\n"
    if out:
        write_whole(out, text.encode("utf-8", "backslashreplace"))
    else:
        click.echo(text, nl=False)
    return 0
