"""The figures as a table, and the bars: ratios within one run, and counts of queries over all sizes."""

from collections.abc import Iterator
from typing import Any

#: A list against the same without rights, against the floor, and its deep page against its first.
RIGHTS, FLOOR, DEEP = 1.5, 3.0, 1.5
#: These ask the same number of queries whatever the size; an object's page asks what its state needs.
SAME = ("desk", "list", "deep", "page", "search", "form")

HEAD = (*((name, 8) for name in ("p50", "p95", "cpu", "db", "×floor", "×open", "×first", "queries")), ("rows read", 11))


def show(run: dict[str, Any]) -> None:
    floor = run["floor"]
    print(f"\n{run['opinions']:,} opinions. Floor: {floor['p50']:.1f} ms ({floor['p95']:.1f}), processors {floor['cpu']:.1f} ms")
    print("page".ljust(62) + "".join(name.rjust(width) for name, width in HEAD))
    for key, one in sorted(run["pages"].items()):
        if key.split()[1] == "open":
            continue
        ratio = ratios(run, key)
        cells = [one["p50"], one["p95"], one["cpu"], one["db"], *(ratio.get(name, "") for name in ("floor", "open", "first"))]
        strange = "" if one["status"] in (200, 302) else f"  {one['status']}"
        print(key.ljust(62) + "".join((f"{cell:.2f}" if cell != "" else "").rjust(8) for cell in cells)
              + f"{one.get('queries', ''):>8}{one.get('rows', ''):>11}" + strange)
    for name, rate in run["rates"].items():
        print(f"{name:62}{rate:8.1f} requests/s at 8 connections")
    print("memory of the workers: " + ", ".join(f"{name} {mb:.0f} MB" for name, mb in run["memory_mb"].items()))
    print("\nthe slowest, and why:")
    for key, one in sorted(run["pages"].items(), key=lambda item: -item[1]["cpu"])[:15]:
        worst = one.get("worst") or {}
        print(f"  {key}: {one['cpu']:.0f} ms; its slowest query {worst.get('ms', 0):.0f} ms, {worst.get('rows', 0):,} rows: "
              f"{worst.get('shape', '')}")


def ratios(run: dict[str, Any], key: str) -> dict[str, float]:
    pages, (role, kind, name) = run["pages"], key.split(" ", 2)
    cost = pages[key]["cpu"]
    found = {"floor": cost / run["floor"]["cpu"]}
    if kind == "list":
        found["open"] = cost / pages[f"{role} open {name}"]["cpu"]
    if kind == "deep":
        found["first"] = cost / pages[pages[key]["of"]]["cpu"]
    return found


def judge(runs: list[dict[str, Any]]) -> list[str]:
    """What is over its bar, in sentences."""
    return [*(said for run in runs for said in over(run)), *uneven(runs)]


def over(run: dict[str, Any]) -> Iterator[str]:
    for key, one in sorted(run["pages"].items()):
        kind, ratio, at = key.split()[1], ratios(run, key), f"{run['opinions']:,}: {key}"
        if one["status"] not in (200, 302):
            yield f"{at} answers {one['status']}"
        if kind == "list" and ratio["open"] > RIGHTS:
            yield f"{at} costs {ratio['open']:.2f} times the same list without rights (bar {RIGHTS})"
        if kind == "list" and ratio["floor"] > FLOOR:
            yield f"{at} costs {ratio['floor']:.2f} times the floor (bar {FLOOR})"
        if kind == "deep" and ratio["first"] > DEEP:
            yield f"{at} costs {ratio['first']:.2f} times the first page (bar {DEEP})"


#: So many queries fewer or more than at the smallest size. A list in turns (what is unread, to be done, over) stops asking when
#: it has counted enough, and asks which rows are unread when these are many; a page far down asks for the row it begins after.
MAY = {"list": range(-2, 2), "deep": range(-2, 2)}
#: And what these ask hangs on what is found, not on how much there is: which topics a group could join, how the places of a rise
#: are called, how long an invitation has waited.
FOUND = {"office:groups": range(-7, 8), "office:trends": range(-4, 5), "members:home": range(-1, 2)}


def uneven(runs: list[dict[str, Any]]) -> Iterator[str]:
    sizes = " / ".join(f"{run['opinions']:,}" for run in runs)
    for key in sorted(set.intersection(*(set(run["pages"]) for run in runs)) if runs else ()):
        counts, (_role, kind, name) = [run["pages"][key].get("queries") or 0 for run in runs], key.split(" ", 2)
        may = FOUND.get(name) or MAY.get(kind, (0,))
        if kind in SAME and any(count - counts[0] not in may for count in counts):
            yield f"{key} asks {' / '.join(map(str, counts))} queries at {sizes} opinions"
