"""Which column of a sheet holds what: hotlines name them in many ways, in any order, below titles and merged cells."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import islice, pairwise
from typing import Any

from django.utils.translation import gettext_lazy as _
from openpyxl.utils import get_column_letter

from consult.kit import cells, sheets
from consult.kit.rules import Sentence
from consult.opinions.states import Channel, Tag

#: The fields an opinion can get from a sheet, in words.
FIELDS: dict[str, Sentence] = {
    "number": _("number elsewhere"), "at": _("handed in"), "name": _("name, sealed"), "phone": _("telephone, sealed"),
    "address": _("address, sealed"), "subdistrict": _("subdistrict"), "community": _("community"),
    "project": _("renewal project"), "place": _("place"), "category": _("about"), "source": _("channel"),
    "title": _("title"), "text": _("what was said"),
}

#: How they are headed, the plainest name first: of two columns for one field the first one named here counts, and the
#: other where that is empty. Written without spaces and marks. 序号 is left out on purpose: it begins again in each sheet.
HEADED: dict[str, str] = {
    "number": "工单编号 编号 工单号 工单号码 受理编号 受理号 诉求编号 诉求工单编号 事项编号 工单流水号 流水号 "
              "登记编号 登记号 信件编号 案件编号 件号 单号 number no id ticket ticketnumber",
    "at": "诉求时间 来电时间 反映时间 受理时间 登记时间 提交时间 来访时间 来信时间 接收时间 创建时间 工单时间 "
          "诉求日期 来电日期 反映日期 受理日期 登记日期 提交日期 日期 时间 date time",
    "name": "诉求人 姓名 诉求人姓名 来电人 来电人姓名 反映人 反映人姓名 市民姓名 群众姓名 联系人 联系人姓名 "
            "来访人 来信人 当事人 name",
    "phone": "联系电话 手机 电话 手机号 手机号码 联系手机 联系方式 电话号码 来电号码 来电电话 诉求人电话 "
             "诉求人手机 诉求人联系电话 来电人电话 联系人电话 主叫号码 phone telephone mobile",
    "address": "联系地址 家庭住址 家庭地址 住址 居住地址 通讯地址 诉求人地址",
    "subdistrict": "街道 所属街道 街道名称 所在街道 属地街道 镇街 街镇 所属镇街 街道镇 乡镇街道 街道乡镇 所属乡镇街道 "
                   "街道办 街道办事处 属地 subdistrict",
    "community": "社区 村居 社区村居 所属社区 社区名称 所在社区 社区村 村社区 所属社区村居 所属村居 居委会 村 "
                 "community",
    "project": "项目 更新项目 项目名称 所属项目 改造项目 城中村改造项目 片区 片区名称 所属片区 城中村 project",
    "place": "事发地址 事发地点 诉求地址 诉求地点 问题地址 问题地点 发生地址 发生地点 事件地址 事件地点 地点 位置 "
             "地址 详细地址 详细地点 place address",
    "category": "诉求类别 类型 类别 诉求类型 问题类别 问题类型 诉求分类 问题分类 分类 事项类别 事项类型 事项分类 "
                "工单类型 category type",
    "source": "来源 渠道 诉求来源 诉求渠道 来源渠道 受理渠道 反映渠道 工单来源 信息来源 接入渠道 channel source",
    "title": "标题 主题 诉求标题 工单标题 诉求主题 title subject",
    "text": "诉求内容 内容 事项描述 诉求描述 问题描述 事件描述 反映内容 反映问题 工单内容 来电内容 主要内容 "
            "具体内容 详细内容 诉求事项 意见内容 意见建议 text content",
}
_FIELD_OF = {word: (name, rank) for name, words in HEADED.items() for rank, word in enumerate(words.split())}
#: Headings that say where somebody lives when they stand beside a name.
_HOME = {"地址", "详细地址", "address"}
#: In the first rows the headings are looked for.
LOOKED = 50

#: What a category is about, by words in it; the first that fits counts.
ABOUT: tuple[tuple[Tag, str], ...] = (
    (Tag.TRANSITION_FEE, "过渡费 临时安置费 安置费 过渡"),
    (Tag.HOUSING, "安置房 回迁 安置住房 选房"),
    (Tag.COMPENSATION, "补偿 征收 拆迁 赔偿"),
    (Tag.OWNERSHIP, "产权 权属 确权 房产证 不动产"),
    (Tag.SIGNING, "签约 搬迁 腾房"),
    (Tag.TENANTS, "租户 商户 租赁 租房"),
    (Tag.SCHOOL, "学校 教育 入学 幼儿园 上学"),
    (Tag.SITE, "施工 噪音 噪声 扬尘 工地 安全"),
    (Tag.COLLECTIVE, "集体 就业 社保 养老保险 分红"),
    (Tag.HERITAGE, "历史 文化 古树 文物 民俗"),
    (Tag.INFORMATION, "信息公开 公示 公开"),
    (Tag.LIVING, "医院 医疗 市场 公交 供暖 供热 供水 停水 停电 物业 生活 停车 环境 环卫 交通 道路"),
)

#: How an opinion came in, by words in the source.
CAME: tuple[tuple[Channel, str], ...] = (
    (Channel.MEMBER, "委员"), (Channel.ON_SITE, "现场"), (Channel.WALK_IN, "来访 走访 接访 窗口"),
    (Channel.LETTER, "来信 信函 信件 书信 意见箱"), (Channel.WEB, "网站 网络 网上 网民 微信 小程序 app 门户 互联网 邮箱 微博"),
    (Channel.HOTLINE, "12345 热线"), (Channel.PHONE, "电话 来电"),
)


@dataclass(frozen=True)
class Head:
    """Where the headings are: field -> columns (from 0), best first; the words of each column; the last row of them."""

    row: int
    columns: dict[str, list[int]]
    words: dict[int, str]
    unused: list[int] = field(default_factory=list)

    def heading(self, name: str) -> str:
        """The words above a field as the sheet has them, or the field's own when it has no column."""
        found = self.columns.get(name)
        return self.words[found[0]] if found else str(FIELDS[name])

    def used(self) -> list[tuple[str, str, str]]:
        """(letter, heading, field) of the columns that are read, from left to right."""
        fields = {column: name for name, some in self.columns.items() for column in some}
        return [(get_column_letter(column + 1), self.words[column], fields[column]) for column in sorted(fields)]

    def first(self, values: Sequence[Any], name: str) -> Any:
        """The first filled cell of a field in a row, or None."""
        for column in self.columns.get(name, ()):
            if column < len(values) and cells.text(values[column]):
                return values[column]
        return next((values[column] for column in self.columns.get(name, ())
                     if column < len(values) and values[column] not in (None, "")), None)

    def repeats(self, values: Sequence[Any]) -> bool:
        """Is the row the headings once more, as on each page of a printed list?"""
        return all(column < len(values) and cells.text(values[column]) == words for column, words in self.words.items())


