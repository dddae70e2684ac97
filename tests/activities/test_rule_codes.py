"""Codes are stable and known: what a rule says, the table of codes names."""

import ast
import inspect

from activities import caps, clashes, rules
from activities.rule_codes import CODES, SOURCES


def said():
    """Code and source of every `Broken(…)` in the rules, and the codes that reach it as an argument."""
    for module in (caps, clashes, rules):
        for node in ast.walk(ast.parse(inspect.getsource(module))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                head, dot, tail = node.value.partition(".")
                if dot and head in ("session", "programme", "venue", "district", "school", "agreement") and tail:
                    yield node.value


def test_every_code_is_named():
    assert {code for code in said() if " " not in code} == set(CODES)


def test_every_code_has_a_source_and_only_an_owner_grants():
    assert {code.source for code in CODES.values()} <= set(SOURCES)
    assert {code.granted_by for code in CODES.values()} == {"", "venue", "bureau"}
    never = {"session.capacity", "school.pupils_busy", "district.adult_ratio", "venue.quota_day", "district.day_off"}
    assert not any(CODES[code].granted_by for code in never)
