"""Take the pictures of docs/images/: from a demo with an incident in it, with a real Chromium.

    screenshots.py [--minutes N]    how long the demo runs before; charts show so much

Run by `make screenshots`, which puts tests/ on the path: the browser is that of the tests.
"""

import argparse
import base64
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Page

from support.browser import Browser, chromium

ROOT = Path(__file__).resolve().parent.parent
IMAGES = ROOT / "docs" / "images"
LOG = ROOT / "build" / "screenshots.log"
PROGRAM = (sys.executable, "-m", "ppbe_observe")
STARTS_WITHIN = 180  # seconds
SIZE = (1400, 900)
LARGEST = 200_000  # bytes
ENCODE = """async (png) => {
    const image = await createImageBitmap(await (await fetch(`data:image/png;base64,${png}`)).blob());
    const canvas = new OffscreenCanvas(image.width, image.height);
    canvas.getContext("2d").drawImage(image, 0, 0);
    const made = await canvas.convertToBlob({type: "image/webp", quality: 0.8});
    return btoa(Array.from(new Uint8Array(await made.arrayBuffer()), (each) => String.fromCharCode(each)).join(""));
}"""
"""Chromium writes WebP, too; playwright has PNG and JPEG only, which are larger."""
DRAWN = "html[data-drawing=no]"


def main() -> int:
    """Take all of them; the exit code is 1 where one is too large."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--minutes", type=int, default=15)
    minutes = options.parse_args().minutes
    IMAGES.mkdir(exist_ok=True)
    with demo() as address, chromium() as browser:
        _incident(address("simulated AWS"))
        _wait(minutes)
        return max(_taken(browser, each) for each in pictures(address, minutes))


@dataclass(frozen=True)
class Picture:
    """What is taken: where it is, what is there when the page is ready, and the heading at its top."""

    name: str
    url: str
    ready: str
    top: str = ""


def pictures(address: Callable[[str], str], minutes: int) -> tuple[Picture, ...]:
    """All of them."""
    daemon, dashboards, since = address("metrics"), address("dashboards"), f"?from={minutes}m"
    return (
        Picture("overview", daemon, "main"),
        Picture("controls", f"{daemon}/controls", "main"),
        Picture("dashboard-overview", f"{dashboards}/d/ppbe-overview{since}", DRAWN),
        Picture("dashboard-rds", f"{dashboards}/d/ppbe-rds{since}", DRAWN, top="Load"),
    )


@contextmanager
def demo() -> Iterator[Callable[[str], str]]:
    """A demo; gives the addresses that it has announced, by their names."""
    LOG.parent.mkdir(exist_ok=True)
    with LOG.open("wb") as output:
        process = subprocess.Popen([*PROGRAM, "demo", "--port", "0"], stdout=output, stderr=output)
    try:
        yield _announced(process)
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(60)


def _announced(process: "subprocess.Popen[bytes]") -> Callable[[str], str]:
    deadline = time.monotonic() + STARTS_WITHIN
    while "Ctrl-C stops all of it." not in LOG.read_text():
        if process.poll() is not None or time.monotonic() > deadline:
            raise SystemExit(f"the demo did not start; see {LOG}")
        time.sleep(1)

    def address(name: str) -> str:
        found = re.search(rf"{name}\s+(http://127\.0\.0\.1:\d+)", LOG.read_text())
        assert found is not None, name
        return found[1]

    return address


def _incident(estate: str) -> None:
    environment = {**os.environ, "AWS_ENDPOINT_URL": estate}
    subprocess.run([*PROGRAM, "simulate", "start", "db-cpu", "--ago", "15"], env=environment, check=True)


def _wait(minutes: int) -> None:
    print(f"the demo runs; pictures are taken in {minutes} minutes", flush=True)
    time.sleep(minutes * 60)


def _taken(browser: Browser, wanted: Picture) -> int:
    with browser.visit(wanted.url) as visit:
        visit.page.set_viewport_size({"width": SIZE[0], "height": SIZE[1]})
        visit.page.wait_for_selector(wanted.ready, timeout=120_000)
        if wanted.top:
            visit.page.get_by_role("heading", name=wanted.top, exact=True).evaluate("each => each.scrollIntoView()")
        picture = _webp(browser, visit.page)
    path = IMAGES / f"{wanted.name}.webp"
    path.write_bytes(picture)
    print(f"{path.relative_to(ROOT)}: {len(picture) // 1000} kB", flush=True)
    return int(len(picture) > LARGEST)


def _webp(browser: Browser, page: Page) -> bytes:
    """Made on a page of its own: that of the picture may forbid scripts."""
    png = base64.b64encode(page.screenshot()).decode()
    with browser.visit("about:blank") as blank:
        return base64.b64decode(blank.page.evaluate(ENCODE, png))


if __name__ == "__main__":
    sys.exit(main())
