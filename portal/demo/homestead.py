"""白马坡: a conflict about an old house, mediated behind closed doors; one rater is not satisfied, so it is handled again."""

from datetime import date
from typing import Any

from consult.consultations import actions as sessions
from consult.consultations.states import Duty, Form, Venue
from consult.evaluations import actions as evaluations
from consult.followups import actions as followups
from consult.followups.states import FindingKind, VoiceVerdict
from consult.kit import calendar
from consult.renewal.states import Stage
from consult.tasks import actions as tasks
from consult.tasks import clock
from consult.topics import actions as topics
from consult.topics.states import Kind, Priority
from portal.demo.papers import Paper, assign, brief, instruct, invite, look, opine, rate, reply, tell
from portal.demo.steps import (
    Advice,
    Question,
    Session,
    advise,
    announce,
    ask,
    cadre,
    clerk,
    expert,
    meet,
    member,
    reach,
    resident,
)
from portal.demo.world import EVALUATIONS, LOOK_BACKS, REPLIES, TASKS, Story, World

QUESTION = Question(
    "homestead", "baima", Kind.CONFLICT, Stage.DECISION, "白马坡西巷老宅产权份额纠纷",
    "西巷三户共有老宅在签约前如何确认份额，证载面积与实测不一致、证件遗失的宅基地如何登记认定。",
    "西巷、中街、北坡多户反映老宅份额、外嫁女继承、证载面积不符、证件遗失等问题，影响按期签约，家庭矛盾趋于激化。",
    "涉及多户家庭财产权利，签约奖励期临近，矛盾有激化可能。", Priority.HIGH, "society")


def record(w: World, talk: Any, table: Any) -> None:
    by = w.who("office")
    ask(w, talk, table, "伏老大", "房本是爷爷的名字，三家该怎么分？", "clerk_justice",
        "属共有财产，可由全体继承人协商确定份额，协商一致后办理公证，签约时以公证份额为准。",
        rejoinder="愿意坐下来谈，但要有人作见证。", voice=w.said["baima", 0])
    ask(w, talk, table, "伏大姐", "外嫁女有没有份？", "lawyer", "外嫁不影响继承权。村民资格与房屋继承是两回事，应当分开处理。", voice=w.said["baima", 1])
    for party, position, agreement in (
            ("长子一户", "主张占二分之一，因长期赡养老人并出资翻修正房。", "同意占百分之四十，翻修费用在补偿款中先行列支。"),
            ("次子一户", "主张三家均分。", "同意占百分之三十，保留东厢房优先选房权。"),
            ("长女一户", "主张享有继承份额，不要求居住。", "同意占百分之三十，以货币方式取得。")):
        stand = sessions.take_position(talk, party=party, position=position, by=by, at=w.tick())
        sessions.settle(talk, position=stand, agreed=True, agreement=agreement, by=by, at=w.tick())


SEATS = (
    member("lawyer", Duty.CHAIR), member("member"), cadre("cadre"), clerk("clerk_justice", "justice"),
    clerk("clerk_plan", "planning"), clerk("clerk", "housing"), expert(), resident("伏老大", "当事人", Duty.PARTY),
    resident("伏老二", "当事人", Duty.PARTY), resident("伏大姐", "当事人", Duty.PARTY))
SESSION = Session(
    "白马坡西巷老宅份额调解商量会（不公开）", "白马坡街道政协委员联络室", SEATS, record,
    minutes="会议由区政协委员、律师程正言主持，不公开进行。三方当事人分别陈述主张，区司法局、区自然资源和规划分局就继承、"
            "登记政策作了说明。经调解，三方就老宅份额达成一致，并同意办理公证。会议同时梳理了证载面积不符、证件遗失两类共性问题。",
    consensus="一、三方同意老宅份额按百分之四十、三十、三十确定，十五日内到公证处办理公证。\n二、签约以公证份额为准，签约前不再就份额另行主张。",
    dissent="关于实测超出证载面积部分，当事人要求全部计入；区自然资源和规划分局认为须以历史影像和底册核定。",
    open_points="证件遗失且底册缺页的宅基地，认定办法尚待明确。", form=Form.MICRO, venue_kind=Venue.STUDIO, visits=4,
    materials="老宅测绘图、继承关系说明、相关法律条文摘编（材料会后收回）。")

