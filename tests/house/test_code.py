"""The law of the code that no linter knows: one door to states, fixed files, sizes."""

import ast

from tests.house.law import ROOMS, ROOT, files, place, text, tree

FUNCTION_LINES, FILE_LINES = 50, 400
#: people holds no state: its roles.py takes that place.
FIXED = ("states.py", "models.py", "rules.py", "notices.py", "actions.py", "apps.py", "migrations/0001_initial.py")
EXCEPTIONS = {"people/states.py"}


def test_rooms_have_the_fixed_files():
    missing = [f"{room}/{name}" for room in ROOMS for name in FIXED
               if f"{room}/{name}" not in EXCEPTIONS and not _there(ROOT / "consult" / room / name)]
    assert missing == []


def _there(file):
    """A room with many nouns keeps them in a package of the same name."""
    return file.exists() or (file.with_suffix("") / "__init__.py").exists()


def _state_written(node):
    """Is this node a write to a ``state`` by another way than move()?"""
    if isinstance(node, ast.Assign | ast.AugAssign | ast.AnnAssign):
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        return any(isinstance(target, ast.Attribute) and target.attr == "state" for target in targets)
    if isinstance(node, ast.Call):
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        if name in {"update", "update_or_create"}:
            return any(word.arg == "state" for word in node.keywords)
        if name == "setattr":
            return len(node.args) > 1 and getattr(node.args[1], "value", "") == "state"
        if name == "bulk_update":
            return "'state'" in ast.dump(node)
    return False


def test_only_kit_writes_a_state():
    wrong = [place(file, node.lineno) for file in files("consult", "portal") if file.parts[-2:] != ("kit", "states.py")
             for node in ast.walk(tree(file)) if _state_written(node)]
    assert wrong == []


def test_no_signals_and_no_logic_in_save():
    wrong = [place(file, node.lineno) for file in files("consult") if file.parts[-2:] != ("kit", "models.py")
             for node in ast.walk(tree(file)) if isinstance(node, ast.FunctionDef) and node.name == "save"]
    wrong += [place(file) for file in files("consult", "portal")
              if "@receiver" in text(file) or "post_save" in text(file) or "pre_save" in text(file)]
    assert wrong == []


def test_every_module_says_what_it_is_for():
    wrong = [place(file) for file in files("consult", "portal")
             if file.name not in {"__init__.py", "apps.py"} and text(file).strip() and not ast.get_docstring(tree(file))]
    assert wrong == []


def test_functions_and_files_are_short():
    long = [f"{place(file, node.lineno)} {node.name}: {lines} lines" for file in files("consult", "portal", "tests")
            for node in ast.walk(tree(file)) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
            if (lines := (node.end_lineno or 0) - node.lineno + 1) > FUNCTION_LINES]
    long += [f"{place(file)}: {lines} lines" for file in files("consult", "portal", "tests")
             if (lines := text(file).count("\n")) > FILE_LINES]
    assert long == []


def test_no_secrecy_marks():
    """State secrets have no place in this system, so it can't even mark something as one."""
    wrong = [f"{place(file, node.lineno)} {node.value}" for file in files("consult") for node in ast.walk(tree(file))
             if isinstance(node, ast.Constant) and node.value in {"绝密", "机密", "秘密", "top secret", "confidential"}]
    assert wrong == []


def test_no_line_in_the_house_asks_the_clock():
    # ruff knows the imported names; this finds the methods reached in other ways.
    wrong = [place(file, node.lineno) for file in files("consult") if file.parts[-2:] != ("kit", "calendar.py")
             for node in ast.walk(tree(file))
             if (isinstance(node, ast.keyword) and node.arg in {"auto_now", "auto_now_add"})
             or (isinstance(node, ast.Attribute) and node.attr in {"today", "utcnow", "now", "localdate"}
             and not (isinstance(node.value, ast.Name) and node.value.id == "calendar")
             and isinstance(node.value, ast.Name) and node.value.id in {"date", "datetime", "timezone"})]
    assert wrong == []
