"""`make fix`: format, mend what ruff can mend, gather sentences, compile translations."""

import os
import subprocess
import sys

from house import browser, messages, translations
from house.check import SETTINGS
from house.install import CHECKOUT, VENV


def main() -> int:
    for words in (["check", "--fix", "--quiet", "."], ["format", "--quiet", "."]):
        subprocess.run([VENV / "bin" / "ruff", *words], cwd=CHECKOUT, check=False)
    code = 0
    if messages.has_xgettext():
        os.environ.update(SETTINGS)
        messages.gather(CHECKOUT)
    else:
        code = browser.missing("xgettext", "gathering of sentences is")
    translations.compile_all()
    return code


if __name__ == "__main__":
    sys.exit(main())
