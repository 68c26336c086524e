"""What is better left out of an opinion is found; ordinary complaints are left in peace."""


import pytest

from consult.opinions.delicate import BANK, CHILD, HEALTH, IDENTITY, found


@pytest.mark.parametrize(("text", "kinds"), [
    ("我的身份证是110101199003078515。", [IDENTITY]), ("身份证 110101 19900307 851X", [IDENTITY]),
    ("身份证１１０１０１１９９００３０７８５１５", [IDENTITY]), ("钱请打到6222 0202 0001 1234 560", [BANK]),
    ("银行账号：622202100112", [BANK]), ("开户行工行，卡号 6228-4800-1234", [BANK]),
    ("老伴确诊肺癌，楼上施工吵得没法休息", [HEALTH]), ("我有尿毒症，透析要坐公交", [HEALTH]),
    ("我家孩子9岁，没有学上", [CHILD]), ("九岁的孙女要跨区上学", [CHILD]), ("儿子十三周岁", [CHILD]), ("宝宝8个月大", [CHILD]),
    ("孩子未满14岁", [CHILD]), ("孩子6岁，有哮喘住院，卡号62220202000112345", [BANK, HEALTH, CHILD]),
])
def test_found(text: str, kinds: list[str]) -> None:
    assert found(text) == kinds


@pytest.mark.parametrize("text", [
    "小学名额不够，孩子要跨区上学。", "过渡费每月每平方米8元，1437户三个月没有到账。", "房龄9岁的楼漏水",
    "我今年78岁，孩子在外地", "儿子40岁还没分房", "请打 13900001234",
    "合同编号 20230815001", "幼儿园什么时候建好？", "社区医院搬走了，看病不方便",
    "残疾人通道被堵", "银行门口的路灯不亮", "2024年3月7日签的字，面积 118.52 平方米", "十四岁以上的孩子怎么办",
])
def test_left_in_peace(text: str) -> None:
    assert found(text) == []


@pytest.mark.parametrize("piece", ["1", "1 ", "孩", "九岁", "孩子9", "62220202", "银行", "1-"])
@pytest.mark.timeout(60)
def test_hostile_length_comes_to_an_end(piece: str) -> None:
    found(piece * (1500 // len(piece)))
