"""A list of 100,000 rows as a file: seconds, memory, and whether each row is there; as one line of JSON.

``python -m tests.load.exports --rows 100000``; TEST_DATABASE_URL names a PostgreSQL server, else it is SQLite. Where
LibreOffice is there it opens the workbook and says it again as CSV: all rows, and no formula computed.
"""

import argparse
import csv
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from tests.kills.ground import ground
from tests.kills.workers import ROOT
from tests.load.imports import SMALL

#: Every hundredth opinion begins like this; computed it would read 2.
FORMULA = "=1+1"


def fill(rows: int) -> int:
    """An office with so many opinions; gives the office's user."""
    from consult.opinions.models import Opinion
    from tests import make

    place = make.place()
    cast = make.cast(place)
    first = make.opinion()
    values = {field.attname: getattr(first, field.attname) for field in Opinion._meta.concrete_fields
              if not field.primary_key and field.attname not in ("number", "key", "text")}
    said = ((n, f"{FORMULA} 第{n}件" if n % 100 == 0 else f"第{n}件：过渡费没有到账，请说明。") for n in range(rows - 1))
    made = (Opinion(**values, number=f"YJ2026-{n + 10:06d}", text=text) for n, text in said)
    Opinion.objects.bulk_create(made, batch_size=1000)
    return cast.office.pk


def write(user: int, kind: str) -> dict[str, Any]:
    """The job, in a process of its own."""
    code = ("import django; django.setup(); "
            "from consult.kit import calendar; from consult.kit.models import Export; "
            "from portal.kit import exports; "
            f"made = Export.objects.create(user_id={user}, list='office:opinions', kind='{kind}', total=0, "
            "language='zh-hans', asked_at=calendar.now()); exports.write(made, at=calendar.now()); "
            "print(made.file.path, made.failure)")
    said = subprocess.run([sys.executable, "-S", "-c", SMALL, sys.executable, "-c", code], cwd=ROOT, text=True,
                          capture_output=True, env={**os.environ, "DJANGO_SETTINGS_MODULE": "portal.settings"})
    words = said.stdout.split()
    if said.returncode or len(words) != 3:
        raise SystemExit(said.stdout + said.stderr)
    return {"path": words[0], "cpu": round(float(words[1]), 1), "mb": round(float(words[2]))}


def read(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file))


def through_libreoffice(path: Path) -> list[list[str]] | None:
    """What LibreOffice reads in the workbook; None where there is none."""
    office = shutil.which("soffice")
    if not office:
        return None
    subprocess.run([office, "--headless", "--convert-to", "csv:Text - txt - csv (StarCalc):44,34,76,1",
                    "--outdir", str(path.parent), str(path)], check=True, capture_output=True, timeout=600)
    return read(path.with_suffix(".csv"))


def main() -> int:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--rows", type=int, default=100_000)
    rows = asked.parse_args().rows
    with ground("portal.settings"):
        from django.db import connection

        said: dict[str, Any] = {"database": connection.vendor, "rows": rows}
        user = fill(rows)
        for kind in ("csv", "xlsx"):
            made = write(user, kind)
            path = Path(made.pop("path"))
            table = read(path) if kind == "csv" else through_libreoffice(path)
            said[kind] = {**made, "kb": path.stat().st_size // 1024}
            if table is not None:
                numbers = {row[0] for row in table[1:]}
                formulas = sum(any(cell.startswith(f"'{FORMULA}") for cell in row) for row in table)
                said[kind] |= {"read": len(table) - 1, "numbers": len(numbers), "formulas_as_text": formulas,
                               "computed": sum("2 第" in "".join(row) for row in table)}
        print(json.dumps(said, ensure_ascii=False))
        return int(any(one.get("read", rows) != rows or one.get("numbers", rows) != rows for one in (said["csv"], said["xlsx"])))


if __name__ == "__main__":
    sys.exit(main())
