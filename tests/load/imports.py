"""A hotline's year as one sheet: how long it takes, how much memory, what is left when it is killed; as one line of JSON.

``python -m tests.load.imports --rows 50000``; TEST_DATABASE_URL names a PostgreSQL server, else it is SQLite.
"""

import argparse
import json
import os
import random
import re
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from openpyxl import Workbook

from tests.kills.ground import ground
from tests.kills.workers import ROOT
from tests.make_sheets import HEADINGS

WORDS = re.findall(r"\S+", "过渡费 安置房 学校 入学 停车 物业 签约 补偿 评估 施工 噪声 漏水 供暖 电梯 垃圾 道路 路灯 公示 名册 "
                            "周转房 老人 孩子 社区 街道 没有 到账 什么时候 请 说明 答复")
DISTRICT = "湖山政协"


def sheet(path: Path, rows: int, seed: int = 50) -> None:
    """A title, the headings, and rows like those of a hotline: ten to fifty words each, every row with name and number."""
    chance, book = random.Random(seed), Workbook(write_only=True)
    page = book.create_sheet()
    page.append(["2026年热线工单汇总表"])
    page.append(HEADINGS)
    for n in range(rows):
        said = "，".join("".join(chance.choices(WORDS, k=5)) for _part in range(chance.randint(2, 10)))
        page.append([f"LC{n:06d}", f"2026-{n % 10 + 1:02d}-{n % 27 + 1:02d} 09:05", f"王{n}", f"139{n * 7 % 10 ** 8:08d}",
                     "白石街道", "石桥社区", chance.choice(("过渡费", "安置房", "补偿")), f"第{n}件：{said}。", "12345热线"])
    book.save(path)


def run(path: Path, *words: str, kill_after: float = 0) -> dict[str, Any]:
    """``manage.py import_opinions`` in a process of its own; killed after so many seconds. Seconds, CPU, MB, what it said."""
    command = [sys.executable, "manage.py", "import_opinions", str(path), "--jurisdiction", DISTRICT, *words]
    begun, out = time.monotonic(), path.with_suffix(".out")
    with out.open("wb") as said:
        child = subprocess.Popen([sys.executable, "-S", "-c", SMALL, *command], cwd=ROOT, stdout=said, stderr=subprocess.STDOUT,
                                 env=os.environ.copy(), start_new_session=True)
        try:
            child.wait(kill_after or None)
        except subprocess.TimeoutExpired:
            os.killpg(child.pid, signal.SIGKILL)
            child.wait()
    lines = out.read_text().splitlines() or [""]
    used = lines.pop().split() if child.returncode == 0 else ["0", "0"]
    return {"code": child.returncode, "seconds": round(time.monotonic() - begun, 1), "cpu": round(float(used[-2]), 1),
            "mb": round(float(used[-1])), "said": " ".join(lines)[-300:]}


#: A small process in between, so that the memory told is the command's own: a child begins with its parent's.
SMALL = ("import os,sys\npid=os.fork()\nif not pid: os.execv(sys.argv[1],sys.argv[1:])\n_,status,used=os.wait4(pid,0)\n"
         "print(used.ru_utime+used.ru_stime, used.ru_maxrss/1024)\nsys.exit(os.waitstatus_to_exitcode(status))")


def counted() -> dict[str, int]:
    from consult.kit.models import AuditEvent, SearchText
    from consult.opinions.models import ImportBatch, Opinion, SealedIdentity

    numbers = Opinion.objects.values_list("number", flat=True)
    return {"opinions": Opinion.objects.count(), "numbers": len(set(numbers)), "identities": SealedIdentity.objects.count(),
            "batches": ImportBatch.objects.count(), "events": AuditEvent.objects.filter(verb="opinions.submit").count(),
            "searchable": SearchText.objects.count()}


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--rows", type=int, default=50_000)
    asked.add_argument("--kills", type=int, default=3)
    options = asked.parse_args()
    with ground("portal.settings"):
        from django.conf import settings
        from django.db import connection

        from tests import make
        make.place()
        path = Path(settings.VAR_DIR) / "sheet.xlsx"
        sheet(path, options.rows)
        said: dict[str, Any] = {"database": connection.vendor, "rows": options.rows, "kb": path.stat().st_size // 1024}
        said["dry_run"] = run(path, "--dry-run")
        span = said["dry_run"]["seconds"]
        said["killed"] = []
        for n in range(options.kills):  # from before the first row is written until most of them are
            run(path, kill_after=span * (.9 + .6 * n))
            said["killed"].append(counted())
        said["brought_in"] = run(path) | counted()
        said["again"] = run(path) | counted()
        connection.close()
    print(json.dumps(said, ensure_ascii=False))


if __name__ == "__main__":
    main()
