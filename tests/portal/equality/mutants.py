"""The rules of sight, each time with one small thing wrong: a branch left out, a condition dropped, a "not" forgotten."""

import ast
import inspect
import sys
import textwrap
from collections.abc import Iterator
from types import FunctionType
from typing import Any, NamedTuple

from tests.portal.equality.comparing import ASKED
from tests.portal.equality.readings import OF_LISTS, READINGS


class Mutant(NamedTuple):
    """A function of a room's rules, and what is wrong with it."""

    room: str
    name: str
    what: str
    function: FunctionType


class Wrong(ast.NodeTransformer):
    """Makes the n-th possible mistake; ``done`` says which, "" when there are not so many."""

    def __init__(self, number: int) -> None:
        self.number, self.done = number, ""

    def turn(self) -> bool:
        self.number -= 1
        return self.number == -1

    def visit_BinOp(self, node: ast.BinOp) -> Any:
        if isinstance(node.op, ast.BitOr | ast.BitAnd):
            for side, other in (("left", node.right), ("right", node.left)):
                if self.turn():
                    self.done = f"line {node.lineno}: without {ast.unparse(getattr(node, side))}"
                    return other
        return self.generic_visit(node)

    def visit_AugAssign(self, node: ast.AugAssign) -> Any:
        if isinstance(node.op, ast.BitOr) and self.turn():
            self.done = f"line {node.lineno}: without {ast.unparse(node.value)}"
            return ast.Pass()
        return self.generic_visit(node)

    def visit_UnaryOp(self, node: ast.UnaryOp) -> Any:
        if isinstance(node.op, ast.Invert) and self.turn():
            self.done = f"line {node.lineno}: {ast.unparse(node.operand)} instead of its opposite"
            return node.operand
        return self.generic_visit(node)

    def visit_keyword(self, node: ast.keyword) -> Any:
        return node if node.arg is None else self.generic_visit(node)

    def visit_Call(self, node: ast.Call) -> Any:
        """A condition less in filter(), exclude() and Q(); a role less in scope.jurisdictions()."""
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        parts: list[Any] = [*node.args, *node.keywords]
        if name in ("filter", "exclude", "Q", "jurisdictions") and len(parts) > 1:
            for part in parts:
                if self.turn():
                    self.done = f"line {node.lineno}: {name}() without {ast.unparse(part)}"
                    node.args = [one for one in node.args if one is not part]
                    node.keywords = [one for one in node.keywords if one is not part]
                    return node
        return self.generic_visit(node)


def modules() -> dict[str, Any]:
    return {question.partition(".")[0]: sys.modules[f"consult.{question.partition('.')[0]}.rules"] for question in READINGS}


def mutants() -> Iterator[Mutant]:
    """Of every question that has a second reading, and of the helpers in the same file."""
    for room, module in sorted(modules().items()):
        for name, found in sorted(vars(module).items()):
            mine = inspect.isfunction(found) and found.__module__ == module.__name__
            if mine and (f"{room}.{name}" in READINGS or name in HELPERS) and name not in OF_A_LIST:
                yield from wrong_ways(room, name, found)


#: Asked by one list alone, which test_equality opens.
OF_A_LIST = {"aside_for"}
#: Parts of the questions.
HELPERS = {"_own", "_everywhere", "_sat", "_of_my_tasks", "_in_file", "_sent_to", "_instructed", "_at_the_table",
           "_by_name", "_by_part", "_sits", "_answers"}


def wrong_ways(room: str, name: str, found: FunctionType) -> Iterator[Mutant]:
    source = textwrap.dedent(inspect.getsource(found))
    number = 0
    while True:
        change = Wrong(number)
        tree = ast.fix_missing_locations(change.visit(ast.parse(source)))
        if not change.done:
            return
        made: dict[str, Any] = {}
        exec(compile(tree, f"<{room}.{name}>", "exec"), vars(sys.modules[found.__module__]) | {}, made)
        function = FunctionType(made[name].__code__, found.__globals__, name)
        yield Mutant(room, name, f"{room}.{name} {change.done}", function)
        number += 1


def asked_of(room: str) -> list[tuple[str, str]]:
    """(label of a kind, a question that is asked about it) of one room."""
    asked = [*ASKED.items(), *((label, question) for question, label in OF_LISTS.items())]
    return [(label, question) for label, question in asked if question.startswith(f"{room}.")]
