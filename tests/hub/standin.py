"""A stand-in for the Hugging Face Hub on loopback, for huggingface_hub's real client. It refuses what the real one would.

Where each behaviour is written down (client = the source of huggingface_hub 2.4, which sends and expects it):

 whoami-v2               401 without a token                           client hf_api.HfApi.whoami
 repos/create            401; 409 with `url` if it exists              client hf_api.HfApi.create_repo
 datasets/ID[/revision]  404 RepoNotFound also for a private repository that the caller may not see; RevisionNotFound
                                                                       client utils/_http.hf_raise_for_status (X-Error-Code)
 …/tree/REV              pages with `Link: <…>; rel="next"`            client utils/_pagination.paginate; docs hub/api
 …/paths-info/REV        at most 1,000 paths (413)                     client _commit_api, note at FETCH_LFS_BATCH_SIZE
 …/preupload/REV         says lfs or regular, and the oid that is there; at most 256 files of one request
                                                                       client _commit_api._fetch_upload_modes
 ….git/info/lfs/objects/batch  git-lfs media types (406); no `actions` for what it has; 422 for a bad oid
                                                                       git-lfs docs/api/batch.md; client lfs.post_lfs_batch_info
 PUT upload URL          signed: no Authorization beside it (400), the announced size and digest (400)
                                                                       AWS SigV4 "only one auth mechanism allowed"; git-lfs docs/api/basic-transfers.md
 …/commit/REV            ndjson, header first; 412 when parentCommit is not the head; 400 for a pointer to a file that was never
                         uploaded, a path outside, an inline file over 10 MB, an unknown operation; 404 EntryNotFound for deleting
                         what is not there; 403 for a token that may only read
                                                                       client _commit_api._prepare_commit_payload; docs hub/repositories-recommendations
 …/discussions           pages with count and start                    client hf_api.HfApi.get_repo_discussions
 …/refs …/tag/REV        409 for a tag that is there                   client hf_api.HfApi.create_tag
 …/settings              gated: auto, manual, false                    client hf_api.HfApi.update_repo_settings
 validate-yaml           errors and warnings of a card's YAML          client hf_api.HfApi._validate_yaml
 resolve/REV/PATH        ETag, X-Repo-Commit, X-Linked-*; large files redirect to another host, which takes no Authorization
                                                                       client file_download.get_hf_file_metadata
 …/xet-(read|write)-token/REV  where the chunks go, and with which short-lived token; here hf_xet's store on disk
                                                                       client utils/_xet.py; huggingface.co/docs/xet
 anything else           404, and noted in `strange`

It cannot show: the viewer, quotas, the scopes of real tokens, the time the real one takes.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
import struct
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import yaml

LARGE = re.compile(r".*\.(parquet|arrow|tar|gz|zst)$")
"""As the .gitattributes of a new dataset repository says; other files are large by size."""
HANG_SECONDS = 1.0
INLINE_BYTES = 10_000_000
TREE_PAGE = 20
"""Small, so that paging is exercised; the real page is 1,000."""


@dataclass
class Commit:
    oid: str
    parent: str
    files: dict[str, tuple[str, bytes]]
    """path → ("lfs", sha256 as bytes) or ("regular", content)"""
    message: str = ""


@dataclass
class Repo:
    private: bool
    gated: Any = False
    refs: dict[str, Commit] = field(default_factory=dict)
    tags: dict[str, Commit] = field(default_factory=dict)
    commits: dict[str, Commit] = field(default_factory=dict)
    requests: list[dict[str, Any]] = field(default_factory=list)

    def at(self, revision: str) -> Commit | None:
        return self.refs.get(revision) or self.tags.get(revision) or self.commits.get(revision)


@dataclass
class Fault:
    """Does `action` to the next `times` requests that match: a status, "drop" (no answer), "lost" (done, but no answer), "hang" (silence)."""

    method: str
    pattern: str
    action: int | str
    times: int = 1
    headers: dict[str, str] = field(default_factory=dict)


class Refused(Exception):
    def __init__(self, status: int, code: str = "", message: str = "") -> None:
        super().__init__(status, code, message)
        self.status, self.code, self.message = status, code, message


class StandIn(ThreadingHTTPServer):
    """`tokens` maps a token to the user and whether it may write. `requests` is every request; `received` counts bytes of PUTs."""

    daemon_threads = True

    def __init__(self, tokens: dict[str, tuple[str, bool]]) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.tokens = tokens
        self.repos: dict[str, Repo] = {}
        self.objects: dict[str, bytes] = {}
        self.announced: dict[str, int] = {}
        self.faults: list[Fault] = []
        self.requests: list[tuple[str, str]] = []
        self.strange: list[tuple[str, str]] = []
        self.received: list[int] = []
        self.upload_seconds = 0.0
        self.cas: Path | None = None
        self.lock = threading.Lock()
        self.url = f"http://127.0.0.1:{self.server_port}"
        self.storage_url = f"http://localhost:{self.server_port}"
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that went away is what some tests do."""

    def content(self, repo: str, path: str, revision: str = "main") -> bytes:
        commit = self.repos[repo].at(revision)
        assert commit is not None
        kind, value = commit.files[path]
        return self.objects[value.decode()] if kind == "lfs" else value

    def names(self, repo: str, revision: str = "main") -> set[str]:
        commit = self.repos[repo].at(revision)
        assert commit is not None
        return set(commit.files)

    def size_of(self, oid: str) -> int | None:
        """Bytes of a large file that has arrived, over either leg."""
        return len(self.objects[oid]) if oid in self.objects else self.chunked().get(oid, ("", None))[1]

    def chunked(self) -> dict[str, tuple[str, int]]:
        """SHA-256 → (Xet hash, size) of what hf_xet has put into its store."""
        found: dict[str, tuple[str, int]] = {}
        for path in sorted(self.cas.rglob("shards/*.mdb")) if self.cas else []:
            found |= shard_files(path.read_bytes())
        return found

    def fault_for(self, method: str, path: str) -> Fault | None:
        with self.lock:
            for fault in self.faults:
                if fault.times > 0 and fault.method == method and re.search(fault.pattern, path):
                    fault.times -= 1
                    return fault
        return None

    def changed(self, repo: Repo, ref: str, files: dict[str, tuple[str, bytes]], message: str) -> Commit:
        parent = repo.refs.get(ref) or repo.refs.get("main")
        seed = json.dumps([parent.oid if parent else "", message, sorted((k, v[0], v[1].hex()) for k, v in files.items()), time.time_ns()])
        commit = Commit(hashlib.sha1(seed.encode()).hexdigest(), parent.oid if parent else "", files, message)
        repo.commits[commit.oid] = repo.refs[ref] = commit
        return commit


