"""What lies on the desks today: papers under way, sessions being prepared and held, questions on every step of their way."""

from datetime import time
from typing import Any

from consult.briefings import actions as briefings
from consult.briefings.states import BriefingKind, Part
from consult.consultations import actions as sessions
from consult.consultations.states import Duty, Form, Venue
from consult.recommendations import actions as advice_room
from consult.renewal.states import Stage
from consult.topics import actions as topics
from consult.topics.states import Kind, Priority
from portal.demo.papers import Paper, brief
from portal.demo.steps import (
    Advice,
    Question,
    Session,
    advise,
    announce,
    ask,
    cadre,
    clerk,
    draft,
    expert,
    head,
    meet,
    member,
    prepare,
    resident,
    words,
)
from portal.demo.world import BRIEFINGS, CONSULTATIONS, RECOMMENDATIONS, TOPICS, Story, World

WHO_SETTLES = ("本表统计截至报送之日，均为演示数据。\n\n| 环节 | 负责单位 | 平均用时 |\n| --- | --- | --- |\n| 人民调解 | 街道司法所 | 12 个工作日 |\n"
               "| 份额公证 | 公证处 | 5 个工作日 |\n| 诉讼立案 | 区法院 | 7 个工作日 |\n\n群众平均需到 3 个单位，提交 2 次材料。")


def reward(w: World) -> Story:
    """Dispatched and unread by the leader; one voided, one just signed, one set and waiting to be sent."""
    q = Question("reward", "baima", Kind.POLICY, Stage.SIGNING, "白马坡片区产权纠纷户签约奖励期认定", "因产权纠纷未能按期签约的住户，奖励期怎样认定。",
                 "部分住户愿意签约但产权纠纷未决，担心错过奖励期。", "签约奖励期临近，直接影响签约率。", Priority.HIGH, "society")
    topic = yield from announce(w, q, 70, 48)

    def record(w: World, talk: Any, table: Any) -> None:
        ask(w, talk, table, "蓝小满", "纠纷没解决签不了，奖励期过了怎么办？", "鲁安居", "以调解或诉讼受理之日认定，期限顺延。", cleared="cleared", voice=w.said["baima", 13])
        ask(w, talk, table, "lawyer", "租户停业损失是否单独认定？", "clerk", "需会商后答复。", later=-4, cleared="not_cleared")

    s = Session("白马坡签约奖励期认定月协商", "区政协协商议事厅", (
        member("lawyer", Duty.CHAIR), member("member"), cadre("cadre"), head("鲁安居", "housing", "区住房和城乡建设局局长"), clerk("clerk", "housing"),
        clerk("clerk_justice", "justice"), expert(), resident("蓝小满"), resident("濮阳东")), record,
        minutes="会议由区政协委员程正言主持。会议就纠纷户奖励期认定交换意见，形成以受理之日认定、期限顺延的一致意见。",
        consensus="纠纷户以调解或诉讼受理之日认定奖励期，办结后十五日内签约的视为按期。", dissent="是否设最长顺延期限，街道与部门意见不一。",
        open_points="租户停业损失认定办法待答复。", form=Form.MONTHLY, venue_kind=Venue.HALL)
    meeting = yield from meet(w, topic, s, 48)
    a, b, c = yield from advise(w, meeting, (
        Advice("关于纠纷户签约奖励期顺延认定的建议", "纠纷未决无法签约，奖励期届满权益受损。", "以受理之日认定，办结后十五日内签约视为按期。", "housing", ("justice",)),
        Advice("关于公开签约奖励认定结果的建议", "认定过程不公开，群众互相猜疑。", "认定结果在公示栏和平台公开，设复核渠道。", "housing"),
        Advice("关于建立产权纠纷调解联动机制的建议", "纠纷调处部门各管一段。", "司法、住建、街道联动，一次受理、一并调处。", "justice", ("housing",))), 40, ("lawyer", "member"))
    yield from brief(w, topic, [a], Paper(
        "关于纠纷户签约奖励期顺延认定的建议", "区政协召开月协商会议，就纠纷户奖励期认定开展协商。", "纠纷未决的住户无法按期签约，奖励权益受损。",
        "是否设最长顺延期限，意见不一，建议由征收部门提出方案。"), 14, recipients=("leader", "mayor", "supervision"), read=("mayor",))
    made = yield from brief(w, topic, [b], Paper(
        "关于公开签约奖励认定结果的情况反映", "月协商会上群众代表反映认定过程不公开。", "认定结果不公开。", "意见不一之处见前期专报。", BriefingKind.INFORMATION), 12, to="sign")
    yield BRIEFINGS, 10
    briefings.void(made, note="数据口径有误，核实后重新编报。", by=w.who("chair"), at=w.at)
    yield from brief(w, topic, [c], Paper(
        "关于建立产权纠纷调解联动机制的建议案", "区政协月协商会议就产权纠纷调处开展协商。", "调处力量分散，群众多头跑。", "联动机制由哪家牵头，部门意见不一。", BriefingKind.MOTION,
        annexes=(("产权纠纷调处现状一览", WHO_SETTLES),), contact="区政协办公室　陆文澜，电话 5550136", remarks=(
            (Part.ANNEXES, "请注明统计截止时间。", "已在附件首段注明。"), (Part.DISSENT, "牵头单位的不同意见是否写全？", "已与会议记录核对，写全。"))), 4, to="set")
    b.refresh_from_db()
    yield from brief(w, topic, [b], Paper(
        "关于公开签约奖励认定结果的情况反映", "月协商会上群众代表反映认定过程不公开，经核实，已认定 37 户未公示。", "认定结果未公示，复核渠道不明。",
        "是否公开认定依据，部门与群众代表意见不一。", BriefingKind.INFORMATION), 2, to="sign")


