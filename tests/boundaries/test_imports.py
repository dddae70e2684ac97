"""The arrow: portal.lib ← people ← partnerships ← activities ← credits ← portal. No imports inside functions. One clock."""

import ast

from django.apps import apps

from tests.boundaries.source import OURS, imports, layer, modules

# Django loads checks and receivers there and nowhere else
READY = "ready"
# what reads the time; only portal.lib.clock may
TIME = {
    *("timezone.now", "timezone.localdate", "timezone.localtime"),
    *("datetime.now", "datetime.utcnow", "dt.datetime.now", "date.today", "dt.date.today", "time.time"),
}


def test_imports_point_down():
    upward = [
        f"{name}:{line} imports {target}"
        for name, _path, tree in modules()
        for line, target in imports(tree)
        if layer(target) is not None and layer(target) > layer(name)
    ]
    assert upward == []


def test_foreign_keys_point_down():
    upward = [
        f"{model._meta.label}.{field.name} → {field.related_model._meta.label}"
        for model in apps.get_models()
        if model._meta.app_label in OURS
        for field in model._meta.get_fields(include_hidden=False)
        if getattr(field, "related_model", None)
        and field.concrete
        and field.related_model._meta.app_label in OURS
        and layer(field.related_model._meta.app_label) > layer(model._meta.app_label)
    ]
    assert upward == []


def test_no_import_hides_in_a_function():
    hidden = [
        f"{name}:{line} {target}"
        for name, _path, tree in modules()
        for function in ast.walk(tree)
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
        and getattr(function, "name", "") != READY
        for line, target in imports(function)
    ]
    assert hidden == []


def test_only_the_clock_reads_the_time():
    readers = [
        f"{name}:{node.lineno} {ast.unparse(node.func)}"
        for name, _path, tree in modules()
        if name != "portal.lib.clock"
        for node in ast.walk(tree)
        # with an argument they only turn an instant into local time
        if isinstance(node, ast.Call) and ast.unparse(node.func) in TIME and not node.args
    ]
    assert readers == []
    stamped = [
        str(field)
        for model in apps.get_models()
        if model._meta.app_label in OURS
        for field in model._meta.local_fields
        if getattr(field, "auto_now", False) or getattr(field, "auto_now_add", False)
    ]
    assert stamped == []


def test_only_the_doorbell_rings():
    callers = [
        f"{name}:{node.lineno} {ast.unparse(node.func)}"
        for name, _path, tree in modules()
        if name != "portal.lib.doorbell"
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in ("delay", "apply_async", "delay_on_commit", "apply_async_on_commit", "send_task")
    ]
    assert callers == []


def test_files_stay_short():
    long = [
        f"{path.name}: {length}"
        for _name, path, _tree in modules()
        if (length := len(path.read_text(encoding="utf-8").splitlines())) > 400
    ]
    assert long == []
