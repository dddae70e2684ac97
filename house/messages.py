"""The catalogue of sentences: gathered from code and templates by xgettext, looked over by polib."""

import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import polib

from house import browser
from house.install import CHECKOUT, VENV

IGNORED = (".venv", "staticfiles", "tests", "house", "shots", "data", "docs", "bench", "node_modules")
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%[sd]|\{\w*\}")
CATALOGUES = ("locale/zh_Hans/LC_MESSAGES/django.po", "locale/zh_Hans/LC_MESSAGES/djangojs.po")


def has_xgettext() -> bool:
    """xgettext and msgmerge are there, or apt brought them."""
    return bool(shutil.which("xgettext") and shutil.which("msgmerge")) or browser.apt_install("gettext")


def gather(tree: Path) -> None:
    """Bring the catalogues of `tree` up to its sentences; the output depends on nothing but these."""
    ignored = [word for name in IGNORED for word in ("-i", name)]
    domains = ["django"] + (["djangojs"] if any(tree.glob("static/js/*.js")) else [])
    (tree / "locale").mkdir(exist_ok=True)
    for domain in domains:
        command = [VENV / "bin" / "python", "manage.py", "makemessages", "-l", "zh_Hans", "-d", domain]
        done = subprocess.run(
            [*command, "--no-location", "--no-wrap", *ignored], cwd=tree, capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise SystemExit(done.stdout + done.stderr)
    for name in CATALOGUES:
        if (tree / name).exists():
            steady(tree / name)


def steady(path: Path) -> None:
    """Take out what changes from run to run, and guesses at a translation of a changed sentence."""
    catalogue = polib.pofile(str(path), wrapwidth=0)
    catalogue.metadata.pop("POT-Creation-Date", None)
    catalogue.metadata_is_fuzzy = False
    for entry in list(catalogue):
        if entry.obsolete:
            catalogue.remove(entry)
        elif entry.fuzzy:
            entry.flags.remove("fuzzy")
            entry.msgstr = ""
            entry.msgstr_plural = dict.fromkeys(entry.msgstr_plural, "")
        entry.previous_msgid = entry.previous_msgid_plural = entry.previous_msgctxt = None
    catalogue.save(str(path))


def gathered_elsewhere() -> dict[str, polib.POFile]:
    """What the catalogues would be, made in a copy of the tree."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "tree"
        shutil.copytree(CHECKOUT, copy, ignore=shutil.ignore_patterns(*IGNORED, ".git", "*.mo", "requirements"))
        gather(copy)
        return {name: polib.pofile(str(copy / name)) for name in CATALOGUES if (copy / name).exists()}


def complaints() -> list[str]:
    """What is wrong with the catalogues, one line each; nothing when all is well."""
    found = []
    for name, fresh in gathered_elsewhere().items():
        path = CHECKOUT / name
        present = polib.pofile(str(path)) if path.exists() else polib.POFile()
        wanted, there = keys(fresh), keys(present)
        found += [f"{name}: not in the catalogue: {key[1]!r}" for key in sorted(wanted - there)]
        found += [f"{name}: no longer in the code: {key[1]!r}" for key in sorted(there - wanted)]
        found += flaws(present, name)
    return found


def keys(catalogue: polib.POFile) -> set[tuple[str, str]]:
    return {(entry.msgctxt or "", entry.msgid) for entry in catalogue if not entry.obsolete}


def flaws(catalogue: polib.POFile, name: str) -> list[str]:
    """Untranslated, fuzzy and obsolete entries, and placeholders that differ between the languages."""
    found = [f"{name}: untranslated: {entry.msgid!r}" for entry in catalogue.untranslated_entries()]
    found += [f"{name}: fuzzy: {entry.msgid!r}" for entry in catalogue.fuzzy_entries()]
    found += [f"{name}: obsolete: {entry.msgid!r}" for entry in catalogue.obsolete_entries()]
    for entry in catalogue.translated_entries():
        source = entry.msgid_plural or entry.msgid
        for text in entry.msgstr_plural.values() if entry.msgid_plural else [entry.msgstr]:
            if set(PLACEHOLDER.findall(source)) != set(PLACEHOLDER.findall(text)):
                found.append(f"{name}: placeholders differ: {entry.msgid!r} and {text!r}")
    return found


if __name__ == "__main__":
    sys.exit("\n".join(complaints()) or None)
