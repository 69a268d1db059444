"""`--sites`, `learn-sites` and `--site-profiles` as users give them."""

from __future__ import annotations

import gzip
import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import cleaner
from cleaner import learning
from cleaner.classify.site_profiles import from_bytes
from cleaner.config import Config, SitesConfig, config_from
from cleaner.errors import ConfigError
from cleaner.runner import clean_share, export_only, plan_of

SUBJECTS = ("bridge", "hive", "clock", "choir", "mill", "ferry", "orchard", "kiln", "lighthouse", "quarry", "tannery", "weir")
PLACES = ("market", "station", "school", "post office", "library", "graveyard")
NOTE = "The Valley Society collects such stories in all villages"


def article(subject: str) -> list[str]:
    told = [
        f"In a week of rain the story of the {subject} was told again at the {place}, and each time a little more of it was true, as those who "
        f"had seen the {subject} themselves were ready to confirm."
        for place in PLACES
    ]
    return [f"What became of the {subject} in the valley", *told]


def text_of(subject: str) -> str:
    title, *told = article(subject)
    body = "\n\n".join([*told[:3], NOTE, *told[3:]])
    return f"Home\nStories of the week\n\n{title}\n\n{body}\n\nMore from the valley\nThe almanac\nImprint and contact\n"


def page_of(subject: str) -> str:
    title, *told = article(subject)
    body = "".join(f"<p>{line}</p>" for line in (*told[:3], NOTE, *told[3:]))
    return f"<title>{title}</title><nav><a href='#'>Home</a></nav><main><h1>{title}</h1>{body}</main><footer>Imprint and contact</footer>"


@pytest.fixture
def crawl(tmp_path: Path) -> Path:
    """JSON lines with addresses in several files, text and HTML of two sites."""
    folder = tmp_path / "crawl"
    folder.mkdir()
    rows = [{"id": s, "url": f"https://www.text.example/{s}", "text": text_of(s)} for s in SUBJECTS]
    rows += [{"id": f"{s}.html", "url": f"https://html.example:8080/{s}", "html": page_of(s)} for s in SUBJECTS]
    for number in range(4):
        (folder / f"{number}.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows[number::4]))
    return folder


def command(*arguments: object, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "cleaner", *map(str, arguments)], capture_output=True, text=True, env={**os.environ, **environment}
    )


def files(folder: Path) -> dict[str, bytes]:
    paths = (
        path for path in sorted(folder.rglob("*")) if path.is_file() and ".store" not in path.parts and not path.name.startswith(".lock")
    )
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}


def rows(folder: Path, name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for path in sorted((folder / name).rglob("*.jsonl")) for line in path.read_bytes().splitlines()]


PLAIN = config_from({"language": False, "export": {"formats": ["jsonl"]}}, origin="test")
LEARNING = config_from({"language": False, "export": {"formats": ["jsonl"]}, "sites": {"learn": True}}, origin="test")


def with_profiles(path: Path) -> Config:
    return config_from({"language": False, "export": {"formats": ["jsonl"]}, "sites": {"profiles": str(path)}}, origin="test")


def test_the_note_inside_the_article_goes_and_says_why(crawl: Path, tmp_path: Path) -> None:
    """From text and HTML alike; without the pass it stays, for it is a sentence among sentences."""
    plain = cleaner.run([crawl], tmp_path / "plain", config=PLAIN)
    assert sum(NOTE in row["text"] for row in rows(plain.folder, "data")) == 2 * len(SUBJECTS)
    made = cleaner.run([crawl], tmp_path / "out", config=LEARNING)
    found = rows(made.folder, "data")
    assert len(found) == 2 * len(SUBJECTS)
    for row in found:
        assert NOTE not in row["text"]
        assert set(article(row["id"].removesuffix(".html"))[1:]) <= set(row["text"].split("\n"))
        assert "Home" not in row["text"]
    removed = [row for row in rows(made.folder, "removed") if row["text"] == NOTE]
    assert {(row["reason"], row["evidence"]) for row in removed} == {
        ("site_template", "on 12 of 12 pages of text.example"), ("site_template", "on 12 of 12 pages of html.example"),
    }  # fmt: skip
    assert made.manifest["removed_by_reason"]["site_template"] >= 2 * len(SUBJECTS)


@pytest.mark.parametrize(
    "environment",
    [{"CLEANER_WORKERS": "1", "PYTHONHASHSEED": "1"}, {"CLEANER_WORKERS": "3", "PYTHONHASHSEED": "2"}],
    ids=["one worker", "three workers"],
)
def test_workers_and_hash_seeds_change_nothing(environment: dict[str, str], crawl: Path, tmp_path: Path) -> None:
    expected = cleaner.run([crawl], tmp_path / "expected", config=LEARNING)
    done = command("run", crawl, "--out", tmp_path / "out", "--sites", "--no-language", "--export", "jsonl", **environment)
    assert done.returncode == 0, done.stderr
    assert files(tmp_path / "out" / "crawl") == files(expected.folder)
    done = command("learn-sites", crawl, "--out", tmp_path / "sites.json", **environment)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "sites.json").read_bytes() == (expected.folder / ".store" / "site-profiles.json").read_bytes()


