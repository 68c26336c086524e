"""The points of a recommendation: each is answered by itself, and none is passed over."""

import re

#: How points are numbered in the papers of a district: 一、 （一） 1. 1、 (1) ① 一是
_HAN = "一二三四五六七八九十"
_STYLES = tuple(re.compile(pattern, re.MULTILINE) for pattern in (
    rf"^[ \t\u3000]*[{_HAN}]{{1,3}}、", rf"^[ \t\u3000]*[（(][{_HAN}]{{1,3}}[）)]", r"^[ \t\u3000]*\d{1,2}[.．、](?!\d)",
    r"^[ \t\u3000]*[（(]\d{1,2}[）)]", r"[①-⑳]", rf"(?:^|(?<=[\n。；;，,：:]))[ \t\u3000]*[{_HAN}]{{1,2}}是(?!否)"))
MOST = 20


def of(text: str) -> list[str]:
    """The numbered points of a text, without their numbers, in order; empty when there are fewer than two.

    The style of numbering that comes first holds; deeper numbering stays within its point.
    """
    found = [(matches[0].start(), matches) for style in _STYLES if len(matches := list(style.finditer(text))) > 1]
    if not found:
        return []
    _first, matches = min(found, key=lambda one: one[0])
    ends = [match.start() for match in matches[1:]] + [len(text)]
    parts = [text[match.end():end].strip(" \t\u3000\n；;，,") for match, end in zip(matches, ends, strict=True)]
    return [part for part in parts if part][:MOST]


def paired(text: str, answers: list[str]) -> list[dict[str, str]]:
    """What is kept with a reply: each point of ``text`` beside its answer ("" where there is none yet)."""
    asked = of(text)
    given = [*answers, *[""] * len(asked)]
    return [{"asked": point, "answer": answer.strip()} for point, answer in zip(asked, given, strict=False)]
