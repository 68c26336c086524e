"""The arrangement of every kind of paper: words in, the context of its template out. Pure: no database, no clock.

The words are listed in the head of each template of ``templates/documents/``; places and orders are those of GB/T 9704-2012.
"""

from collections.abc import Mapping
from typing import Any

from consult.kit import charts
from consult.kit.paper import board, codes, heads, markup, poster, typography
from consult.kit.paper.blocks import (
    Block,
    ended,
    heading,
    lines,
    numbered,
    paragraph,
    paragraphs,
    picture,
    section,
    table,
)

Words = Mapping[str, Any]

#: Kind (also ``<html data-kind>``) -> the name people use.
KINDS = {
    "briefing": "专报", "motion": "建议案", "report": "协商报告", "information": "社情民意信息", "bulletin": "进展通报",
    "minutes": "会议纪要", "letter": "答复", "board": "公告", "text": "正文", "poster": "海报", "survey": "问卷",
}
#: Those that somebody writes; a poster comes from its project, a questionnaire from its survey.
WRITTEN = {kind: name for kind, name in KINDS.items() if kind not in ("poster", "survey")}
#: Signed with a seal; official documents whose end matter lies on an even page.
SEALED = ("motion", "report", "letter")
EVEN = ("motion", "report")
#: Never signed: the chair confirms the minutes, the sheet names its office.
UNSIGNED = ("minutes", "board", "poster")
#: What a correction prints in place of the words it takes out for somebody's sake.
HIDDEN = "（原文涉及个人信息，已隐去）"
TITLE_SURVEY = 20  # characters of a questionnaire's title on a line
ADVISING = ("briefing", "motion", "report", "information")
PARTS = {
    "whole": "全文", "title": "标题", "overview": "协商概况", "problems": "存在问题", "advice": "意见建议", "dissent": "分歧意见",
    "annexes": "附件"
}


def template_of(kind: str) -> str:
    """``documents/<kind>.html``; KeyError when there is no such kind."""
    return f"documents/{kind}.html" if kind in KINDS else KINDS[kind]


def assets(words: Words) -> dict[str, bytes]:
    """The pictures that the paper shows of itself: ``{"qr": svg}`` when there is a ``verify_url``."""
    return {"qr": codes.qr_svg(words["verify_url"])} if words.get("verify_url") else {}


def drawing(svg: str) -> bytes:
    """A drawing of ``consult.kit.charts`` as an asset: in the fonts of the papers, so that it prints alike everywhere."""
    return svg.replace(charts.FONT, "Paper Sans").encode()


def context(kind: str, words: Words, *, draft: bool = False) -> dict[str, Any]:
    """What the template of ``kind`` is given. ``markup.Unreadable`` when an annex is not plain Markdown."""
    if kind == "survey":
        title = typography.title_lines(words["title"], TITLE_SURVEY)
        return {"paper": {**words, "kind": kind, "title_lines": title}, "draft": draft}
    if kind == "board":
        return {"paper": {**words, **board.arrange(words), "kind": kind}, "draft": draft}
    if kind == "poster":
        return {"paper": {**words, **poster.arrange(words), "kind": kind}, "draft": draft}
    title = heads.title_lines(words["title"])
    moved = heads.pushes_body_off(words.get("main_to", ""), len(title))
    annexes = _annexes(words.get("annexes") or [])
    paper = {
        **words, "kind": kind, "top": heads.top(kind, words), "name": heads.name(kind, words), "number": heads.number(words),
        "title_lines": title, "main_to": "" if moved else words.get("main_to", ""), "body": numbered(_body(kind, words)),
        "annexes": annexes, "sign": _signature(kind, words), "even": kind in EVEN,
        "rows": _rows(kind, words, words.get("main_to", "") if moved else "")
    }
    return {"paper": paper, "draft": draft}


# --- body -----------------------------------------------------------------------------------------------------------


def _body(kind: str, words: Words) -> list[Block]:
    parts = [*_correction(words), *(_advising(words) if kind in ADVISING else []), *paragraphs(words.get("held"))]
    parts += [*paragraphs(words.get("text")), *(words.get("blocks") or [])]
    if kind == "minutes":
        parts += section("达成共识", paragraphs(words.get("consensus"))) + section("分歧意见", paragraphs(words.get("dissent")))
        parts += _present(words)
    return [*parts, *_facts(words), *_pictures(words), *section("更正说明", _changes(words))]


def _correction(words: Words) -> list[Block]:
    if not words.get("corrects"):
        return []
    why = ended(f"更正原因：{words['correction_reason']}") if words.get("correction_reason") else ""
    return paragraphs([f"本期更正{words['corrects']}，原期以本期为准。{why}"])


def _advising(words: Words) -> list[Block]:
    advice = [block for one in words.get("recommendations") or [] for block in _advice(one, words)]
    return [
        *section("协商概况", paragraphs(words.get("overview"))), *section("存在问题", paragraphs(words.get("problems"))),
        *section("意见建议", advice), *section("分歧意见", paragraphs(words.get("dissent")))
    ]


