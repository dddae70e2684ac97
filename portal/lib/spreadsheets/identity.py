"""What an identity number looks like, so that none is ever kept, logged or echoed (rule R3)."""

import re
import unicodedata

# 18 places, the last may be X; a pupil-record number is the same behind G, L or J.
SHAPE = re.compile(r"[GLJ]?\d{17}[\dX]", re.IGNORECASE)
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
    plain = NOISE.sub("", unicodedata.normalize("NFKC", text))
    visible = "".join(sign for sign in plain if unicodedata.category(sign) != "Cf")
    return SHAPE.search(visible) is not None
