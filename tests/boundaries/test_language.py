"""English is the source, Chinese the first language: every sentence is marked for translation and translated."""

import ast
import re

import polib
import pytest
from django.core.management import call_command

from house import messages
from house.install import CHECKOUT
from tests.boundaries.source import modules

CHINESE = re.compile(r"[\u3400-\u9fff]")
SCRIPTS = sorted((CHECKOUT / "static" / "js").glob("*.js"))
TEMPLATES = sorted((CHECKOUT / "templates").rglob("*.html"))

# what stands in templates and is no sentence
PLAIN = {"GUANXIAO", "Guanxiao", "English", "API", "CSV", "XLSX", "PDF", "QR", "TOTP", "ID"}
DROPPED = [
    r"{%\s*comment.*?endcomment\s*%}",
    r"{#.*?#}",
    r"{%\s*blocktrans(?:late)?\b.*?endblocktrans(?:late)?\s*%}",
    r"<!--.*?-->",
    r"{%\s*block \w*class\w*\s*%}.*?{%\s*endblock[^%]*%}",  # classes for the style sheet, not for people
    r"<(\w+)[^>]*\blang=[^>]*>[^<]*</\1>",  # named in its own language, whatever the page's
    r"<(script|style|code)\b.*?</\1>",
    r"{%.*?%}",
    r"&#?\w+;",
    r"{{.*?}}",
]
SPOKEN = re.compile(
    r"""\b(?:title|alt|placeholder|aria-label|aria-description|data-confirm|data-busy)\s*=\s*"([^"]*)\""""
)


@pytest.mark.django_db
def test_no_migration_is_missing():
    try:
        call_command("makemigrations", check=True, dry_run=True, verbosity=0)
    except SystemExit:
        pytest.fail("models changed without a migration: manage.py makemigrations")


@pytest.mark.parametrize("name", messages.CATALOGUES)
def test_catalogue_is_complete(name):
    path = CHECKOUT / name
    if name.endswith("djangojs.po") and not any("gettext(" in js.read_text("utf-8") for js in SCRIPTS):
        assert not path.exists()  # scripts say nothing of their own: their words stand in the page
        return
    assert messages.flaws(polib.pofile(str(path)), name) == []


def untold(text: str) -> list[str]:
    """Words of a template that no translation reaches."""
    for pattern in DROPPED:
        text = re.sub(pattern, " ", text, flags=re.DOTALL)
    spoken = SPOKEN.findall(text)
    text = re.sub(r"<[^>]*>", " ", text)
    words = re.findall(r"[A-Za-z][A-Za-z'-]+|[\u3400-\u9fff]+", " ".join([text, *spoken]))
    return [word for word in words if word not in PLAIN]


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.relative_to(CHECKOUT / "templates").as_posix())
def test_template_says_nothing_untranslated(path):
    assert untold(path.read_text(encoding="utf-8")) == []


def test_untold_sees_plain_words_and_chinese():
    assert untold("""<p title="Told">Forgotten words</p>{% translate 'Known' %} 忘了""") == [
        "Forgotten",
        "words",
        "忘了",
        "Told",
    ]
    assert untold('<input placeholder="Forgotten words">') == ["Forgotten", "words"]


def test_no_sentence_of_the_code_is_chinese():
    """Chinese in code is data of the field (names of grades, columns of a sheet), never a gettext source."""
    wrong = [
        f"{name}:{node.lineno} {node.args[0].value}"
        for name, _path, tree in modules()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and getattr(node.func, "id", getattr(node.func, "attr", ""))
        in ("_", "gettext", "gettext_lazy", "ngettext", "pgettext")
        and node.args
        and isinstance(node.args[0], ast.Constant)
        and CHINESE.search(str(node.args[0].value))
        and not re.search("[A-Za-z]{3}", str(node.args[0].value))  # an English sentence may give a Chinese example
    ]
    assert wrong == []
