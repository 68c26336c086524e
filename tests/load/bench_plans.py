"""What a page asks of the database: how many queries, and how many rows each of them reads, as EXPLAIN ANALYZE tells."""

import json
from collections.abc import Iterator
from typing import Any

from django.db import DatabaseError, connection, transaction

SCANS = ("Seq Scan", "Index Scan", "Index Only Scan", "Bitmap Heap Scan", "CTE Scan", "Function Scan")


class Asked:
    """The statements of one request."""

    def __init__(self) -> None:
        self.all: list[tuple[str, Any]] = []

    def __call__(self, execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        self.all.append((sql, params))
        return execute(sql, params, many, context)

    @property
    def counted(self) -> list[tuple[str, Any]]:
        return [one for one in self.all if not one[0].startswith(("SAVEPOINT", "RELEASE", "ROLLBACK"))]


def listen(what: Any) -> Asked:
    asked = Asked()
    with connection.execute_wrapper(asked):
        what()
    return asked


def explain(sql: str, params: Any) -> dict[str, Any] | None:
    if not sql.lstrip("( ").startswith("SELECT") or "FOR UPDATE" in sql:
        return None
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {sql}", params)
            said = cursor.fetchone()[0]
    except DatabaseError as wrong:
        return {"failed": str(wrong)}
    return (json.loads(said) if isinstance(said, str) else said)[0]


def nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for below in plan.get("Plans", ()):
        yield from nodes(below)


def rows_read(plan: dict[str, Any]) -> int:
    """Rows that were looked at in tables and indexes, those thrown away as well."""
    return int(sum((node["Actual Rows"] + node.get("Rows Removed by Filter", 0) + node.get("Rows Removed by Index Recheck", 0))
                   * node["Actual Loops"] for node in nodes(plan) if node["Node Type"] in SCANS))


def shape(plan: dict[str, Any]) -> str:
    """The plan in a line: the nodes that look at most rows."""
    heavy = sorted((node for node in nodes(plan) if node["Node Type"] in SCANS or "Sort" in node["Node Type"]),
                   key=lambda node: -node["Actual Rows"] * node["Actual Loops"] - node.get("Rows Removed by Filter", 0))[:3]
    return "; ".join(f"{node['Node Type']} {node.get('Index Name') or node.get('Relation Name', '')} "
                     f"{node['Actual Rows'] * node['Actual Loops']:.0f} rows"
                     + (f", {removed:,} removed" if (removed := node.get("Rows Removed by Filter", 0)) else "") for node in heavy)


def told(what: Any) -> dict[str, Any]:
    """Queries and rows of one request (asked once before, so that nothing is found out for the first time)."""
    what()
    asked = listen(what).counted
    slow, total, worst = 0.0, 0, {"ms": 0.0, "rows": 0, "sql": "", "shape": ""}
    for sql, params in asked:
        found = explain(sql, params)
        if found is None:
            continue
        if "failed" in found:
            worst = {"ms": 0.0, "rows": 0, "sql": sql[:600], "shape": found["failed"][:200]}
            continue
        rows, took = rows_read(found["Plan"]), found["Execution Time"] + found["Planning Time"]
        total, slow = total + rows, slow + took
        if took > worst["ms"]:
            worst = {"ms": round(took, 1), "rows": rows, "sql": sql[:1500], "shape": shape(found["Plan"])}
    return {"queries": len(asked), "rows": total, "sql_ms": round(slow, 1), "worst": worst}
