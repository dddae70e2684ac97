"""`make shots`: a picture of every page as its main role, zh at 390 and 1280 px and en at 1280, into shots/.
Then each sample of a document (the apps name them in samples.py), page by page in both languages.

make shots ONLY=booking     only pages whose route, and documents whose name, holds this word
"""

import os
import shutil
import sys
import tempfile
import time
from pathlib import Path

import django
from django.urls import Resolver404, resolve
from django.utils import translation
from playwright.sync_api import sync_playwright

from house import browser, crawl, demo, processes, services
from house.install import CHECKOUT
from house.visitor import ROLES, Visitor
from portal.lib import documents

FOLDER = CHECKOUT / "shots"
VIEWS = (("zh", 390, "zh-CN"), ("zh", 1280, "zh-CN"), ("en", 1280, "en-GB"))
SIGNED_OUT = ("/accounts/login/", "/no-such-page/")


def main() -> int:
    processes.end_with_parent()
    chromium = browser.find_or_install()
    if not chromium:
        return browser.missing("Chromium", "pictures are") or 1
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir()
    with tempfile.TemporaryDirectory() as folder, services.running(throwaway=True) as urls:
        os.environ.update(urls)
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
        os.environ.update(browser.fonts(Path(folder)))
        with demo.served(Path(folder), debug=True) as address:
            os.environ.update(demo.DEBUG)
            django.setup()
            only = os.environ.get("ONLY", "")
            count = take(address, chromium, only) + print_samples(only)
    print(f"{count} pictures in {FOLDER}")
    return 0


def route_of(path: str) -> str | None:
    """The name of the route that answers a path; None for what is no page of ours."""
    try:
        return resolve(path).view_name
    except Resolver404:
        return None


def plan(address: str) -> dict[str, tuple[str, str]]:
    """route → (role, path): the first role that reaches a page shows it, on its longest example."""
    chosen: dict[str, tuple[str, str]] = {}
    for role in ROLES:
        visitor = Visitor(address, role)
        if not visitor.enter():
            print(f"no demo card for {role}", file=sys.stderr)
            continue
        longest: dict[str, tuple[int, str]] = {}
        for page in crawl.walk(visitor.read, route_of):
            longest[page.route] = max(longest.get(page.route, (0, "")), (len(page.html), page.path))
        for route, (_length, path) in longest.items():
            name = f"{route}@{role}" if path == "/" else route  # everybody's home is another page
            chosen.setdefault(name, (role, path))
    return chosen


def take(address: str, chromium: str, only: str) -> int:
    pages = {name: page for name, page in plan(address).items() if only in name}
    count = 0
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=chromium, args=list(browser.FLAGS), env=dict(os.environ))
        for language, width, locale in VIEWS:
            for role in ["", *ROLES]:
                mine = [(name, path) for name, (whose, path) in pages.items() if whose == role]
                if not role:
                    mine = [(path.strip("/").replace("/", "-"), path) for path in SIGNED_OUT if only in path]
                if not mine:
                    continue
                context = running.new_context(
                    viewport={"width": width, "height": 900}, locale=locale, timezone_id="Asia/Shanghai"
                )
                visitor = Visitor(address, role, language=locale)
                if role and visitor.enter():
                    context.add_cookies(visitor.session)
                window = context.new_page()
                for name, path in mine:
                    window.goto(address + path)
                    window.screenshot(path=FOLDER / f"{file_name(name)}.{language}.{width}.png", full_page=True)
                    count += 1
                context.close()
        running.close()
    return count


def print_samples(only: str) -> int:
    """The pages of every sample document that is about `only`, as pictures; returns how many."""
    count = 0
    for name, given in documents.SAMPLES.items():
        for language in ("zh-hans", "en"):
            with translation.override(language):
                sample = given() if only in name else None
            for page, picture in enumerate(documents.pictures(*sample, language=language) if sample else (), start=1):
                (FOLDER / f"pdf.{name}.{language[:2]}.{page}.png").write_bytes(picture)
                count += 1
    return count


def file_name(name: str) -> str:
    return name.replace(":", ".").replace("@", ".")


if __name__ == "__main__":
    started = time.monotonic()
    code = main()
    print(f"{time.monotonic() - started:.0f} s")
    sys.exit(code)
