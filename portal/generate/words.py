"""What invented residents, members and departments say: parts of sentences, joined by chance."""

import random
import re

from consult.kit.sealing import mask
from consult.opinions.states import Tag
from portal.demo.voices import VOICES

#: The themes, the most frequent first.
THEMES = (Tag.TRANSITION_FEE, Tag.COMPENSATION, Tag.HOUSING, Tag.SIGNING, Tag.SCHOOL, Tag.LIVING, Tag.OWNERSHIP, Tag.SITE,
          Tag.COLLECTIVE, Tag.TENANTS, Tag.INFORMATION, Tag.HERITAGE)
#: What a topic about a theme is called, and the one question it is to settle.
ASKED: dict[str, tuple[tuple[str, str], ...]] = {
    Tag.TRANSITION_FEE: (
        ("过渡费按期足额发放", "过渡费逾期标准何时执行、由谁按哪一天发放"),
        ("过渡费标准调整", "现行标准是否随租金变化、如何测算")),
    Tag.COMPENSATION: (
        ("附着物补偿清点", "院内附着物按什么清单补登、由谁复核"),
        ("加盖部分认定", "加盖部分的认定年份与补偿比例如何统一")),
    Tag.HOUSING: (
        ("安置房工期", "安置房何时复工、何时交付、由谁每月公布"),
        ("安置房户型与质量", "户型变更与渗漏问题如何整改、由谁验收")),
    Tag.SIGNING: (
        ("签约奖励期衔接", "因确权未能签约的住户奖励期能否顺延"),
        ("协议原件发放", "已签协议何时交到住户手中")),
    Tag.SCHOOL: (
        ("配套小学建设", "安置区小学学位如何测算、何时开工"),
        ("过渡期入学", "过渡期子女在哪里入学、如何办理")),
    Tag.LIVING: (
        ("卫生与养老服务点", "过渡期服务点设在哪里、何时开放"),
        ("公交与菜市场配套", "公交线路和便民市场何时进入片区")),
    Tag.OWNERSHIP: (
        ("宅基地确权", "证件缺失住户依据什么材料认定面积"),
        ("家庭份额争议", "共有人份额不清时如何先行调解、后行签约")),
    Tag.SITE: (
        ("施工噪声与扬尘", "夜间运输如何限时、由谁现场监督"),
        ("空置房安全", "已腾空房屋如何封闭、由谁巡查")),
    Tag.COLLECTIVE: (
        ("集体资产处置", "集体门面收益如何核算、如何公开"),
        ("征地社保落实", "社保补贴何时缴纳、缺口由谁补足")),
    Tag.TENANTS: (
        ("商户停业损失", "租户停业损失如何认定、由谁补偿"),
        ("临时市场安置", "临时市场期满后摊位如何安排")),
    Tag.INFORMATION: (
        ("进度与资金公开", "工程进度与资金多久公布一次、公布到哪里"),
        ("方案公示", "方案如何再次公示、意见如何逐条回应")),
    Tag.HERITAGE: (
        ("老树与古碑保护", "老树与碑刻就地保护还是迁移"),
        ("地名延续", "新道路如何沿用老地名")),
}
LEADS = ("", "", "", "您好，", "领导好，", "反映一个情况：", "想问一下，",
         "我是这里的老住户，", "替邻居们说一句，", "再次反映：", "拜托了，")
