"""`import cleaner` is cheap: what costs is loaded where it is used."""

from __future__ import annotations

import json
import subprocess
import sys

HEAVY = ("pyarrow", "datasets", "trafilatura", "numpy", "jsonschema", "huggingface_hub", "lxml", "selectolax", "pandas", "click", "tqdm")

PROGRAM = """
import json, sys, time
before = time.process_time()
import cleaner
after = time.process_time()
print(json.dumps({"ms": 1000 * (after - before), "modules": sorted({name.split(".")[0] for name in sys.modules})}))
"""


def test_import_is_cheap() -> None:
    """Under 150 ms of CPU (the best of three: an import is never faster than it is), and nothing heavy."""
    runs = [json.loads(subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, check=True).stdout) for _ in range(3)]
    assert min(run["ms"] for run in runs) < 150
    assert not set(HEAVY) & set(runs[0]["modules"])


def test_every_public_name_can_be_loaded() -> None:
    import cleaner

    assert all(getattr(cleaner, name) is not None for name in cleaner.__all__)
    assert set(cleaner.__all__) <= set(dir(cleaner))


def test_unknown_name_is_an_attribute_error() -> None:
    import cleaner

    assert not hasattr(cleaner, "no_such_name")


def test_the_process_that_runs_the_show_loads_nothing_that_reads_documents() -> None:
    """With workers: what a document does to a parser it cannot do to this process, and it starts sooner and smaller."""
    program = "import sys; import cleaner.cli.run, cleaner.cli.progress; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True, text=True).stdout.split()
    readers_of_documents = {
        "selectolax",
        "lxml",
        "trafilatura",
        "numpy",
        "jsonschema_rs",
        "cleaner.pipeline",
        "cleaner.work",
        "cleaner.contract.validate",
    }
    assert not readers_of_documents & set(loaded)