def test_profiles_of_one_crawl_serve_the_next(crawl: Path, tmp_path: Path) -> None:
    """A run with what learn-sites wrote cleans like one that learns, also a single page that alone teaches nothing, also in shares."""
    profiles = tmp_path / "sites.json"
    assert command("learn-sites", crawl, "--out", profiles, "--workers", 0).returncode == 0
    known = from_bytes(profiles.read_bytes(), "test")
    assert {site: profile.pages for site, profile in known.items()} == {"text.example": 12, "html.example": 12}
    learned = rows(cleaner.run([crawl], tmp_path / "learned", config=LEARNING).folder, "data")
    given = cleaner.run([crawl], tmp_path / "given", config=with_profiles(profiles))
    assert rows(given.folder, "data") == learned
    assert given.manifest["config"]["sites"]["profiles"] is None
    assert len(given.manifest["config"]["sites"]["digest"]) == 64
    planned = plan_of([crawl], tmp_path / "shared")
    for number in (1, 2):
        clean_share(planned, with_profiles(profiles), (number, 2))
    assert files(export_only(planned, with_profiles(profiles)).folder) == files(given.folder)
    (tmp_path / "new").mkdir()
    (tmp_path / "new" / "one.jsonl").write_text(json.dumps({"id": "1", "url": "http://text.example/new", "text": text_of("new tower")}))
    one = cleaner.run([tmp_path / "new"], tmp_path / "one", config=with_profiles(profiles))
    assert NOTE not in rows(one.folder, "data")[0]["text"]


def test_counts_of_two_crawls_are_added_up(crawl: Path, tmp_path: Path) -> None:
    first, both = tmp_path / "first.json", tmp_path / "both.json"
    command("learn-sites", crawl, "--out", first, "--workers", 0)
    done = command("learn-sites", crawl, "--out", both, "--site-profiles", first, "--workers", 0)
    assert "2 sites, 48 pages" in done.stderr
    assert from_bytes(both.read_bytes(), "test")["text.example"].lines["imprint and contact"].pages == 24


def test_a_share_cannot_learn(crawl: Path, tmp_path: Path) -> None:
    done = command("run", crawl, "--out", tmp_path / "out", "--sites", "--shard", "1/2")
    assert done.returncode == 2
    assert "cleaner learn-sites INPUT --out FILE" in done.stderr
    assert done.stderr.count("\n") == 1
    with pytest.raises(ConfigError, match="learn-sites"):
        export_only(plan_of([crawl], tmp_path / "out"), LEARNING)


def test_a_run_goes_on_with_its_own_profiles_only(crawl: Path, tmp_path: Path) -> None:
    profiles = tmp_path / "sites.json"
    command("learn-sites", crawl, "--out", profiles, "--workers", 0)
    cleaner.run([crawl], tmp_path / "out", config=with_profiles(profiles))
    profiles.write_text(profiles.read_text().replace("pages have", "pages had").replace("[line, pages", "[Line, pages"))
    with pytest.raises(ConfigError, match=r"other settings \(sites\.digest: "):
        cleaner.run([crawl], tmp_path / "out", config=with_profiles(profiles))
    with pytest.raises(ConfigError, match=r"other settings \(.*sites\.digest: .* then, null now"):
        cleaner.run([crawl], tmp_path / "out", config=PLAIN)
    with pytest.raises(ConfigError, match=r"other settings \(.*sites\.learn: null then"):
        cleaner.run([crawl], tmp_path / "plain", config=PLAIN)
        cleaner.run([crawl], tmp_path / "plain", config=LEARNING)


def test_what_is_learned_anew_cleans_anew(crawl: Path, tmp_path: Path) -> None:
    """New pages change what is known of the site: the run gives what a fresh one gives, and where nothing changed takes everything over."""
    cleaner.run([crawl], tmp_path / "out", config=LEARNING)
    assert cleaner.run([crawl], tmp_path / "out", config=LEARNING).resumed_parts == 1
    added = [{"id": f"more {s}", "url": f"https://text.example/more-{s}", "text": text_of(f"{s} of the next valley")} for s in SUBJECTS]
    (crawl / "5.jsonl").write_text("".join(json.dumps(row) + "\n" for row in added))
    again = cleaner.run([crawl], tmp_path / "out", config=LEARNING)
    assert again.resumed_parts == 0
    assert files(again.folder) == files(cleaner.run([crawl], tmp_path / "fresh", config=LEARNING).folder)


@pytest.mark.parametrize("workers", [0, 2])
def test_a_stopped_run_ends_with_the_same_bytes(workers: int, crawl: Path, tmp_path: Path) -> None:
    learning = replace(LEARNING, limits=replace(LEARNING.limits, segment_documents=3))
    expected = files(cleaner.run([crawl], tmp_path / "expected", config=learning).folder)
    seen: list[object] = []

    def stopping(_part: object, row: object) -> None:
        seen.append(row)
        if len(seen) == 8:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        cleaner.run([crawl], tmp_path / "out", config=learning, workers=workers, watch=stopping)
    assert files(cleaner.run([crawl], tmp_path / "out", config=learning, workers=workers).folder) == expected


