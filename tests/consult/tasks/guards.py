"""Every sentence with which the room of tasks refuses, and how often each was met."""

import ast
import re
from pathlib import Path

from consult.tasks import actions
from consult.tasks.models import Task
from consult.tasks.states import TaskState as S
from tests.consult.tasks import stage

#: What a task may become in one step.
STEPS = {(move.source, move.target) for move in Task._meta.get_field("state").get_all_transitions(Task)}
ANSWERED = (S.IN_REVIEW, S.ANSWERED, S.CLOSED)
TEXT = "逐条答复如下。"



ROOM = Path(actions.__file__).parent
REFUSERS = {"ValidationError", "WrongState", "because", "said", "but"}
FILES = ("asking.py", "assigning.py", "handling.py", "holding.py", "keying.py", "lowering.py", "publishing.py", "replying.py",
         "reviewing.py", "rules.py", "timing.py")


def guards() -> set[str]:
    """The sentences with which this room refuses, as they stand in its files."""
    return {sentence for name in FILES for node in ast.walk(ast.parse((ROOM / name).read_text("utf-8"))) if _refuses(node)
            for sentence in _sentences(node)}


def _refuses(node: ast.AST) -> bool:
    if isinstance(node, ast.Call):
        return getattr(node.func, "id", getattr(node.func, "attr", "")) in REFUSERS
    return isinstance(node, ast.Assign) and any(
        isinstance(target, ast.Subscript) and getattr(target.value, "id", "") == "wrong" for target in node.targets)


def _sentences(node: ast.AST) -> set[str]:
    return {call.args[0].value for call in ast.walk(node) if isinstance(call, ast.Call) and getattr(call.func, "id", "") == "_"
            and isinstance(call.args[0], ast.Constant)}


def met(guard: str) -> int:
    """How often a guard refused in this run, whatever stood in its placeholders."""
    pattern = re.compile(re.sub(r"%\\\((\w+)\\\)s", ".+", re.escape(guard)))
    return sum(count for said, count in stage.refused.items() if pattern.fullmatch(said))

