"""Bodies: JSON in UTF-8 and nothing else; what can't be read, is nested without end or no finite number is a 400."""

import json
import math
from typing import Any

from rest_framework.exceptions import ParseError
from rest_framework.parsers import JSONParser


class StrictJSONParser(JSONParser):
    """The framework's reader lets 1e400 in as infinity, and fails on a thousand brackets."""

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Any = None) -> Any:
        try:
            return json.loads(stream.read().decode(), parse_constant=_no_number, parse_float=_finite)
        except (ValueError, RecursionError):
            raise ParseError from None


def _finite(text: str) -> float:
    number = float(text)
    return number if math.isfinite(number) else _no_number(text)


def _no_number(_text: str) -> float:
    raise ValueError("not a finite number")
