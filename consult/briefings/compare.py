"""Two papers side by side, part by part, paragraph by paragraph, and the list of changes a correction prints."""

import re
from collections.abc import Iterator, Mapping, Sequence
from difflib import SequenceMatcher
from typing import Any, NamedTuple

Words = Mapping[str, Any]  # a snapshot of document.py
SAME, CHANGED, ADDED, REMOVED = "same", "changed", "added", "removed"
#: A Latin word or a number changes as one; Chinese changes sign by sign.
_TOKEN = re.compile(r"[A-Za-z]+|\d+(?:\.\d+)?|.", re.DOTALL)
ORDER = "order"
#: Less alike than this, two paragraphs are different paragraphs.
ALIKE = 0.4
#: Comparing takes time with the product of the lengths: longer ones are set beside each other as they are.
LIMIT = 1_500
#: How far ahead the other side of a paragraph is looked for: a table of other rows would take minutes, on every page that lists.
AHEAD = 12
_LINES = (("overview", "协商概况"), ("problems", "存在问题"))
_FACTS = (("title", "标题"), ("main_to", "主送"))
CONTACT = "联系人"
_ENDS = (("cc", "抄送"), ("contact", CONTACT))


class Piece(NamedTuple):
    """A run of one paragraph: on both sides (``same``) or on this side alone (``removed``, ``added``)."""

    kind: str
    text: str


class Row(NamedTuple):
    """One paragraph on both sides."""

    kind: str
    before: list[Piece]
    after: list[Piece]


class Section(NamedTuple):
    """One part of the paper, in its own words, with its rows."""

    part: str
    rows: list[Row]

    @property
    def changed(self) -> bool:
        return any(row.kind != SAME for row in self.rows)


def compare(before: Words, after: Words) -> list[Section]:
    """Every part that either paper has, in reading order."""
    both = _numbers(before) & _numbers(after)
    old, new = dict(_parts(before, both)), dict(_parts(after, both))
    names = {**{key: lines[0] for key, lines in old.items()}, **{key: lines[0] for key, lines in new.items()}}
    made = [Section(names[key], list(_rows(old.get(key, ("", []))[1], new.get(key, ("", []))[1])))
            for key in _merged(list(old), list(new)) if key != ORDER or old.get(key) != new.get(key)]
    return [section for section in made if section.rows]


def changes(before: Words, after: Words) -> list[dict[str, str]]:
    """What differs, as a paper lists it: ``[{part, before, after}]``, one entry for each paragraph."""
    return [{"part": section.part, "before": _text(row.before), "after": _text(row.after)}
            for section in compare(before, after) for row in section.rows if row.kind != SAME]


def _text(pieces: Sequence[Piece]) -> str:
    return "".join(piece.text for piece in pieces)


# --- the parts of a paper -----------------------------------------------------------------------------------------


def _numbers(words: Words) -> set[str]:
    return {one["number"] for one in words.get("recommendations", ())}


def _parts(words: Words, both: set[str]) -> Iterator[tuple[str, tuple[str, list[str]]]]:
    """(key, (name, paragraphs)) in reading order. A recommendation is known by its number, an annex by its title.

    ``both``: the numbers of the recommendations in either paper, whose order may have changed.
    """
    for key, name in _FACTS:
        yield key, (name, _said(words.get(key)))
    for key, name in _LINES:
        yield key, (name, list(words.get(key, ())))
    advice = words.get("recommendations", ())
    yield ORDER, ("意见建议的顺序", _said("；".join(one["number"] for one in advice if one["number"] in both)))
    for one in advice:
        yield f"advice {one['number']}", (f"意见建议“{one['title']}”", _advice(one))
    yield "dissent", ("分歧意见", list(words.get("dissent", ())))
    for one in words.get("annexes", ()):
        yield f"annex {one['title']}", (f"附件“{one['title']}”", [one["title"], *_lines(one["text"])])
    for key, name in _ENDS:
        yield key, (name, _said(words.get(key)))


def _advice(one: Mapping[str, Any]) -> list[str]:
    said = [one["title"], *one["text"], f"依据：{one['basis']}" if one.get("basis") else ""]
    bodies = "、".join([one["lead"], *one.get("co_departments", ())])
    wanted = f"；建议时限：{one['wanted_by']}" if one.get("wanted_by") else ""
    return [line for line in (*said, f"建议单位：{bodies}{wanted}。") if line]


def _said(value: Any) -> list[str]:
    return [value] if value else []


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


def _merged(old: list[str], new: list[str]) -> list[str]:
    """The keys of both in the order of the new one; what is gone stands behind its former neighbour."""
    merged = list(new)
    for n, key in enumerate(old):
        if key not in new:
            merged.insert(merged.index(old[n - 1]) + 1 if n else 0, key)
    return merged


# --- paragraphs ---------------------------------------------------------------------------------------------------


def _rows(old: Sequence[str], new: Sequence[str]) -> Iterator[Row]:
    for verb, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if verb == "equal":
            yield from (Row(SAME, [Piece(SAME, line)], [Piece(SAME, line)]) for line in old[a:b])
        else:
            yield from _paired(list(old[a:b]), list(new[c:d]))


def _paired(old: list[str], new: list[str]) -> Iterator[Row]:
    """Each old paragraph beside the next new one that is like it; the only ones left stand beside each other anyway."""
    if len(old) == len(new) == 1:
        yield _beside(old[0], new[0])
        return
    for line in old:
        place = next((n for n, other in enumerate(new[:AHEAD]) if alike(line, other)), None)
        if place is None:
            yield Row(REMOVED, [Piece(REMOVED, line)], [])
            continue
        yield from (Row(ADDED, [], [Piece(ADDED, other)]) for other in new[:place])
        yield _beside(line, new[place])
        new = new[place + 1:]
    yield from (Row(ADDED, [], [Piece(ADDED, other)]) for other in new)


def alike(one: str, other: str) -> bool:
    if max(len(one), len(other)) > LIMIT:
        return False
    both = SequenceMatcher(None, one, other, autojunk=False)
    return both.real_quick_ratio() >= ALIKE and both.quick_ratio() >= ALIKE and both.ratio() >= ALIKE


def _beside(old: str, new: str) -> Row:
    if not alike(old, new):
        return Row(CHANGED, [Piece(REMOVED, old)], [Piece(ADDED, new)])
    left, right = _TOKEN.findall(old), _TOKEN.findall(new)
    before: list[Piece] = []
    after: list[Piece] = []
    for verb, a, b, c, d in SequenceMatcher(None, left, right, autojunk=False).get_opcodes():
        same = verb == "equal"
        # One sign that both happen to have between two changes is no common ground.
        lonely = same and b - a == 1 and before and after and b < len(left) and d < len(right)
        _add(before, SAME if same and not lonely else REMOVED, "".join(left[a:b]))
        _add(after, SAME if same and not lonely else ADDED, "".join(right[c:d]))
    return Row(CHANGED, before, after)


def _add(pieces: list[Piece], kind: str, text: str) -> None:
    if not text:
        return
    if pieces and pieces[-1].kind == kind:
        text = pieces.pop().text + text
    pieces.append(Piece(kind, text))
