"""A browser window that forgives nothing: script errors, console errors and requests to other hosts fail the test."""

import contextlib
from urllib.parse import urlsplit

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import BrowserContext, Page

LANGUAGES = {"zh": "zh-CN", "en": "en-GB"}
PHONE, DESK = 390, 1280
HEIGHTS = {PHONE: 844, DESK: 900, 320: 700}


class Window:
    """One person's window: `page` is Playwright's; what went wrong gathers in `problems`."""

    def __init__(self, context: BrowserContext, address: str):
        self.context, self.address, self.problems = context, address, []
        self.allowed: set[int] = set()
        self.page: Page = context.new_page()
        self.page.on("console", self._on_console)
        self.page.on("pageerror", lambda error: self.problems.append(f"script error: {error}"))
        self.page.on("response", self._on_response)
        context.route(lambda url: not self._is_ours(url), self._on_stranger)

    def goto(self, path: str):
        """Open a path of the portal; answers Playwright's response."""
        return self.page.goto(self.address.rstrip("/") + path)

    def enter(self, session: str) -> None:
        """Be signed in: `session` is the key of a session (see `sign_in` in tests/journeys/conftest.py)."""
        self.context.add_cookies([{"name": "sessionid", "value": session, "url": self.address}])

    def enter_by_card(self, role: str) -> None:
        """One click on the demo card of a role."""
        self.goto("/accounts/login/")
        self.page.locator(f"button[data-role='{role}']").click()
        self.page.wait_for_load_state()

    @contextlib.contextmanager
    def expecting(self, *statuses: int):
        """Inside, answers with these statuses are what the test wants."""
        self.allowed |= set(statuses)
        yield
        self.allowed -= set(statuses)

    def axe(self) -> list[str]:
        """Serious and critical findings on this page, one line each."""
        found = Axe().run(self.page).response["violations"]
        return [
            f"{violation['id']}: {node['target']} {node['html'][:160]}"
            for violation in found
            if violation["impact"] in ("serious", "critical")
            for node in violation["nodes"][:3]
        ]

    def overflow(self) -> int:
        """By how many pixels the page itself scrolls sideways."""
        return self.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")

    def settle(self) -> list[str]:
        """Close, and answer what went wrong."""
        self.context.close()
        return self.problems

    def _is_ours(self, url: str) -> bool:
        return urlsplit(url).netloc == urlsplit(self.address).netloc or url.startswith(("data:", "blob:"))

    def _on_stranger(self, route) -> None:
        self.problems.append(f"request to another host: {route.request.url}")
        route.abort()

    def _on_console(self, message) -> None:
        # a refused answer is judged by its status, in _on_response
        if message.type == "error" and not message.text.startswith("Failed to load resource"):
            self.problems.append(f"console error: {message.text}")

    def _on_response(self, response) -> None:
        if response.status >= 400 and response.status not in self.allowed:
            self.problems.append(f"{response.status}: {response.url}")
