"""What an identity number looks like, so that none is ever kept, logged or echoed (rule R3); and a mobile number."""

import re
import unicodedata

# 18 places, the last may be X; a pupil-record number is the same behind G, L or J.
SHAPE = re.compile(r"[GLJ]?\d{17}[\dX]", re.IGNORECASE)
# Eleven digits, as people write them: 13800138000, 138 0013 8000, +86 138-0013-8000.
MOBILE = re.compile(r"(?<!\d)(?:\+?86[\s-]?)?1[3-9]\d[\s-]?\d{4}[\s-]?\d{4}(?!\d)")
NOISE = re.compile(r"[\s'\"`‘’“”′″=]")
# One character can stand for two digits (⑳), so nothing shorter than this can hide eighteen.
SHORTEST = 9


def looks_like_identity(text: str) -> bool:
    """Whether an identity or pupil-record number stands anywhere in `text`.

    Compared after NFKC and without spaces, quotes, equals signs and invisible characters, so that
    full-width digits, `="…"` and grouped digits are seen through.
    """
    if len(text) < SHORTEST:
        return False
    return SHAPE.search(NOISE.sub("", _visible(text))) is not None


def looks_like_mobile(text: str) -> bool:
    """Whether a mobile number stands anywhere in `text`, also in full-width digits or in groups of them."""
    return MOBILE.search(_visible(text)) is not None


def _visible(text: str) -> str:
    """After NFKC, without invisible characters."""
    return "".join(sign for sign in unicodedata.normalize("NFKC", text) if unicodedata.category(sign) != "Cf")