def shard_files(shard: bytes) -> dict[str, tuple[str, int]]:
    """The files that a Xet shard describes: 48-byte records, after a header a sequence for each file of (hash, flags, segments), the
    segments with their bytes, as many verifications (flag 31), and the SHA-256 (flag 30); hashes are four little-endian words
    (huggingface.co/docs/xet/shard)."""

    def words(raw: bytes) -> str:
        return "".join(raw[i : i + 8][::-1].hex() for i in range(0, 32, 8))

    found, at = {}, 48
    while shard[at : at + 32] not in (b"\xff" * 32, b""):
        name, (flags, count) = words(shard[at : at + 32]), struct.unpack("<II", shard[at + 32 : at + 40])
        segments = [shard[at + 48 * (i + 1) : at + 48 * (i + 2)] for i in range(count)]
        at += 48 * (1 + count + (count if flags >> 31 else 0))
        if flags >> 30 & 1:
            found[words(shard[at : at + 32])] = (name, sum(struct.unpack("<I", segment[36:40])[0] for segment in segments))
            at += 48
    return found


def blob_id(kind: str, value: bytes, size: int | None) -> str:
    pointer = f"version https://git-lfs.github.com/spec/v1\noid sha256:{value.decode('latin-1')}\nsize {size}\n"
    content = value if kind == "regular" else pointer.encode()
    return hashlib.sha1(b"blob %d\0" % len(content) + content).hexdigest()