def flats(w: World) -> Story:
    """Confirmed minutes; recommendations in every state before a paper, and papers on their way to the signature."""
    q = Question("flats", "nanwei", Kind.PLANNING, Stage.PLAN, "南圩安置房户型和老人选房", "安置房小户型比例和老年人优先选低层怎样写进选房办法。",
                 "群众希望增设小户型，老人优先选低层。", "选房办法起草在即。")
    topic = yield from announce(w, q, 60, 36)

    def record(w: World, talk: Any, table: Any) -> None:
        by = w.who("office")
        for who, text, n, verdict, reason in (("邰秀兰", "增设 60 平方米小户型。", 12, "adopted", "小户型比例由 8% 提高到 20%。"),
                                              ("支大海", "七十岁以上老人优先选三层以下。", 13, "partly", "设专门选房批次，楼层按轮候确定。")):
            wish = sessions.demand(talk, raised_by=table[who], text=text, opinion=w.said["nanwei", n], by=by, at=w.tick())
            sessions.decide(talk, demand=wish, verdict=verdict, reason=reason, by=by, at=w.tick())

    s = Session("南圩安置房户型圆桌商量", "南圩村村民中心", (
        member("planner", Duty.CHAIR), member("member"), cadre("cadre3"), clerk("clerk_plan", "planning"), clerk("clerk", "housing"), expert(),
        resident("邰秀兰"), resident("支大海"), resident("邢小雨")), record,
        minutes="会议由区政协委员林绘远主持，对照户型方案逐项讨论，两项诉求一采纳、一部分采纳。",
        consensus="小户型比例提高到百分之二十，设老年人专门选房批次。", form=Form.ROUND_TABLE, plan_version="户型方案 V1.3", visits=3, is_open=True)
    meeting = yield from meet(w, topic, s, 36, to="confirm")
    small, old, deed = yield from advise(w, meeting, (
        Advice("关于提高安置房小户型比例的建议", "小户型比例偏低，老年夫妇无力承担超面积款。", "60 平方米左右小户型比例提高到百分之二十。", "planning", ("housing",)),
        Advice("关于设置老年人专门选房批次的建议", "老年群众担心选到高层。", "七十岁以上家庭设专门批次，轮候选三层以下。", "housing"),
        Advice("关于提前公布选房办法的建议", "选房规则公布晚，群众准备不足。", "选房办法提前三十日公布并宣讲。", "housing")), 27, ("planner",))
    yield RECOMMENDATIONS, 22
    lift = draft(w, meeting, Advice("关于安置房电梯维护资金的建议", "电梯停用影响老人出行。", "预留首个五年电梯维护资金。", "housing"))
    heat = draft(w, meeting, Advice("关于小户型装修标准的建议", "装修标准不明。", "公布交付标准样板。", "housing"))
    for one in (lift, heat):
        advice_room.confirm(one, by=w.who("office"), at=w.tick())
    yield RECOMMENDATIONS, 12
    advice_room.revise(lift, by=w.who("office"), at=w.at, **words(w, Advice(
        "关于安置房电梯维护资金的建议", "电梯维护资金来源不明，停用后影响老年群众出行。", "预留首个五年电梯维护资金，由街道监管使用，逐年公示。", "housing", ("finance",))))
    advice_room.withdraw(heat, reason="交付标准已由开发单位公布，不再提出。", by=w.who("office"), at=w.tick())
    yield RECOMMENDATIONS, 6
    spare = draft(w, meeting, Advice("关于选房现场设置适老服务的建议", "老年群众对选房流程不熟悉。", "选房现场设引导员和大字版流程图。", "housing"))
    advice_room.confirm(spare, by=w.who("office"), at=w.tick())
    yield from brief(w, topic, [small], Paper("关于提高南圩安置房小户型比例的建议", "区政协召开圆桌商量会，专题协商安置房户型。", "小户型比例偏低。"), 3, to="review")
    yield from brief(w, topic, [old], Paper("关于设置老年人专门选房批次的情况反映", "圆桌商量会上群众代表反映老人选房顾虑。", "老年群众选房缺少专门安排。", kind=BriefingKind.INFORMATION,
        remarks=((Part.OVERVIEW, "请补充反映这一顾虑的人数。", ""), (Part.TITLE, "标题可否再短一些？", "已删去“关于进一步”。"))), 2, to="submit")
    yield from brief(w, topic, [deed], Paper("关于南圩选房办法的协商报告", "区政协就选房办法开展协商，会前梳理群众意见 3 条。", "选房规则公布偏晚。", kind=BriefingKind.REPORT,
        annexes=(("选房流程说明", "## 选房前\n\n选房规则、房源清单提前三十日公布。\n\n## 选房日\n\n- 按签约顺序叫号\n- 老年群众优先引导"),)), 1, to="compile")