ADVICE = (
    Advice("关于在签约现场设立公益法律服务岗的建议", "共有老宅份额、继承纠纷多，群众缺少就近的法律咨询和调解渠道。",
           "一、由区司法局统筹，在签约办公室设立公益法律服务岗，每周三、周六有律师和人民调解员值守。\n"
           "二、对达成份额协议的家庭开通公证绿色通道，五个工作日内出证。\n三、签约奖励期按公证受理之日认定。",
           "justice", ("housing",), "人民调解法、公共法律服务相关规定"),
    Advice("关于宅基地证载面积不符和证件遗失认定办法的建议", "证载面积与实测不一致、证件遗失且底册缺页的情况较多，认定口径不统一。",
           "一、以历史影像、底册、四邻证明相互印证，制定统一认定办法。\n二、认定结果公示七日，设置复核渠道。", "planning", ("housing",),
           "农村宅基地登记相关规定"))
PAPER = Paper(
    "关于化解白马坡片区老宅产权纠纷的建议",
    "区政协就白马坡片区老宅产权纠纷，由具有法律专长的委员牵头，会前入户 4 次，在街道政协委员联络室开展不公开商量。"
    "三方当事人就一处老宅份额达成一致，并办理公证。",
    "一、共有老宅份额不清、继承关系复杂，签约前缺少法律服务。\n二、证载面积与实测不符、证件遗失的认定口径不统一，同类情况处理不一。",
    "对实测超出证载面积部分是否计入，当事人与部门意见不一致，建议制定统一办法后按办法核定。")
REPLY = ("一、已在白马坡签约办公室设立公益法律服务岗，每周三、周六由律师、人民调解员值守。\n"
         "二、与公证处建立绿色通道，份额协议公证平均 4.5 个工作日办结，已办 11 件。\n三、签约奖励期按公证受理之日认定，已书面告知征收部门。")
MARKS = (("satisfied", "satisfied", "有律师在场，话说得开了。"), ("satisfied", "basically", ""),
         ("basically", "dissatisfied", "值守的时间都是白天，上班的人赶不上；公证还要自己跑一趟区里。"), None,
         ("satisfied", "satisfied", ""), ("basically", "basically", ""))


def story(w: World) -> Story:
    topic = yield from announce(w, QUESTION, 174, 147)
    meeting = yield from meet(w, topic, SESSION, 147)
    advice = yield from advise(w, meeting, ADVICE, 139, ("lawyer", "member"))
    paper = yield from brief(w, topic, advice, PAPER, 134)
    law, land = yield from instruct(w, paper, 127, "把法律服务送到签约现场，把老百姓的家务事当大事办。请区司法局、区自然资源和规划分局分别牵头研究落实。")
    topics.add_milestone(topic, name="公益法律服务岗设立", due_on=w.day(90), by=w.who("office"), at=w.tick())
    yield from assign(w, law, 125, "justice", ("housing",))
    yield from assign(w, land, 124, "planning", ("housing",))
    yield from waiting(w, land)
    yield from tell(w, law, 95, "justice", "法律服务岗已挂牌，首月接待咨询 63 人次，调解 9 件。")
    reach(w, w.topics["homestead"])
    yield from opine(w, law, 90, "housing", "同意按公证受理之日认定奖励期。")
    yield TASKS, 80
    tasks.resume_clock(land, by=w.who("supervision"), at=w.at)
    yield from reply(w, law, 72, "justice", REPLY, co=("housing",), approve=66)
    yield from again(w, land, law)


