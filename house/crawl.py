"""Walking through the portal by its own links, as a reader would."""

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

SKIPPED = ("/static/", "/accounts/logout", "/accounts/login", "/hats/", "/i18n/", "/language/")


@dataclass(frozen=True)
class Page:
    route: str  # the name of the address, by `route_of`
    path: str
    html: str


class Links(HTMLParser):
    """The addresses that a page offers for reading."""

    def __init__(self):
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag, attributes):
        given = dict(attributes)
        if tag == "a" and given.get("href") and "download" not in given:
            self.found.append(given["href"])


def links(page: str, html: str) -> list[str]:
    """Paths (with query) of this host that `html` at `page` leads to."""
    parser = Links()
    parser.feed(html)
    found = []
    for target in parser.found:
        parts = urlsplit(urljoin(page, target))
        if not parts.netloc and parts.scheme in ("", "http") and not parts.path.startswith(SKIPPED):
            found.append(parts.path + (f"?{parts.query}" if parts.query else ""))
    return list(dict.fromkeys(found))


def walk(
    read: Callable[[str], str | None], route_of: Callable[[str], str | None], *, start: str = "/", most: int = 3
) -> Iterator[Page]:
    """Every page reachable from `start`, breadth first, at most `most` of a route and one of it with each set of filters.

    `read` answers the HTML of a path, or None for what is no page; `route_of` names its route, or None to leave it out.
    """
    queue, seen, visits = [start], {start}, defaultdict(int)
    while queue:
        path = queue.pop(0)
        route = route_of(path.split("?")[0])
        if route is None or visits[route] >= most:
            continue
        html = read(path)
        if html is None:
            continue
        visits[route] += 1
        yield Page(route, path, html)
        for target in links(path, html):
            if target not in seen:
                seen.add(target)
                queue.append(target)