def quality(w: World) -> Story:
    """Minutes for a member to confirm, and a second session that a member is preparing."""
    q = Question("quality", "dongshe", Kind.POLICY, Stage.BUILDING, "东舍坊安置房质量和工期", "安置房复工时间、户型变更告知和质量监督怎样落实。",
                 "群众反映工地停工、户型变更未告知、一期渗水。", "涉及回迁时间和居住安全。", Priority.HIGH)
    topic = yield from announce(w, q, 46, 8)

    def record(w: World, talk: Any, table: Any) -> None:
        ask(w, talk, table, "时大庆", "工地停了两个月，什么时候复工？", "鲁安居", "已于上周复工，封顶节点调整为明年三月。", rejoinder="请每月公布进度。",
            cleared="cleared", voice=w.said["dongshe", 10])
        ask(w, talk, table, "邵三姐", "户型改了为什么不告诉大家？", "clerk", "变更未及时公示，已责成重新公示并逐户告知。", cleared="not_cleared", voice=w.said["dongshe", 11])

    s = Session("东舍坊安置房质量现场商量", "东舍坊安置房项目部", (
        member("member", Duty.CHAIR), member("planner"), cadre("cadre2"), head("鲁安居", "housing", "区住房和城乡建设局局长"), clerk("clerk", "housing"),
        expert(), resident("时大庆"), resident("邵三姐")), record,
        minutes="会议由区政协委员苏知民主持，会前察看了工地和一期渗水楼栋。会议就复工、户型变更公示、渗水维修三项交换意见，两项当场答复。",
        consensus="工地已复工，进度每月公布；户型变更重新公示。", open_points="一期渗水维修的责任单位待核定。", venue_kind=Venue.SITE_OFFICE, is_open=True)
    yield from meet(w, topic, s, 8, to="minutes")
    yield CONSULTATIONS, 2
    again = Session("东舍坊一期渗水维修微商量", "东舍坊社区居民议事厅", (member("planner", Duty.CONVENOR), clerk("clerk", "housing")), form=Form.MICRO)
    prepare(w, topic, again, -10, by="planner")


