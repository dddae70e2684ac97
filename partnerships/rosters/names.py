"""Cleans a pupil's name without spoiling it (R5)."""

import re
import unicodedata
from dataclasses import dataclass

from portal.lib.spreadsheets.identity import looks_like_identity

DOTS = "•‧.．・･∙⋅●"
DOT = "·"
HAN = r"[\u2e80-\u2fdf\u3005-\u3007\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]"
DOT_BETWEEN = re.compile(rf"(?<={HAN})\s*[{re.escape(DOTS)}{DOT}]\s*(?={HAN})")
REMARK = re.compile(r"\s*[(（【\[]([^()（）【】\[\]]*)[)）】\]]?\s*$")
ONLY_HAN = re.compile(rf"(?:{HAN}|{DOT}|\s)+")
LATIN = re.compile(r"[A-Za-z\u00c0-\u024f]")
ODD = re.compile(r"[?？□*＊█■\ufffd]")
LONGEST = 40
# so many digits are a telephone or another number, which must not be kept inside a name
FEWEST_DIGITS = 4


@dataclass(frozen=True, slots=True)
class Name:
    """A cleaned name; `remark` was cut from its end, `doubts` are codes of warnings, `refusal` one of an error."""

    text: str
    remark: str = ""
    doubts: tuple[str, ...] = ()
    refusal: str = ""


def clean_name(cell: str) -> Name:
    """王　芳 → 王芳, 示•买买提 → 示·买买提, 示例卯（英文名Leo） → 示例卯 with a remark. Rare signs and Latin case stay."""
    text = "".join(halfwidth(sign) for sign in cell if unicodedata.category(sign) not in ("Cf", "Cc")).strip()
    if text.startswith(("=", "+", "-", "@")):
        return Name("", refusal="formula")
    remark = ""
    if (match := REMARK.search(text)) and match.start():
        text, remark = text[: match.start()], match[1].strip()
    text = DOT_BETWEEN.sub(DOT, text)
    text = re.sub(r"\s+", "" if ONLY_HAN.fullmatch(text) else " ", text).strip()
    if len(re.findall(r"\d", text)) >= FEWEST_DIGITS:
        return Name("", refusal="number_in_name")
    if len(text) > LONGEST:
        return Name("", refusal="name_too_long")
    return Name(text, remark, tuple(doubts(text)))


def halfwidth(sign: str) -> str:
    """Full-width Latin letters, digits and spaces as everybody else writes them; ideographs are never folded."""
    return (
        unicodedata.normalize("NFKC", sign)
        if ("\uff01" <= sign <= "\uff5e" and sign not in "（）．＊？") or sign in "\u3000\u00a0"
        else sign
    )


def doubts(text: str):
    if ODD.search(text) or any(unicodedata.category(sign) == "So" for sign in text):
        yield "odd_sign"
    if LATIN.search(text) and re.search(HAN, text):
        yield "pinyin"
    if re.search(r"\d", text):
        yield "digit"
    if len(text) == 1:
        yield "one_sign"


NUMBERING = re.compile(
    r"(?:^|(?<=[\s、，,;；。\n]))[(（]?\d{1,3}[)）]?[.．、:：)）\s]\s*|(?<=\s)\d{1,3}(?=[^\d\s])|^\d{1,3}(?=[^\d\s])",
    re.M,
)
SEPARATORS = re.compile(r"[\n\r\t、，,;；。|]+|\s{2,}")


def names_in_chat(text: str) -> list[str]:
    """The names of a text copied from a chat: 1.示例甲 2.示例乙、示例丙，4 示例丁（请假）; numbers go, remarks stay."""
    text = text.replace("\u3000", " ")
    # what holds an identity number stays in one piece, so that it is refused as a whole
    refused = [part for part in SEPARATORS.split(text) if looks_like_identity(part)]
    for part in refused:
        text = text.replace(part, "\n")
    parts = SEPARATORS.split(NUMBERING.sub("\n", text))
    names = list(refused)
    for part in parts:
        part = part.strip()
        # names of two to four signs, each after one blank; a Latin name keeps its blanks
        words = part.split() if re.search(HAN, part) and not LATIN.search(part) else [part]
        names.extend(whole_words(words))
    return [name for name in names if name and not name.isdecimal()]


def whole_words(words: list[str]) -> list[str]:
    """Puts 王 芳 together again: two single signs beside each other are one name."""
    made, waiting = [], ""
    for word in words:
        if len(word) == 1 and not waiting:
            waiting = word
        else:
            made.append(waiting + word)
            waiting = ""
    return [*made, waiting] if waiting else made
