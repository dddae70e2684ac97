"""Chromium and its Chinese letters: taken from the machine, else installed by apt when root, else said aloud to be missing."""

import os
import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
)  # fmt: skip

FONTS = """<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <dir>{lent}</dir>
  <dir>/usr/share/fonts</dir>
  <cachedir>{cache}</cachedir>
  <alias><family>sans-serif</family><prefer><family>DejaVu Sans</family><family>Noto Sans SC</family></prefer></alias>
  <alias><family>serif</family><prefer><family>Noto Serif SC</family></prefer></alias>
</fontconfig>
"""


def find() -> str | None:
    """The path of a Chromium on this machine; CHROMIUM in the environment wins."""
    return os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)


def find_or_install() -> str | None:
    """A Chromium, installed by apt when we are root and there is none."""
    return find() or (apt_install("chromium") and find()) or None


def apt_install(package: str) -> bool:
    """Whether Debian's `package` is there now. Only root tries."""
    if os.getuid() != 0 or not shutil.which("apt-get"):
        return False
    print(f"Installing {package} …", flush=True)
    environment = dict(os.environ, DEBIAN_FRONTEND="noninteractive")
    for words in (["update", "-q"], ["install", "-q", "-y", "--no-install-recommends", package]):
        done = subprocess.run(["apt-get", *words], env=environment, capture_output=True, text=True, check=False)
        if done.returncode:
            print(done.stderr, file=sys.stderr)
            return False
    return True


def fonts(folder: Path) -> dict[str, str]:
    """The environment that lends Chromium the fonts of the wheel, where the machine has no Chinese one; else nothing."""
    if has_chinese_font():
        return {}
    lent = Path(find_spec("pylopdf_fonts_zh_cn").origin).parent
    cache = folder / "font-cache"
    cache.mkdir(parents=True, exist_ok=True)
    path = folder / "fonts.conf"
    path.write_text(FONTS.format(lent=lent, cache=cache), encoding="utf-8")
    return {"FONTCONFIG_FILE": str(path)}


def has_chinese_font() -> bool:
    listing = shutil.which("fc-list")
    return bool(listing and subprocess.run([listing, ":lang=zh-cn"], capture_output=True, check=False).stdout.strip())


def missing(what: str, omitted: str) -> int:
    """Say loudly what is left out; 1 where that is a failure (CI=true), else 0."""
    line = f"!!! {what} is not on this machine and could not be installed: {omitted} LEFT OUT !!!"
    print(f"\n{'!' * len(line)}\n{line}\n{'!' * len(line)}\n", file=sys.stderr, flush=True)
    return 1 if os.environ.get("CI") == "true" else 0