def waiting(w: World, land: Any) -> Story:
    """The second task waits for old aerial photographs: the clock stands still, more time is granted, and still it is late."""
    yield TASKS, 110
    tasks.stop_clock(land, ground="higher", reason="等待省级历史影像档案调取结果", by=w.who("supervision"), at=w.at)


def again(w: World, land: Any, law: Any) -> Story:
    """The look-back, the ratings, and the second handling."""
    made = yield from look(w, law, 52, "lawyer", "白马坡签约办公室", (
        (FindingKind.CARRIED_OUT, "法律服务岗按时值守，台账记录完整。", "table"),
        (FindingKind.PARTLY, "公证绿色通道已开通，但申请仍需到区公证处窗口，巷内老人往返不便。", "lane")),
        "法律服务岗发挥作用，公证办理地点有待下沉。", voices=(
            (VoiceVerdict.PARTLY, "一位居民说：岗是设了，公证还得坐车到区里。"), (VoiceVerdict.PARTLY, "值守兑现了，就近公证没有兑现。"),
            (VoiceVerdict.KEPT, "法律服务岗、绿色通道均已设立。")))
    followups.lower(made, reply=law.replies.get(round=law.round), outcome="B", promise_on=w.day(12), by=w.who("office"), at=w.tick(),
                    reason="答复称公证绿色通道已经开通，现场看群众仍须到区公证处窗口办理，就近公证尚在办理之中。")
    followups.meet_difficulty(made, text="公证员编制不足，难以每周到片区驻点办理。", by=w.who("office"), at=w.tick())
    yield TASKS, 45
    until = min(w.day(6), _workday_before(clock.longest(land)))
    tasks.ask_extension(land, asked_until=until, reason="底册缺页涉及三个年份，正在逐页比对。", progress="已核对 214 户，剩余 37 户。",
                        by=w.who("clerk_plan"), at=w.at)
    yield TASKS, 44
    land.refresh_from_db()
    tasks.grant_extension(land, granted_until=until, decision="同意延期一次，请按周报进展。",
                          by=w.who("supervision"), at=w.at)
    yield from invite(w, law, 40, "您反映的老宅纠纷问题已有结果：签约现场设立公益法律服务岗，公证开通绿色通道。请您对办理工作和结果作出评价。")
    yield from rate(w, law, 38, 26, MARKS, {"lawyer": ("satisfied", "satisfied", ""), "member": ("satisfied", "basically", "建议延长到晚间。")})
    yield LOOK_BACKS, 22
    bulletin = followups.draft_bulletin(task=law, title="白马坡片区公益法律服务岗运行情况通报", by=w.who("office"), at=w.at,
                                        text="法律服务岗设立以来接待咨询 187 人次，调解成功 26 件，公证 11 件。群众反映的晚间值守、就近公证问题正在研究。")
    yield LOOK_BACKS, 20
    followups.issue_bulletin(bulletin, by=w.who("chair"), at=w.at)
    yield EVALUATIONS, 10
    evaluations.rehandle(law, note="有评价人不满意：值守时间与群众作息不合，公证仍需到区里办理。请增加晚间值守，研究就近公证。",
                         by=w.who("office"), at=w.at)
    yield from tell(w, law, 4, "justice", "已安排每周二、周四晚间值守，正与公证处商定每月两次到片区集中办理。")
    yield from tell(w, land, 2, "planning", "剩余 37 户已核对 29 户，认定办法征求意见稿已形成。")
    yield REPLIES, 1
    tasks.draft_reply(law, outcome="A", contact="公调和，办公电话见区政府网站", by=w.who("clerk_justice"), at=w.at,
                      answers=["已增加每周二、周四 18:00 至 20:30 晚间值守。",
                               "与公证处商定每月两次到片区集中办理，首次安排在下月上旬。", "签约奖励期仍按公证受理之日认定，晚间受理的同样计入。"])


def _workday_before(day: date) -> date:
    return day if calendar.is_workday(day) else calendar.add_workdays(day, -1)
