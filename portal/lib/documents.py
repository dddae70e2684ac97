"""PDF documents by Typst: the same data gives the same bytes, on any day, in any time zone, in any process."""

import datetime as dt
import io
import json
from collections.abc import Callable
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pylopdf_fonts_zh_cn
import segno
import typst
from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext, pgettext

ROOT = Path(__file__).resolve().parents[2] / "templates"
TYPST = version("typst")  # stands in every file that it makes

# name → what gives (template, data) of an example in the active language; None where there is none to show.
Sample = Callable[[], tuple[str, dict[str, Any]] | None]
SAMPLES: dict[str, Sample] = {}


def sample(name: str) -> Callable[[Sample], Sample]:
    """Name an example of a document for `make shots`; each app has its own in its samples.py."""

    def keep(given: Sample) -> Sample:
        SAMPLES[name] = given
        return given

    return keep


def pdf(template: str, data: dict[str, Any], *, language: str = "zh-hans") -> bytes:
    """The document as tagged, accessible PDF (PDF/UA-1).

    `template` is a file below templates/ (`credits/pdf/certificate.typ`). `data` is plain JSON whose strings are
    already said in the language; it carries what the head needs: `title`, `date` (ISO, the day of the document, never
    the clock) and, as wanted, `subtitle`, `issuer`, `number`, `foot` and `is_demo`.
    Raises typst.TypstError where the template asks for what the data does not hold.
    """
    return _compiled(template, data, language, format="pdf", pdf_standards="ua-1")


def pictures(
    template: str, data: dict[str, Any], *, language: str = "zh-hans", dots_per_inch: float = 96
) -> list[bytes]:
    """The pages of the document as PNG, for those who look at it."""
    pages = _compiled(template, data, language, format="png", ppi=dots_per_inch)
    return pages if isinstance(pages, list) else [pages]


def qr(text: str) -> str:
    """A QR code as SVG, to be put into the data."""
    out = io.BytesIO()
    segno.make(text, error="m").save(out, kind="svg", border=0, xmldecl=False)
    return out.getvalue().decode()


@cache
def fonts() -> typst.Fonts:
    """The two Chinese fonts of the house and no other: a machine's own fonts would change the bytes."""
    folder = Path(pylopdf_fonts_zh_cn.sans_path()).parent
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(folder)])


def _compiled(template: str, data: dict[str, Any], language: str, **wanted: Any) -> Any:
    made_on = dt.datetime.combine(dt.date.fromisoformat(data["date"]), dt.time(), dt.UTC)
    with translation.override(language):
        asked = {
            "d": json.dumps({"is_demo": settings.DEMO} | data, ensure_ascii=False),
            "words": json.dumps(_words(), ensure_ascii=False),
            "language": "zh" if language.startswith("zh") else "en",
        }
    return typst.compile(
        str(ROOT / template), root=str(ROOT), font_paths=fonts(), sys_inputs=asked, timestamp=made_on, **wanted
    )


def _words() -> dict[str, str]:
    """What the shared head says."""
    return {
        "portal": gettext("School–venue partnership portal"),
        "mark": pgettext("wordmark", "Guanxiao"),
        "page": gettext("Page %(page)s of %(pages)s") % {"page": "{page}", "pages": "{pages}"},
        "demo": gettext("Demo data, no real situation"),
        "seal": gettext("(seal)"),
        "qr": gettext("QR code"),
        "picture": gettext("The mark of the portal"),
    }
