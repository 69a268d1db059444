"""The picture of the README: the report of the sample inputs, as a browser shows it.

    python benchmarks/picture.py [--out docs/report.png]

Cleans `seeds/` anew, opens the report in headless Chromium, chooses a flattened page among the samples, and writes what is seen (PNG, at most 200 KB).
Needs Chromium (Debian: apt-get install chromium; or CLEANER_CHROMIUM=path). The bytes depend on the browser and its fonts: look at the picture, then commit it.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from cleaner.report.folder import open_folder  # noqa: E402 - of this checkout
from cleaner.report.sample import report_page  # noqa: E402
from cleaner.runner import run  # noqa: E402
from tests.browser.chromium import find_chromium, started, tab  # noqa: E402

WIDTH, HEIGHT, MAX_BYTES = 1_280, 760, 200_000
DOCUMENT = "Eels return"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, default=ROOT / "docs" / "report.png")
    out = parser.parse_args().out
    binary = find_chromium()
    if binary is None:
        print("no Chromium on this machine: apt-get install chromium, or name it in CLEANER_CHROMIUM", file=sys.stderr)
        return 2
    with tempfile.TemporaryDirectory() as home:
        page = Path(home) / "report.html"
        page.write_text(report_page(open_folder(run([ROOT / "seeds"], Path(home) / "exports").folder)), "utf-8")
        out.parent.mkdir(parents=True, exist_ok=True)
        with started(binary, Path(home) / "profile") as browser, tab(browser) as opened:
            opened.look(WIDTH, HEIGHT)
            opened.open(page.as_uri())
            opened.js(f"[...document.querySelectorAll('.entry')].find(entry => entry.textContent.includes({DOCUMENT!r})).click()")
            opened.wait(f"document.getElementById('document-title').textContent.includes({DOCUMENT!r})")
            opened.js("document.activeElement.blur(); document.getElementById('documents').scrollIntoView({behavior: 'instant'})")
            opened.screenshot(out)
    size = out.stat().st_size
    print(f"{out}: {size:,} bytes")
    return int(size > MAX_BYTES)


if __name__ == "__main__":
    sys.exit(main())