def wall(w: World) -> Story:
    """One session cancelled, the next within days, with a survey open."""
    q = Question("wall", "nanwei", Kind.PLANNING, Stage.PLAN, "南圩圩墙保护和公共活动空间", "清末圩墙残段是否保留为口袋公园，健身和球场怎样布局。",
                 "群众希望保留圩墙残段，增设活动场地。", "规划方案修改窗口期。")
    topic = yield from announce(w, q, 40, 12)
    seats = (member("planner", Duty.CHAIR), member("teacher"), member("member"), cadre("cadre3"), clerk("clerk_plan", "planning"), expert(),
             resident("古满仓"), resident("梅小亭"), resident("申家宝"))
    first = Session("南圩圩墙保护现场商量", "南圩村东头圩墙", seats, plan_version="南圩片区控规方案 V2.2", venue_kind=Venue.YARD, is_open=True)
    meeting = yield from meet(w, topic, first, 12, to="notify")
    yield CONSULTATIONS, 13
    sessions.cancel(meeting, note="因连续降雨，现场不具备察看条件，改期举行。", by=w.who("office"), at=w.at)
    second = Session("南圩圩墙保护现场商量（改期）", "南圩村东头圩墙、村民中心", seats, plan_version="南圩片区控规方案 V2.2", venue_kind=Venue.YARD,
                     is_open=True, visits=3, materials="圩墙测绘图、方案 V2.2 图则。")
    yield from meet(w, topic, second, -3, to="notify")


def storey(w: World) -> Story:
    """Ended: the recorder has still to write the minutes."""
    q = Question("storey", "baima", Kind.POLICY, Stage.SIGNING, "白马坡加盖面积补偿和评估机构选定", "加盖面积补偿标准和评估机构选定程序怎样公开。",
                 "群众反映加盖面积补偿标准不一、评估机构选定未见投票。", "涉及补偿公平。")
    topic = yield from announce(w, q, 38, 3)

    def record(w: World, talk: Any, table: Any) -> None:
        ask(w, talk, table, "翟老三", "评估公司是谁选的？", "鲁安居", "由被征收人投票产生，投票结果将补充公示。", cleared="not_cleared", voice=w.said["baima", 10])
        ask(w, talk, table, "member", "加盖面积的标准依据是什么？", "clerk", "按建成年代分档，依据文件将于会后提供。", later=-5, cleared="cleared")

    s = Session("白马坡加盖面积补偿现场商量", "白马坡社区会议室", (
        member("lawyer", Duty.CHAIR), member("member"), cadre("cadre"), head("鲁安居", "housing", "区住房和城乡建设局局长"), clerk("clerk", "housing"),
        expert(), resident("翟老三"), resident("花玉香")), record, consensus="评估机构投票结果补充公示；加盖面积按年代分档标准公开。", is_open=True)
    yield from meet(w, topic, s, 3, to="end")