def plain(heading: Any) -> str:
    """Without marks, blanks, brackets and what stands in them."""
    said = re.sub(r"\([^)]*\)|\[[^\]]*\]|【[^】]*】", "", unicodedata.normalize("NFKC", cells.text(heading)))
    return re.sub(r"[\W_]+", "", said).casefold()


def field_of(heading: Any) -> tuple[str, int] | None:
    """(field, rank) of a heading; of alternatives with a stroke between them the first that is known."""
    whole = _FIELD_OF.get(plain(heading))
    parts = re.split(r"[/、|\n]", unicodedata.normalize("NFKC", cells.text(heading)))
    return whole or next((found for part in parts if (found := _FIELD_OF.get(plain(part)))), None)


def head_of(sheet: sheets.Sheet) -> Head | None:
    """The headings of a sheet: in its first rows the one, or the pair of rows, that names most fields."""
    rows = list(islice(sheet.rows(), LOOKED))
    found = [_head(row, values) for row, values in rows]
    found += [_head(row, _joined(upper, lower)) for (_row, upper), (row, lower) in pairwise(rows)]
    good = [head for head in found if {"text", "title"} & set(head.columns)]
    return max(good, key=lambda head: len(head.columns), default=None)


def _joined(upper: Sequence[Any], lower: Sequence[Any]) -> list[Any]:
    """Two rows of headings as one: below 诉求人信息 stand 姓名 and 联系电话. Empty when it isn't so."""
    width = max(len(upper), len(lower))
    above, below = ([*row, *[None] * (width - len(row))] for row in (upper, lower))
    under = [n for n in range(width) if cells.text(below[n])]
    if not under or not all(field_of(below[n]) and not field_of(above[n]) for n in under):
        return []
    return [low if cells.text(low) else high for high, low in zip(above, below, strict=True)]


def _head(row: int, values: Sequence[Any]) -> Head:
    words = {column: said for column, value in enumerate(values) if (said := cells.text(value))}
    ranked = sorted((found[1], column, found[0]) for column, said in words.items() if (found := field_of(said)))
    named = {name for _rank, _column, name in ranked}
    columns: dict[str, list[int]] = {}
    for _rank, column, name in ranked:
        home = name == "place" and plain(words[column]) in _HOME and named & {"name", "phone"}
        columns.setdefault("address" if home else name, []).append(column)
    used = {column for some in columns.values() for column in some}
    return Head(row, columns, words, [column for column in words if column not in used])


def channel_of(source: str) -> Channel | None:
    """How it came in; None for words nobody here knows."""
    said = unicodedata.normalize("NFKC", source).casefold()
    return next((channel for channel, words in CAME if any(word in said for word in words.split())), None)


def tag_of(category: str) -> Tag | None:
    """What it is about; None for a category that is none of ours."""
    exact = next((tag for tag in Tag if category in (tag.value, str(tag.label))), None)
    return exact or next((tag for tag, words in ABOUT if any(word in category for word in words.split())), None)
