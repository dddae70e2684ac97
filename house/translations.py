"""Compiled translations, made by polib: running and testing the portal needs no gettext on the machine."""

from pathlib import Path

import polib

from house.install import CHECKOUT

LOCALE = CHECKOUT / "locale"


def compile_all(folder: Path = LOCALE) -> int:
    """Write each .mo that is missing or older than its .po. Answers how many were written."""
    written = 0
    for source in folder.glob("*/LC_MESSAGES/*.po"):
        compiled = source.with_suffix(".mo")
        if not compiled.exists() or compiled.stat().st_mtime < source.stat().st_mtime:
            draft = compiled.with_suffix(".draft")  # another process may be reading the old one
            polib.pofile(str(source)).save_as_mofile(str(draft))
            draft.replace(compiled)
            written += 1
    return written


if __name__ == "__main__":
    compile_all()