def front_matter_errors(text: str) -> list[dict[str, str]]:
    if not text.startswith("---\n"):
        return []
    try:
        values = yaml.safe_load(text[4:].partition("\n---")[0])
    except yaml.YAMLError as error:
        return [{"message": f"YAML: {error}"}]
    if not isinstance(values, dict):
        return [{"message": "the metadata is no mapping"}]
    errors = []
    for config in values.get("configs") or []:
        if "config_name" not in config or not re.fullmatch(r"[^<>:/\\|?*]+", config["config_name"]):
            errors.append({"message": f'"configs" has a bad config_name: {config.get("config_name")}'})
    if not isinstance(values.get("license", ""), str | list):
        errors.append({"message": '"license" must be a string or a list'})
    return errors


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: StandIn

    def log_message(self, format: str, *args: Any) -> None: ...

    def do_GET(self) -> None:
        self.answer()

    do_HEAD = do_POST = do_PUT = do_DELETE = do_GET

    def answer(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        self.body = self.chunks() if self.headers.get("Transfer-Encoding") == "chunked" else self.rfile.read(length)
        parts = urlsplit(self.path)
        self.query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        self.server.requests.append((self.command, self.path))
        fault = self.server.fault_for(self.command, self.path)
        if self.command == "PUT" and self.server.upload_seconds:
            threading.Event().wait(self.server.upload_seconds)
        try:
            if fault and fault.action == "hang":
                threading.Event().wait(HANG_SECONDS)
            if fault and fault.action in ("drop", "hang"):
                self.connection.close()
                self.close_connection = True
                return
            if fault and isinstance(fault.action, int):
                self.send(fault.action, {"error": "a fault made for a test"}, fault.headers)
                return
            with self.server.lock:
                status, value, headers = self.route(parts.path)
            if fault and fault.action == "lost":
                self.connection.close()
                self.close_connection = True
                return
            self.send(status, value, headers)
        except Refused as refused:
            headers = {"X-Error-Code": refused.code} if refused.code else {}
            self.send(refused.status, {"error": refused.message or refused.code}, {**headers, "X-Error-Message": refused.message})
        except (KeyError, ValueError, TypeError) as error:
            self.server.strange.append((self.command, f"{self.path}: {type(error).__name__} {error}"))
            self.send(400, {"error": f"malformed request: {error!r}"}, {})

    def chunks(self) -> bytes:
        body = b""
        while size := int(self.rfile.readline().split(b";")[0], 16):
            body += self.rfile.read(size)
            self.rfile.readline()
        self.rfile.readline()
        return body

    def send(self, status: int, value: Any, headers: dict[str, str]) -> None:
        content = value if isinstance(value, bytes) else json.dumps(value).encode()
        self.send_response(status)
        for name, text in headers.items():
            if text:
                self.send_header(name, text)
        if "Content-Length" not in headers:
            self.send_header("Content-Length", str(len(content)))
        if not isinstance(value, bytes):
            self.send_header("Content-Type", "application/json")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)

    # -- who asks -------------------------------------------------------------------------------------------------------------

    def user(self) -> tuple[str, bool] | None:
        scheme, _, token = (self.headers.get("Authorization") or "").partition(" ")
        if scheme and token not in self.server.tokens:
            raise Refused(401, "", "Invalid username or password.")
        return self.server.tokens.get(token)

    def must_write(self) -> str:
        user = self.user()
        if user is None:
            raise Refused(401, "", "Invalid username or password.")
        if not user[1]:
            raise Refused(403, "", "you need a token with write access")
        return user[0]

    def repo(self, name: str) -> Repo:
        found = self.server.repos.get(name)
        user = self.user()
        if found is None or (found.private and user is None):
            raise Refused(401 if user is None else 404, "RepoNotFound", "Repository not found")
        return found

    def commit_at(self, repo: Repo, revision: str) -> Commit:
        commit = repo.at(unquote(revision))
        if commit is None:
            raise Refused(404, "RevisionNotFound", f"Invalid rev id: {unquote(revision)}")
        return commit

    # -- what is asked --------------------------------------------------------------------------------------------------------

    def route(self, path: str) -> tuple[int, Any, dict[str, str]]:
        for method, pattern, handle in ROUTES:
            matched = re.fullmatch(pattern, path)
            if matched and self.command in method.split("|"):
                return handle(self, **matched.groupdict())
        self.server.strange.append((self.command, self.path))
        raise Refused(404, "", f"no such endpoint: {self.command} {path}")

    def whoami(self) -> tuple[int, Any, dict[str, str]]:
        user = self.user()
        if user is None:
            raise Refused(401, "", "Invalid username or password.")
        return 200, {"type": "user", "name": user[0], "orgs": [], "auth": {"accessToken": {"role": "write" if user[1] else "read"}}}, {}

    def create(self) -> tuple[int, Any, dict[str, str]]:
        owner, asked = self.must_write(), json.loads(self.body)
        if asked.get("type") != "dataset":
            raise Refused(400, "", "only datasets here")
        name = f"{asked.get('organization') or owner}/{asked['name']}"
        if name.split("/")[0] != owner:
            raise Refused(403, "", "You don't have the rights to create a dataset under this namespace")
        if name in self.server.repos:
            return 409, {"error": "You already created this dataset repo", "url": f"{self.server.url}/datasets/{name}"}, {}
        repo = self.server.repos[name] = Repo(asked.get("visibility", "public") == "private" or asked.get("private", False))
        self.server.changed(
            repo, "main", {".gitattributes": ("regular", b"*.parquet filter=lfs diff=lfs merge=lfs -text\n")}, "initial commit"
        )
        return 200, {"url": f"{self.server.url}/datasets/{name}", "name": name, "id": "0" * 24}, {}

    def info(self, name: str, rev: str = "main") -> tuple[int, Any, dict[str, str]]:
        repo = self.repo(name)
        commit = self.commit_at(repo, rev)
        return 200, {
            "_id": "0" * 24, "id": name, "author": name.split("/")[0], "sha": commit.oid, "private": repo.private, "gated": repo.gated, "disabled": False,
            "tags": [], "downloads": 0, "likes": 0, "lastModified": "2026-01-01T00:00:00.000Z", "createdAt": "2026-01-01T00:00:00.000Z",
            "siblings": [{"rfilename": path} for path in sorted(commit.files)],
        }, {}  # fmt: skip

    def entry(self, commit: Commit, path: str) -> dict[str, Any]:
        kind, value = commit.files[path]
        size = self.server.size_of(value.decode()) if kind == "lfs" else len(value)
        made = {"type": "file", "path": path, "size": size, "oid": blob_id(kind, value, size)}
        return {**made, "lfs": {"oid": value.decode(), "size": size, "pointerSize": 130}} if kind == "lfs" else made

    def tree(self, name: str, rev: str, path: str = "") -> tuple[int, Any, dict[str, str]]:
        commit = self.commit_at(self.repo(name), rev)
        root, recursive = unquote(path).strip("/"), self.query.get("recursive", "").lower() in ("1", "true")
        below = [p for p in sorted(commit.files) if not root or p.startswith(root + "/")]
        if root and not below:
            raise Refused(404, "EntryNotFound", f"{root} does not exist on {unquote(rev)}")
        skip = len(root) + 1 if root else 0
        folders = sorted({p[:i] for p in below for i in range(skip, len(p)) if p[i] == "/"})
        entries = [{"type": "directory", "path": p, "size": 0, "oid": hashlib.sha1(p.encode()).hexdigest()} for p in folders]
        entries += [self.entry(commit, p) for p in below]
        if not recursive:
            entries = [entry for entry in entries if "/" not in entry["path"][skip:]]
        start = int(self.query.get("cursor", 0))
        more = f"{self.server.url}{urlsplit(self.path).path}?recursive={recursive}&cursor={start + TREE_PAGE}"
        return 200, entries[start : start + TREE_PAGE], {"Link": f'<{more}>; rel="next"' if start + TREE_PAGE < len(entries) else ""}

    def paths_info(self, name: str, rev: str) -> tuple[int, Any, dict[str, str]]:
        commit = self.commit_at(self.repo(name), rev)
        form = self.headers.get("Content-Type") or ""
        paths = json.loads(self.body)["paths"] if "json" in form else parse_qs(self.body.decode()).get("paths", [])
        paths = [paths] if isinstance(paths, str) else paths
        if len(paths) > 1_000:
            raise Refused(413, "", "too many parameters")
        folders = {p for p in paths if any(f.startswith(p.rstrip("/") + "/") for f in commit.files)}
        found = [self.entry(commit, p) for p in paths if p in commit.files]
        return (
            200,
            found + [{"type": "directory", "path": p, "size": 0, "oid": hashlib.sha1(p.encode()).hexdigest()} for p in sorted(folders)],
            {},
        )

    def preupload(self, name: str, rev: str) -> tuple[int, Any, dict[str, str]]:
        if self.user() is None:
            raise Refused(401, "", "Invalid username or password.")
        commit, asked = self.commit_at(self.repo(name), rev), json.loads(self.body)["files"]
        if len(asked) > 256:
            raise Refused(413, "", "too many files")
        modes = []
        for file in asked:
            base64.b64decode(file["sample"], validate=True)
            large = bool(LARGE.fullmatch(file["path"])) or file["size"] > INLINE_BYTES
            there = commit.files.get(file["path"])
            oid = None if there is None else there[1].decode() if there[0] == "lfs" else blob_id(*there, None)
            modes.append({"path": file["path"], "uploadMode": "lfs" if large else "regular", "shouldIgnore": False, "oid": oid})
        return 200, {"files": modes}, {}

    def batch(self, name: str) -> tuple[int, Any, dict[str, str]]:
        self.must_write()
        self.repo(name)
        if self.headers.get("Accept") != "application/vnd.git-lfs+json":
            raise Refused(406, "", "git-lfs wants application/vnd.git-lfs+json")
        asked = json.loads(self.body)
        if asked["operation"] != "upload" or "basic" not in asked["transfers"] or asked["hash_algo"] != "sha256":
            raise Refused(422, "", "unknown operation, transfer or hash")
        answers = []
        for wanted in asked["objects"]:
            oid, size = wanted["oid"], wanted["size"]
            if re.fullmatch(r"[0-9a-f]{64}", oid) is None or size <= 0:
                raise Refused(422, "", "bad oid or size")
            if oid in self.server.objects:
                answers.append({"oid": oid, "size": size})
                continue
            self.server.announced[oid] = size
            verify = {"href": f"{self.server.url}/datasets/{name}.git/info/lfs/verify"}
            answers.append(
                {
                    "oid": oid,
                    "size": size,
                    "actions": {"upload": {"href": f"{self.server.storage_url}/storage/{oid}?signed=1"}, "verify": verify},
                }
            )
        return 200, {"transfer": "basic", "objects": answers}, {}

    def upload(self, oid: str) -> tuple[int, Any, dict[str, str]]:
        if self.headers.get("Authorization"):
            raise Refused(400, "", "Only one auth mechanism allowed")
        if self.server.announced.get(oid) != len(self.body) or hashlib.sha256(self.body).hexdigest() != oid:
            raise Refused(400, "", "the content is not what was announced")
        self.server.objects[oid] = self.body
        self.server.received.append(len(self.body))
        return 200, b"", {}

    def verify(self, name: str) -> tuple[int, Any, dict[str, str]]:
        self.must_write()
        asked = json.loads(self.body)
        if len(self.server.objects.get(asked["oid"], b"")) != asked["size"]:
            raise Refused(404, "", "no such object")
        return 200, {}, {}

    def commit(self, name: str, rev: str) -> tuple[int, Any, dict[str, str]]:
        user = self.user()
        if user is None:
            raise Refused(401, "", "Invalid username or password.")
        opens = self.query.get("create_pr") == "1"
        if not user[1]:
            raise Refused(403, "", "you need a token with write access")
        repo, revision = self.repo(name), unquote(rev)
        head = repo.refs.get(revision)
        if head is None:
            raise Refused(404, "RevisionNotFound", f"Invalid rev id: {revision}")
        if "ndjson" not in (self.headers.get("Content-Type") or ""):
            raise Refused(415, "", "wants application/x-ndjson")
        header, *changes = [json.loads(line) for line in self.body.splitlines()]
        if header["key"] != "header" or not header["value"]["summary"]:
            raise Refused(400, "", "the header must come first and have a summary")
        parent = header["value"].get("parentCommit")
        if parent is not None and parent != head.oid:
            raise Refused(412, "", "A commit has happened since. Please refresh and try again.")
        if not changes:
            raise Refused(400, "", "nothing to commit")
        files = dict(head.files)
        for change in changes:
            self.apply(change["key"], change["value"], files)
        ref = revision
        answer: dict[str, Any] = {"success": True}
        if opens:
            ref = f"refs/pr/{len(repo.requests) + 1}"
            repo.requests.append({"title": header["value"]["summary"], "author": user[0], "status": "open", "num": len(repo.requests) + 1})
            answer["pullRequestUrl"] = f"{self.server.url}/datasets/{name}/discussions/{len(repo.requests)}"
        made = self.server.changed(repo, ref, files, header["value"]["summary"])
        return 200, {**answer, "commitOid": made.oid, "commitUrl": f"{self.server.url}/datasets/{name}/commit/{made.oid}"}, {}

    def apply(self, key: str, value: dict[str, Any], files: dict[str, tuple[str, bytes]]) -> None:
        path = value["path"]
        if path.startswith("/") or ".." in path.split("/") or not path:
            raise Refused(400, "", f"bad path {path}")
        if key == "file":
            content = base64.b64decode(value["content"], validate=True)
            if len(content) > INLINE_BYTES or value.get("encoding") != "base64":
                raise Refused(400, "", "the file is too large to be sent inline")
            if path == "README.md" and (errors := front_matter_errors(content.decode())):
                raise Refused(400, "", errors[0]["message"])
            files[path] = ("regular", content)
        elif key == "lfsFile":
            if value["algo"] != "sha256" or self.server.size_of(value["oid"]) != value["size"] or value["size"] == 0:
                raise Refused(400, "", f"LFS pointer pointed to a file that does not exist: {path}")
            files[path] = ("lfs", value["oid"].encode())
        elif key == "deletedFile":
            if path not in files:
                raise Refused(404, "EntryNotFound", f"A file with this name doesn't exist: {path}")
            del files[path]
        else:
            raise Refused(400, "", f"unknown operation {key}")

    def discussions(self, name: str) -> tuple[int, Any, dict[str, str]]:
        repo = self.repo(name)
        found = [
            r
            for r in repo.requests
            if r["status"] == self.query.get("status", r["status"]) and r["author"] == self.query.get("author", r["author"])
        ]
        shown = [
            {"num": r["num"], "title": r["title"], "author": {"name": r["author"]}, "createdAt": "2026-01-01T00:00:00.000Z", "isPullRequest": True,
             "status": r["status"], "repo": {"name": name, "type": "dataset"}} for r in found
        ]  # fmt: skip
        start = 2 * int(self.query.get("p", 0))
        return 200, {"discussions": shown[start : start + 2], "count": len(shown), "start": start}, {}

    def refs(self, name: str) -> tuple[int, Any, dict[str, str]]:
        repo = self.repo(name)
        branches = [{"name": ref, "ref": f"refs/heads/{ref}", "targetCommit": c.oid} for ref, c in repo.refs.items() if "/" not in ref]
        tags = [{"name": tag, "ref": f"refs/tags/{tag}", "targetCommit": c.oid} for tag, c in repo.tags.items()]
        return 200, {"branches": branches, "converts": [], "tags": tags, "pullRequests": []}, {}

    def tag(self, name: str, rev: str) -> tuple[int, Any, dict[str, str]]:
        self.must_write()
        repo, asked = self.repo(name), json.loads(self.body)
        if re.fullmatch(r"[A-Za-z0-9._-]+", asked["tag"]) is None:
            raise Refused(400, "", "bad name of a tag")
        if asked["tag"] in repo.tags:
            raise Refused(409, "", "Tag reference exists already")
        repo.tags[asked["tag"]] = self.commit_at(repo, rev)
        return 200, {}, {}

    def settings(self, name: str) -> tuple[int, Any, dict[str, str]]:
        self.must_write()
        repo, asked = self.repo(name), json.loads(self.body)
        if set(asked) - {"gated", "visibility"} or asked.get("gated", False) not in ("auto", "manual", False):
            raise Refused(400, "", "unknown setting")
        repo.gated = asked.get("gated", repo.gated)
        return 200, asked, {}

    def validate_yaml(self) -> tuple[int, Any, dict[str, str]]:
        asked = json.loads(self.body)
        if asked["repoType"] != "dataset":
            raise Refused(400, "", "only datasets here")
        errors = front_matter_errors(asked["content"])
        return (400 if errors else 200), {"errors": errors, "warnings": []}, {}

    def xet_token(self, name: str, rev: str, right: str) -> tuple[int, Any, dict[str, str]]:
        self.must_write() if right == "write" else self.user()
        self.repo(name)
        if self.server.cas is None:
            raise Refused(404, "", "no Xet here")
        until = int(time.time()) + 3_600
        place = f"local://{self.server.cas}"  # hf_xet's own store on disk, a facility for tests
        headers = {"X-Xet-Cas-Url": place, "X-Xet-Access-Token": "short-lived", "X-Xet-Token-Expiration": str(until)}
        return 200, {"casUrl": place, "accessToken": "short-lived", "exp": until}, headers

    def resolve(self, name: str, rev: str, path: str) -> tuple[int, Any, dict[str, str]]:
        commit, path = self.commit_at(self.repo(name), rev), unquote(path)
        if path not in commit.files:
            raise Refused(404, "EntryNotFound", "Entry not found")
        kind, value = commit.files[path]
        size = self.server.size_of(value.decode()) if kind == "lfs" else len(value)
        headers = {"X-Repo-Commit": commit.oid, "Accept-Ranges": "bytes", "ETag": f'"{blob_id(kind, value, size)}"'}
        if kind == "lfs":
            oid = value.decode()
            linked = {"X-Linked-Size": str(size), "X-Linked-ETag": f'"{oid}"'}
            if oid in self.server.chunked():
                auth = f"{self.server.url}/api/datasets/{name}/xet-read-token/{commit.oid}"
                linked |= {"X-Xet-Hash": self.server.chunked()[oid][0], "Link": f'<{auth}>; rel="xet-auth"'}
            return 302, b"", {**headers, **linked, "Location": f"{self.server.storage_url}/storage/{oid}?signed=1"}
        return self.ranged(value, headers)

    def stored(self, oid: str) -> tuple[int, Any, dict[str, str]]:
        if self.headers.get("Authorization"):
            raise Refused(400, "", "Only one auth mechanism allowed")
        if oid not in self.server.objects:
            raise Refused(404, "", "no such object")
        return self.ranged(self.server.objects[oid], {"ETag": f'"{oid}"', "Accept-Ranges": "bytes"})

    def ranged(self, content: bytes, headers: dict[str, str]) -> tuple[int, Any, dict[str, str]]:
        asked = re.fullmatch(r"bytes=(\d+)-(\d*)", self.headers.get("Range") or "")
        if asked:
            first, last = int(asked[1]), min(int(asked[2] or len(content) - 1), len(content) - 1)
            if first >= len(content):
                raise Refused(416, "", "range not satisfiable")
            return 206, content[first : last + 1], {**headers, "Content-Range": f"bytes {first}-{last}/{len(content)}"}
        return 200, content, {**headers, "Content-Length": str(len(content))}