def test_a_folder_of_texts_is_a_site(tmp_path: Path) -> None:
    """Its own site by its name, or the one that --site says, which then also serves a single file."""
    folder = tmp_path / "valley"
    folder.mkdir()
    for subject in SUBJECTS:
        (folder / f"{subject}.txt").write_text(text_of(subject))
    by_folder, by_name = tmp_path / "a.json", tmp_path / "b.json"
    command("learn-sites", folder, "--out", by_folder)
    command("learn-sites", folder, "--out", by_name, "--site", "valley.example")
    assert list(from_bytes(by_folder.read_bytes(), "")) == ["valley"]
    assert list(from_bytes(by_name.read_bytes(), "")) == ["valley.example"]
    one = folder / "bridge.txt"
    assert NOTE in command("clean", one).stdout
    assert NOTE not in command("clean", one, "--site-profiles", by_name, "--site", "valley.example").stdout
    assert NOTE not in command("clean", one, "--site-profiles", by_name, "--url", "http://valley.example/bridge").stdout
    shown = command("explain", one, "--site-profiles", by_name, "--site", "valley.example").stdout
    assert "on 12 of 12 pages of valley.example" in shown
    unknown = command("explain", one, "--site-profiles", by_name, "--site", "other.example")
    assert unknown.returncode == 0
    assert "do not know 'other.example'; they know valley.example" in unknown.stderr


def test_documents_in_one_file_without_addresses_are_one_site(tmp_path: Path) -> None:
    with gzip.open(tmp_path / "dump.jsonl.gz", "wt") as file:
        file.writelines(json.dumps({"id": s, "text": text_of(s)}) + "\n" for s in SUBJECTS)
    done = command("learn-sites", tmp_path / "dump.jsonl.gz", "--out", tmp_path / "sites.json")
    assert list(from_bytes((tmp_path / "sites.json").read_bytes(), "")) == ["dump/dump.jsonl.gz"], done.stderr


def test_too_few_pages_are_said(tmp_path: Path) -> None:
    (tmp_path / "one.txt").write_text(text_of("bridge"))
    done = command("learn-sites", tmp_path / "one.txt", "--out", tmp_path / "sites.json")
    assert done.returncode == 0
    assert "no site has three different pages" in done.stderr


HOSTILE = Path(__file__).parents[1] / "cases" / "site-profiles"


@pytest.mark.parametrize("path", sorted(HOSTILE.iterdir()), ids=lambda path: path.name)
def test_a_file_that_is_no_profile_is_refused_in_one_line(path: Path, tmp_path: Path) -> None:
    done = command("run", HOSTILE.parent / "text" / "en-forum", "--out", tmp_path / "out", "--site-profiles", path)
    assert done.returncode == 2
    assert str(path) in done.stderr
    assert done.stderr.count("\n") == 1
    assert not (tmp_path / "out").exists()


def test_a_missing_file_and_a_wrong_digest_are_refused(tmp_path: Path) -> None:
    done = command("clean", HOSTILE.parent / "text" / "en-forum" / "input.txt", "--site-profiles", tmp_path / "nothing.json")
    assert done.returncode == 2
    assert "nothing.json: No such file" in done.stderr
    good = tmp_path / "sites.json"
    good.write_text('{"version": 1, "sites": {}}')
    with pytest.raises(ConfigError, match="the settings name"):
        learning.named(Config(sites=SitesConfig(profiles=str(good), digest="0" * 64)))
    with pytest.raises(ConfigError, match=r"sites\.profiles"):
        learning.named(Config(sites=SitesConfig(digest="0" * 64)))


def test_a_document_that_kills_its_worker_is_not_learned_from(
    crawl: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, root: Path
) -> None:
    """The others are, and what is learned is what the others teach."""
    expected = learning.learn_sites(plan_of([crawl], tmp_path / "out").parts, LEARNING)
    (crawl / "4.jsonl").write_text(
        "".join(json.dumps({"id": w, "url": f"https://text.example/{w}", "text": w}) + "\n" for w in ("SEGFAULT", "SPIN", "EXIT"))
    )
    monkeypatch.setattr(learning, "TARGET", "tests.hostile.slow_learners:serve")
    monkeypatch.setenv("PYTHONPATH", str(root))
    config = config_from({"limits": {"cpu_seconds": 1}}, origin="test")
    assert learning.learn_sites(plan_of([crawl], tmp_path / "out").parts, config, workers=2) == expected


def test_settings_name_the_pass(tmp_path: Path) -> None:
    (tmp_path / "cleaner.toml").write_text('[sites]\nlearn = true\nname = "valley.example"\n')
    shown = json.loads(command("config", "--json", "--config", tmp_path / "cleaner.toml").stdout)
    assert shown["sites.learn"]["value"] is True
    assert shown["sites.name"]["value"] == "valley.example"
    assert Config().fingerprint() != LEARNING.fingerprint()
    assert "sites" not in Config().described()
