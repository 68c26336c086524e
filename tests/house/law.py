"""Reading the house: its files, its rooms, its templates."""

import ast
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
#: From the ground up; a key may point down or stay, never up.
LAYERS = ("kit", "people", "renewal", "opinions", "surveys", "topics", "consultations", "recommendations", "briefings",
          "tasks", "followups", "evaluations", "showcases")
ROOMS = LAYERS[1:]


def files(*folders: str, name: str = "*.py") -> list[Path]:
    return sorted(file for folder in folders for file in (ROOT / folder).rglob(name)
                  if not {"__pycache__", "migrations", "vendor"} & set(file.parts))


@cache
def text(file: Path) -> str:
    return file.read_text(encoding="utf-8")


@cache
def tree(file: Path) -> ast.Module:
    return ast.parse(text(file), str(file))


def place(file: Path, line: int | None = None) -> str:
    """Where something is, as the reader of a failure wants it."""
    return f"{file.relative_to(ROOT)}{f':{line}' if line else ''}"
