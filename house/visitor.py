"""Reading pages of a served demo without a browser, as the person on one of its cards."""

import http.cookiejar
import re
import urllib.error
import urllib.parse
import urllib.request

# main role of what several roles can open: the first of these that reaches a page is pictured on it
ROLES = (
    "coordinator", "teacher", "bureau_officer", "venue_staff", "school_lead", "venue_lead", "inspector",
    "partner_officer", "counselor", "administrator", "audit_reader",
)  # fmt: skip
LOGIN = "/accounts/login/"


class Visitor:
    """One person with cookies of their own."""

    def __init__(self, address: str, role: str, *, language: str = "zh-CN"):
        self.address, self.role = address.rstrip("/"), role
        self.cookies = http.cookiejar.CookieJar()
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self.cookies))
        self.opener.addheaders = [("Accept-Language", language), ("Referer", self.address + LOGIN)]

    def enter(self) -> bool:
        """By the demo card of the role; False where the demo has none."""
        html = self.read(LOGIN) or ""
        form = next((form for form in re.findall(r"<form\b.*?</form>", html, re.DOTALL) if self._is_card(form)), None)
        if form is None:
            return False
        action = re.search(r'action="([^"]+)"', form)[1]
        button = next(tag for tag in re.findall(r"<button\b[^>]*>", form) if f'data-role="{self.role}"' in tag)
        fields = {
            match["name"]: match["value"]
            for tag in [*re.findall(r"<input\b[^>]*>", form), button]
            if (match := re.search(r'name="(?P<name>[^"]+)"[^>]*value="(?P<value>[^"]*)"', tag))
        }
        self.opener.open(self.address + action, urllib.parse.urlencode(fields).encode(), timeout=30).close()
        return True

    def _is_card(self, form: str) -> bool:
        return f'data-role="{self.role}"' in form

    def read(self, path: str) -> str | None:
        """The HTML of a page; None where the answer is no page (a file, a refusal)."""
        try:
            with self.opener.open(self.address + path, timeout=30) as answer:
                if "text/html" not in answer.headers.get("Content-Type", ""):
                    return None
                return answer.read().decode()
        except urllib.error.HTTPError as error:
            error.close()
            return None

    @property
    def session(self) -> list[dict[str, str]]:
        """The cookies as a browser takes them."""
        return [{"name": cookie.name, "value": cookie.value, "url": self.address} for cookie in self.cookies]