ID = r"(?P<name>[\w.-]+/[\w.-]+)"
ROUTES: list[tuple[str, str, Callable[..., tuple[int, Any, dict[str, str]]]]] = [
    ("GET", r"/api/whoami-v2", Handler.whoami),
    ("POST", r"/api/repos/create", Handler.create),
    ("POST", r"/api/validate-yaml", Handler.validate_yaml),
    ("GET", rf"/api/datasets/{ID}", Handler.info),
    ("GET", rf"/api/datasets/{ID}/revision/(?P<rev>[^/]+)", Handler.info),
    ("GET", rf"/api/datasets/{ID}/tree/(?P<rev>[^/]+)(?P<path>/.*)?", lambda self, name, rev, path: self.tree(name, rev, path or "")),
    ("POST", rf"/api/datasets/{ID}/paths-info/(?P<rev>[^/]+)", Handler.paths_info),
    ("POST", rf"/api/datasets/{ID}/preupload/(?P<rev>[^/]+)", Handler.preupload),
    ("POST", rf"/api/datasets/{ID}/commit/(?P<rev>[^/]+)", Handler.commit),
    ("GET", rf"/api/datasets/{ID}/discussions", Handler.discussions),
    ("GET", rf"/api/datasets/{ID}/refs", Handler.refs),
    ("POST", rf"/api/datasets/{ID}/tag/(?P<rev>[^/]+)", Handler.tag),
    ("PUT", rf"/api/datasets/{ID}/settings", Handler.settings),
    ("POST", rf"/datasets/{ID}\.git/info/lfs/objects/batch", Handler.batch),
    ("POST", rf"/datasets/{ID}\.git/info/lfs/verify", Handler.verify),
    ("GET", rf"/api/datasets/{ID}/xet-(?P<right>write|read)-token/(?P<rev>[^/]+)", Handler.xet_token),
    ("GET|HEAD", rf"/datasets/{ID}/resolve/(?P<rev>[^/]+)/(?P<path>.+)", Handler.resolve),
    ("PUT", r"/storage/(?P<oid>[0-9a-f]{64})", Handler.upload),
    ("GET|HEAD", r"/storage/(?P<oid>[0-9a-f]{64})", Handler.stored),
]
