"""A headless Chromium driven through its own protocol over a pipe: no driver, no package, no port.

The protocol is the Chrome DevTools Protocol, JSON messages that end in NUL, on file descriptors 3 and 4
(`--remote-debugging-pipe`). Only what the tests need is here.
"""

from __future__ import annotations

import base64
import json
import os
import select
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")
SECONDS = 60
"""Nothing that a test asks takes longer, even on a machine that is busy."""

FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--hide-scrollbars", "--no-first-run", "--disable-extensions",
    "--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-default-apps", "--mute-audio",
    "--remote-debugging-pipe", "--lang=en-US", "--force-device-scale-factor=1", "--disable-lcd-text", "--force-color-profile=srgb",
)  # fmt: skip

LAUNCH = """
import fcntl, os, sys
pipes = [fcntl.fcntl(int(number), fcntl.F_DUPFD, 50) for number in sys.argv[1:3]]
for number, pipe in enumerate(pipes, 3):
    os.dup2(pipe, number)
os.execv(sys.argv[3], sys.argv[3:])
"""
"""The browser wants its pipes as descriptors 3 and 4: this puts them there (out of each other's way first) and becomes the browser."""


def find_chromium() -> str | None:
    """The browser of this machine: CLEANER_CHROMIUM, or the first of the usual names."""
    named = os.environ.get("CLEANER_CHROMIUM")
    return named or next((path for name in NAMES if (path := shutil.which(name))), None)


@dataclass
class Browser:
    """One running browser; messages go out and come back in this thread alone."""

    process: subprocess.Popen[bytes]
    to: int
    back: int
    events: list[dict[str, Any]] = field(default_factory=list)
    _buffer: bytes = b""
    _last: int = 0

    def send(self, method: str, session: str = "", **parameters: Any) -> dict[str, Any]:
        """Call a method and return its result; events that come meanwhile are kept."""
        self._last += 1
        message = {"id": self._last, "method": method, "params": parameters, **({"sessionId": session} if session else {})}
        content = json.dumps(message).encode() + b"\0"
        while content:
            content = content[os.write(self.to, content) :]
        until = time.monotonic() + SECONDS
        while True:
            answer = self._next(until)
            if answer.get("id") == self._last:
                if "error" in answer:
                    raise AssertionError(f"{method}: {answer['error']}")
                return dict(answer["result"])
            self.events.append(answer)

    def _next(self, until: float) -> dict[str, Any]:
        while b"\0" not in self._buffer:
            ready, _, _ = select.select([self.back], [], [], max(0.0, until - time.monotonic()))
            chunk = os.read(self.back, 1 << 20) if ready else b""
            if not chunk:
                raise AssertionError(f"the browser said nothing for {SECONDS} s or has ended")
            self._buffer += chunk
        message, _, self._buffer = self._buffer.partition(b"\0")
        return dict(json.loads(message))


@dataclass
class Tab:
    """One page of the browser."""

    browser: Browser
    target: str
    session: str

    def send(self, method: str, **parameters: Any) -> dict[str, Any]:
        return self.browser.send(method, self.session, **parameters)

    def open(self, address: str, ready: str = "document.documentElement?.dataset.ready === 'yes'") -> Tab:
        """Go to an address and wait until the page has drawn itself."""
        self.send("Page.navigate", url=address)
        self.wait(f"location.href !== 'about:blank' && {ready}")
        return self

    def js(self, expression: str) -> Any:
        """The value of an expression in the page, a promise awaited."""
        answer = self.send("Runtime.evaluate", expression=expression, awaitPromise=True, returnByValue=True)
        assert "exceptionDetails" not in answer, answer["exceptionDetails"]
        return answer["result"].get("value")

    def wait(self, expression: str) -> None:
        """Wait until an expression is true."""
        until = time.monotonic() + SECONDS
        while not self.js(expression):
            assert time.monotonic() < until, f"never true: {expression}"
            time.sleep(0.02)

    def key(self, key: str) -> None:
        """Press a key, as a user does."""
        text = {"text": key} if len(key) == 1 else {}
        self.send("Input.dispatchKeyEvent", type="keyDown", key=key, **text)
        self.send("Input.dispatchKeyEvent", type="keyUp", key=key)

    def write(self, text: str) -> None:
        """Put text into the field that has the focus."""
        self.send("Input.insertText", text=text)

    def look(self, width: int, height: int, *, dark: bool = False) -> None:
        """Set the size of the window and the colours that the user prefers."""
        self.send("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=width < 600)
        self.send("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": "dark" if dark else "light"}])

    def screenshot(self, path: Path, *, whole: bool = False) -> Path:
        """Write what is shown (or the whole page) as a PNG."""
        path.write_bytes(base64.b64decode(self.send("Page.captureScreenshot", format="png", captureBeyondViewport=whole)["data"]))
        return path

    def seen(self, method: str) -> list[dict[str, Any]]:
        """Parameters of the events of one kind that this page has sent."""
        return [e["params"] for e in self.browser.events if e.get("sessionId") == self.session and e.get("method") == method]

    def complaints(self) -> list[str]:
        """Errors of the console, exceptions, blocked content and dialogs: what must not be."""
        self.js("1")  # what was sent until now has arrived
        errors = [e["exceptionDetails"].get("text", "exception") for e in self.seen("Runtime.exceptionThrown")]
        errors += [str(e["args"]) for e in self.seen("Runtime.consoleAPICalled") if e["type"] in ("error", "warning", "assert")]
        errors += [e["entry"]["text"] for e in self.seen("Log.entryAdded") if e["entry"]["level"] in ("error", "warning")]
        return errors + [f"dialog: {e['message']}" for e in self.seen("Page.javascriptDialogOpening")]

    def requests(self) -> list[str]:
        """Addresses that the page asked for, `data:` left out."""
        self.js("1")
        return [e["request"]["url"] for e in self.seen("Network.requestWillBeSent") if not e["request"]["url"].startswith("data:")]


@contextmanager
def started(binary: str, profile: Path) -> Iterator[Browser]:
    """A browser with an empty profile; ended with the block."""
    out_read, out_write = os.pipe()
    in_read, in_write = os.pipe()
    launch = [sys.executable, "-c", LAUNCH, str(out_read), str(in_write)]
    command = [*launch, binary, *FLAGS, f"--user-data-dir={profile}", "about:blank"]
    process = subprocess.Popen(command, pass_fds=(out_read, in_write), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    os.close(out_read)
    os.close(in_write)
    try:
        yield Browser(process, out_write, in_read)
    finally:
        os.close(out_write)
        os.close(in_read)
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


@contextmanager
def tab(browser: Browser) -> Iterator[Tab]:
    """A fresh page whose network, console and dialogs are watched."""
    target = browser.send("Target.createTarget", url="about:blank")["targetId"]
    session = browser.send("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
    page = Tab(browser, target, session)
    for domain in ("Page", "Runtime", "Network", "Log"):
        page.send(f"{domain}.enable")
    page.look(1280, 900)
    try:
        yield page
    finally:
        browser.send("Target.closeTarget", targetId=target)
        browser.events = [event for event in browser.events if event.get("sessionId") != session]
