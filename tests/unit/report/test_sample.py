"""The report's sample: the extremes, the refused, the rest random; the same each time; of bounded size."""

from __future__ import annotations

import json
import re
from pathlib import Path

from cleaner.report.folder import open_folder
from cleaner.report.page import json_block, policy
from cleaner.report.query import open_shelf
from cleaner.report.sample import PAGE_BYTES, choose, cut, report_page
from tests.exports import record, refusal, removed_row, write_export


def many(folder: Path, documents: int, blocks: int = 2, chars: int = 30) -> Path:
    records = [record(f"d{n}", [f"{n} {'kept ' * (chars // 5)}"] * blocks, removed=1) for n in range(documents)]
    removed = [removed_row(f"d{n}", blocks, "x" * (1 + n), score=n / documents) for n in range(documents)]
    refused = [refusal(f"r{n}", reason="timeout" if n else "bomb") for n in range(30)]
    return write_export(folder, records, removed, refused)


def test_extremes_come_first_and_the_rest_is_random(tmp_path: Path) -> None:
    shelf = open_shelf(open_folder(many(tmp_path / "x", 300)))
    chosen = choose(shelf, 100)
    assert len(chosen) == 100
    assert chosen == choose(shelf, 100)
    names = {
        name: {key for key, why in chosen.items() if name in why}
        for name in ("most_removed", "least_removed", "least_sure", "refused", "random")
    }
    assert names["most_removed"] == set(range(291, 301))
    assert names["least_removed"] == set(range(1, 11))
    assert 151 in names["least_sure"]
    assert len(names["refused"]) == 10
    assert 301 in names["refused"], "one refusal of each reason before a second one of any"
    assert len(names["random"]) >= 60
    assert list(chosen) == sorted(chosen)


def test_a_small_export_is_shown_whole_and_an_empty_one_too(tmp_path: Path) -> None:
    assert len(choose(open_shelf(open_folder(many(tmp_path / "x", 5))), 200)) == 35
    assert "0 documents read = 0 exported + 0 refused" in report_page(open_folder(write_export(tmp_path / "empty", [])))


def test_a_report_of_200_long_documents_stays_small(tmp_path: Path) -> None:
    page = report_page(open_folder(many(tmp_path / "x", 250, blocks=120, chars=400)))
    assert len(page.encode()) < PAGE_BYTES + 150_000
    data = json.loads(re.search(r'id="data">(.*?)</script>', page, re.S).group(1))  # type: ignore[union-attr]
    assert len(data["documents"]) == 200
    assert all(len(doc["blocks"]) + doc["hidden"] == doc["kept"] + doc["removed"] for doc in data["documents"])
    assert page == report_page(open_folder(tmp_path / "x"))


def test_a_cut_says_what_it_left_out() -> None:
    doc = cut({"blocks": [[1, "abcdef", 1, "", None, "", ""], [1, "ab", 2, "", None, "", ""], [0, "c", 3, "", 0.1, "", ""]]}, 2, 4)
    assert doc == {"blocks": [[1, "abcd", 1, "", None, "", "", 2], [1, "ab", 2, "", None, "", ""]], "hidden": 1}
    assert cut(doc, 1, 2) == {"blocks": [[1, "ab", 1, "", None, "", "", 4]], "hidden": 2}


def test_data_cannot_leave_their_element(tmp_path: Path) -> None:
    value = {"a": "</script><script>alert(1)</script><!-- \u2028 ]]>"}
    assert "<" not in json_block(value)
    assert json.loads(json_block(value)) == value
    page = report_page(open_folder(write_export(tmp_path / "x", [record("</script>", ["</style></title>"], title="$script")])))
    assert page.count("</script>") == 2
    assert page.count("</style>") == page.count("</title>") == 1


def test_the_policy_names_this_page_and_nothing_else() -> None:
    rules = dict(rule.split(" ", 1) for rule in policy(served=False).split("; "))
    assert rules["default-src"] == rules["connect-src"] == rules["base-uri"] == rules["form-action"] == "'none'"
    assert all(re.fullmatch(r"'sha256-[A-Za-z0-9+/=]{44}'", rules[name]) for name in ("script-src", "style-src"))
    assert "connect-src 'self'" in policy(served=True)