def _advice(one: Words, words: Words) -> list[Block]:
    """A recommendation: its problem unless the section on problems has said it, the advice, its basis, whose work by when."""
    told = "".join(lines(words.get("problems")))
    problem = one.get("problem", "").strip()
    parts = [heading(2, one["title"])]
    if problem and problem.rstrip("。") not in told:
        parts += paragraphs([f"针对问题：{line}" if n == 0 else line for n, line in enumerate(lines(problem))])
    parts += paragraphs(one.get("text"))
    if one.get("basis"):
        parts += paragraphs([ended(f"依据：{one['basis']}")])
    return parts + paragraphs([_whose(one)])


def _whose(one: Words) -> str:
    helpers = "、".join(one.get("co_departments") or [])
    parts = [f"建议单位：{one['lead']}" + (f"（主办），{helpers}（会办）" if helpers else "")] if one.get("lead") else []
    parts += [f"建议时限：{one['wanted_by']}"] if one.get("wanted_by") else []
    return "；".join(parts) + "。" if parts else ""


def _changes(words: Words) -> list[Block]:
    return paragraphs([_change(n, one) for n, one in enumerate(words.get("changes") or [], 1)])


def _change(number: int, one: Words) -> str:
    before, after = ("".join(lines(one.get(side))).rstrip("。") for side in ("before", "after"))
    if one.get("hidden"):
        said = f"{HIDDEN}，更正为“{after}”。" if after else f"{HIDDEN}，已删去。"
    elif before and after:
        said = f"原文“{before}”，更正为“{after}”。"
    else:
        said = f"删去“{before}”。" if before else f"增加“{after}”。"
    return f"{number}.{PARTS.get(one['part'], one['part'])}：{said}"


def _present(words: Words) -> list[Block]:
    """主持 to 列席 with the label in 黑体; a list of names is joined."""
    labels = {"chair": "主持", "recorder": "记录", "present": "出席", "excused": "请假", "absent": "缺席", "observers": "列席"}
    found = {label: words[key] for key, label in labels.items() if words.get(key)}
    return [paragraph([{"text": f"{label}：", "strong": True}, {"text": said if isinstance(said, str) else "、".join(said)}],
                      style="names") for label, said in found.items()]


def _facts(words: Words) -> list[Block]:
    facts = words.get("facts") or []
    told = [block for one in facts if one.get("text") for block in section(one["label"], paragraphs(one["text"]))]
    rows = [(one["label"], one["value"], one.get("unit", "")) for one in facts if one.get("value") not in (None, "")]
    return told + ([table(("指标", "数值", "单位"), rows, caption="主要数据", align=("", "right", "center"))] if rows else [])


def _pictures(words: Words) -> list[Block]:
    return [picture(one["asset"], one.get("alt", ""), caption=one.get("caption", ""))
            for key in ("charts", "photos") for one in words.get(key) or []]


# --- what follows the body ------------------------------------------------------------------------------------------


def _annexes(annexes: list[Words]) -> list[dict[str, Any]]:
    """附件 when there is one, 附件1, 附件2 … when there are several, each with its numbered body."""
    return [
        {"number": n if len(annexes) > 1 else "", "title": one["title"], "title_lines": heads.title_lines(one["title"]),
         "body": numbered(one["blocks"] if "blocks" in one else markup.blocks(one.get("text", "")))}
        for n, one in enumerate(annexes, 1)
    ]


def _signature(kind: str, words: Words) -> dict[str, Any] | None:
    """Official papers and replies are signed; a periodical only when it addresses somebody, a plain text when it is dated."""
    organ = words.get("organ_full") or words.get("organ", "")
    wanted = kind in SEALED or (words.get("date_words") if kind == "text" else words.get("main_to"))
    if not organ or not wanted or kind in UNSIGNED:
        return None
    return heads.signature(organ, words.get("date_words", ""), sealed=kind in SEALED)


def _rows(kind: str, words: Words, moved: str) -> list[dict[str, Any]]:
    """The end matter (版记), row by row: who gets it, who made it, who printed it when."""
    rows: list[dict[str, Any]] = [_copy(f"主送：{moved}")] if moved else []
    rows += [_copy(line if "：" in line else f"抄送：{line}") for line in lines(words.get("cc"))]
    copies = f"共印{words['copies']}份" if words.get("copies") else ""
    if kind in ("letter", "text"):
        return rows
    roles = {"editor": "编辑", "reviewer": "核稿", "signer": "签发"}
    makers = [f"{label}：{words[key]}" for key, label in roles.items() if words.get(key)] if kind not in SEALED else []
    if makers:
        rows.append({"cells": [*makers, *([copies] if copies else [])]})
        copies = ""
    printed = f"{words['date_words']}印发" if words.get("date_words") else ""
    rows.append({"cells": [words.get("organ", ""), "　".join(part for part in (copies, printed) if part)]})
    return rows


def _copy(line: str) -> dict[str, Any]:
    """A line whose turned-over part stands below the first word after its label; it ends with a full stop."""
    return {"line": ended(line), "hang": min(line.index("：") + 1, 6)}