def deeds(w: World) -> Story:
    """In session."""
    q = Question("deeds", "dongshe", Kind.POLICY, Stage.BUILDING, "东舍坊回迁房不动产权证办理", "回迁后多长时间可以办理不动产权证，前期项目遗留怎样解决。",
                 "前期项目回迁六年未办证，影响落户入学。", "涉及落户入学。")
    topic = yield from announce(w, q, 34, 0)

    def record(w: World, talk: Any, table: Any) -> None:
        ask(w, talk, table, "荀小妹", "回迁后多久能办证？", "clerk_plan", "竣工备案后六个月内集中办理。", voice=w.said["dongshe", 13])

    s = Session("东舍坊回迁房办证商量", "东舍坊社区居民议事厅", (
        member("member", Duty.CHAIR), member("lawyer"), cadre("cadre2"), head("计图南", "planning", "区自然资源和规划分局局长"),
        clerk("clerk_plan", "planning"), resident("荀小妹"), resident("廉大友")), record, is_open=True, hours=(_hour(9), _hour(11)))
    yield from meet(w, topic, s, 0, to="start")


def _hour(hour: int) -> time:
    return time(hour, 30)


def early(w: World) -> list[Story]:
    """Questions that have not been talked over: one at each step."""
    q = Question
    return [
        announce(w, q("notice", "nanwei", Kind.POLICY, Stage.PLAN, "南圩规划方案公示方式", "规划修改方案以什么方式、公示多久，外出务工群众怎样知情。",
                      "上次公示七日且在春节前。", "与方案修改同步。"), 26, -12),
        announce(w, q("board", "baima", Kind.POLICY, Stage.SIGNING, "白马坡征收信息公开", "征收信息公示怎样做到看得见、看得清、可查询。",
                      "公示栏字小易损，群众希望网上同步公开。", "群众知情权。", Priority.LOW), 24, -18, "planned"),
        announce(w, q("street", "nanwei", Kind.PLANNING, Stage.PLAN, "南圩回迁片区菜市场布局", "回迁片区菜市场和早市的位置、规模怎样确定。",
                      "现方案仅有一处超市。", "生活配套。"), 18, -22, "reported"),
        announce(w, q("pension", "nanwei", Kind.POLICY, Stage.PLAN, "南圩被征地人员社保补贴", "被征地人员社保补贴何时缴纳、断缴年限怎样补。",
                      "五十岁以上群众断缴多年。", "涉及养老保障。", Priority.HIGH, "society"), 10, -25, "under_review"),
        announce(w, q("shops", "baima", Kind.POLICY, Stage.SIGNING, "白马坡集体商铺和租户停业补偿", "集体商铺处置后分红怎样延续，租户停业损失由谁承担。",
                      "村民关心分红，租户反映停业损失无补偿。", "涉及集体资产和租户生计。"), 4, -30, "drafted"),
        trucks(w), orchard(w)]


def trucks(w: World) -> Story:
    topic = yield from announce(w, Question(
        "trucks", "dongshe", Kind.POLICY, Stage.BUILDING, "东舍坊夜间渣土运输", "夜间渣土运输的时段和路线怎样限制。", "群众反映夜间扰民。", "居民休息。",
        Priority.LOW), 20, -8, "under_review")
    yield TOPICS, 14
    topics.defer(topic, note="城管部门正在开展专项整治，待整治结束后视情安排。", by=w.who("office"), at=w.at)


def orchard(w: World) -> Story:
    topic = yield from announce(w, Question(
        "orchard", "nanwei", Kind.POLICY, Stage.PLAN, "南圩果树补偿标准", "挂果期果树按什么标准补偿。", "群众反映按幼树补偿。", "个别情况。", Priority.LOW),
        6, -8, "drafted")
    yield TOPICS, 3
    topics.withdraw(topic, note="经核实仅涉及一户，由征收部门现场复核即可，不作为协商议题。", by=w.who("office"), at=w.at)