WISHES = (
    "请尽快给个答复。", "希望有人到现场看一看。", "请说清楚由谁负责、哪一天办好。", "希望在社区公示栏公布一次。",
    "请把标准写成白纸黑字。", "能不能开个会当面讲一讲？", "希望不要再来回推。", "请相关部门一起来商量。",
    "不行也请说明为什么不行。", "麻烦给我们一个准话。", "希望照顾老人和残疾人家庭。", "请定期通报进展。",
)
DETAILS = (
    "已经等了{n}个月。", "我们这一排{n}户都是这样。", "每个月要多花{n}0元。", "家里有{n}岁的老人。",
    "前后跑了{n}趟都没有结果。", "签约时说的是{n}个工作日。", "大约有{n}平方米没有算进去。",
    "上次开会来了{n}个人，都问这件事。", "这条路每天要走{n}分钟。",
)
SPOTS = (
    "东巷", "西巷", "中街", "北坡", "南门", "一区", "二区", "三区", "老槐树下", "安置地块", "周转房", "村口",
    "社区服务中心",
)
FIRST = "云湖青松白石金银清静安宁和平东南西北永兴泰丰翠岚沙浦"
SECOND = "溪山河源桥坪岭江城川林泉湾台阳岸塘坡庄门"
ROOTS = (
    "槐树", "石桥", "柳园", "东舍", "白马", "南圩", "杏林", "枣庄", "青石", "荷塘", "凤鸣", "古井", "松涛", "银杏",
    "梅园", "竹溪", "桃源", "沙河", "金鸡", "望江", "云台", "朝阳", "龙泉", "甘棠",
)
SURNAMES = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜"
GIVEN = (
    "建国", "秀英", "志强", "桂兰", "海涛", "玉梅", "永福", "春燕", "大勇", "月华", "立新", "淑芬", "国庆", "丽娟",
    "文博", "雪梅", "振华", "晓峰", "德明", "佳宁", "思远", "子涵", "一鸣", "若兰",
)
DEPARTMENTS = (
    "区住房和城乡建设局", "区自然资源和规划分局", "区财政局", "区教育局", "区卫生健康局", "区民政局",
    "区人力资源和社会保障局", "区司法局", "区发展和改革局", "区城市管理局", "区农业农村局", "区交通运输局",
    "区应急管理局", "区文化和旅游局", "区市场监督管理局", "区审计局", "区公安分局", "区生态环境分局", "区水务局",
    "区信访局", "区行政审批服务局", "区大数据局", "区退役军人事务局", "区医疗保障局", "区园林绿化中心",
    "区城市更新中心", "区征收服务中心", "区消防救援大队", "区税务局", "区国有资产运营中心",
)
COMMITTEES = (
    "提案委员会", "经济委员会", "城建和人口资源环境委员会", "教科卫体委员会", "社会法制和民族宗教委员会",
    "文化文史和学习委员会",
)
SECTORS = (
    "经济界", "教育界", "医药卫生界", "社会福利和社会保障界", "社会科学界", "科技界", "农业界", "工会", "妇联",
    "工商联",
)
ANSWERS = (
    "经现场核实，已列入本季度计划，由专人负责，办结后公示。", "已会同街道逐户核对，符合条件的于下月一并发放。",
    "受规划条件所限暂不能调整，已在周边增设临时服务点。", "已约谈施工单位，夜间运输限至二十二时，违者停工整改。",
    "已召开三方会议，明确了标准、时限和责任单位。",
)
TOLD = "您好！您反映的事项我们已经办理，结果可凭回执查询。如有新的情况，请继续告诉我们。感谢您的参与。"
SAID = (
    "群众代表逐条提出意见，部门当场作了解答。", "各方对标准和时限取得一致，个别问题会后书面答复。",
    "委员建议分步实施，先易后难，逐月公开进度。",
)


def sentences() -> dict[str, list[tuple[str, str]]]:
    """What is said about each theme, with what is shown of it (see ``mask``)."""
    found: dict[str, list[tuple[str, str]]] = {theme: [] for theme in THEMES}
    for voices in VOICES.values():
        for tag, _place, text in voices:
            found[tag] += [masked(part) for part in re.findall("[^。？！]+[。？！]", text)]
    return found


def masked(text: str) -> tuple[str, str]:
    return text, mask(text)


def details() -> list[tuple[str, str]]:
    return [masked(words.format(n=n)) for words in DETAILS for n in range(2, 96, 3)]


def district_names(number: int) -> list[str]:
    return [f"{FIRST[n % len(FIRST)]}{SECOND[(n * 7 + n // len(FIRST)) % len(SECOND)]}区" for n in range(number)]


def person(rng: random.Random) -> str:
    return rng.choice(SURNAMES) + rng.choice(GIVEN)
