"""南圩: a planning question, school and clinic; its tasks stand everywhere between assigned and answered."""

from typing import Any

from consult.consultations import actions as sessions
from consult.consultations.states import Duty, Form, Venue
from consult.followups import actions as followups
from consult.followups.states import FindingKind, VoiceVerdict
from consult.renewal.states import Stage
from consult.tasks import actions as tasks
from consult.topics import actions as topics
from consult.topics.states import Kind, Priority
from portal.demo.papers import VOICES, Paper, assign, brief, instruct, look, opine, reply, talk, tell
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
    head,
    meet,
    member,
    resident,
)
from portal.demo.world import CONSULTATIONS, LOOK_BACKS, TASKS, Story, World

QUESTION = Question(
    "school", "nanwei", Kind.PLANNING, Stage.PLAN, "南圩片区学校和卫生服务配套规划",
    "南圩片区回迁 2106 户，小学、幼儿园、卫生服务站的规模、位置和建设时序如何在规划方案中确定。",
    "规划公示后，群众对小学选址调整、学位测算、幼儿园缺项、卫生服务站面积缩减反映集中，并提出过渡期就学就医安排。",
    "规划方案即将报批，错过窗口期难以调整。", Priority.HIGH)
VERSION = "南圩片区控规方案 V2.1"
DEMANDS: tuple[tuple[str, str, int | None, str, str], ...] = (
    ("褚红梅", "小学用地恢复到原规划位置，规模不少于 36 班。", 0, "adopted", "经重新测算学龄人口，恢复原址，按 36 班控制。"),
    ("褚红梅", "规划中增加一所幼儿园。", 2, "adopted", "新增 12 班幼儿园一所，与一期安置房同步建设。"),
    ("戚老伯", "卫生服务站面积恢复到 300 平方米，设妇幼和接种用房。", 6, "adopted", "恢复 300 平方米，预留接种室和妇幼保健室。"),
    ("戚老伯", "日间照料、老年食堂与卫生站相邻。", 7, "partly", "日间照料中心与卫生站同栋设置；老年食堂受消防条件限制，改设在相邻楼栋底层。"),
    ("怀小军", "学校与安置房同步交付。", 3, "partly", "幼儿园同步交付；小学因用地手续，力争晚于安置房不超过一个学期。"),
    ("怀小军", "初中单独设置，不与邻片区合建。", 17, "not_adopted", "片区学龄人口达不到单设初中规模，维持合建，增设过铁路人行天桥。"))


def record(w: World, talk_: Any, table: Any) -> None:
    by = w.who("office")
    ask(w, talk_, table, "怀小军", "三百个学位是怎么算出来的？", "clerk_edu",
        "原按户均 0.14 个学位测算，未计入租住随迁子女。现按户籍和常住人口重新测算，为 1580 个。", rejoinder="请把测算表贴出来。")
    ask(w, talk_, table, "planner", "过渡期一年级新生到哪里报名？", "clerk_edu", "带回研究，于招生前公布。", later=70)
    for who, text, voice, verdict, reason in DEMANDS:
        wish = sessions.demand(talk_, raised_by=table[who], text=text, by=by, at=w.tick(),
                               opinion=None if voice is None else w.said["nanwei", voice])
        sessions.decide(talk_, demand=wish, verdict=verdict, reason=reason, plan_version="V2.2" if verdict != "not_adopted" else "V2.1",
                        by=by, at=w.tick(1, 3))


SEATS = (
    member("planner", Duty.CHAIR), member("teacher"), member("doctor"), cadre("cadre3"), clerk("clerk_plan", "planning"),
    clerk("clerk_edu", "education"), clerk("clerk_health", "health"), head("计图南", "planning", "区自然资源和规划分局局长"), expert(),
    resident("褚红梅"), resident("戚老伯"), resident("怀小军"))
SESSION = Session(
    "南圩片区学校和卫生配套规划现场商量", "南圩村村民中心", SEATS, record,
    minutes="会议由区政协委员林绘远主持，在南圩村村民中心现场举行，会前与会人员步行察看了小学选址和上学路线。"
            "会议对照控规方案 V2.1，逐项讨论群众提出的六项诉求：采纳三项、部分采纳两项、未采纳一项，均说明理由并对应方案版本。",
    consensus="一、小学恢复原址，按 36 班控制；新增 12 班幼儿园。\n二、卫生服务站恢复 300 平方米，设接种和妇幼用房。\n三、方案修改后重新公示，公示期不少于三十日。",
    dissent="群众代表主张初中单独设置；区教育局、区自然资源和规划分局认为规模不足，维持与邻片区合建。",
    open_points="过渡期一年级新生就学安排，由区教育局于招生前公布。", form=Form.ON_SITE, venue_kind=Venue.YARD, visits=3, is_open=True,
    materials="控规方案 V2.1 图则、学位测算表、公共服务设施一览表。", plan_version=VERSION)
ADVICE = (
    Advice("关于南圩片区小学与安置房同步建设的建议", "小学用地手续滞后，群众担心房子住进去、学校没开工。",
           "一、将小学列入安置房同批供地、同批开工计划。\n二、由区教育局会同区财政局落实建设资金，每季度公布进度。", "planning", ("education", "finance"),
           "居住区配套教育设施建设相关规定"),
    Advice("关于恢复南圩片区卫生服务站规模的建议", "卫生服务站面积由 300 平方米减为 120 平方米，难以满足接种、妇幼服务需要。",
           "恢复 300 平方米，设接种室、妇幼保健室，与日间照料中心同栋布置。", "health", ("planning",), "社区卫生服务站建设标准"),
    Advice("关于设立南圩片区过渡期临时卫生服务点的建议", "村卫生室拆除后，老年群众量血压、取药需乘车四站。",
           "在周转片区设立临时卫生服务点，每周不少于五天开诊，配备常用药。", "health"),
    Advice("关于南圩片区配建幼儿园的建议", "规划方案未配建幼儿园，回迁后适龄幼儿约 460 名。", "按 12 班规模配建公办幼儿园，与一期安置房同步设计、同步建设、同步交付。",
           "education", ("planning",), "城镇小区配套幼儿园相关规定"),
    Advice("关于规划方案修改后重新公示的建议", "上次公示仅七日且在春节前，外出务工群众未能知情。", "方案修改后重新公示，公示期不少于三十日，并召开一次宣讲会。", "planning"))
PAPER = Paper(
    "关于完善南圩片区学校和卫生服务配套规划的建议",
    "区政协围绕南圩片区学校和卫生配套规划开展现场商量，会前问卷调查、步行察看上学路线，"
    "政协委员、街道干部、三个部门、专家和群众代表共同参加，逐项讨论六项诉求：采纳三项、部分采纳两项、未采纳一项。",
    "一、学位测算口径偏窄，小学选址调整未充分征求意见。\n二、幼儿园缺项，卫生服务站面积缩减。\n三、过渡期就学就医安排不明确，公示时间短。",
    "初中是否单独设置，群众代表与部门意见不一致；会议建议维持合建，同时增设过铁路人行天桥。")


def story(w: World) -> Story:
    topic = yield from announce(w, QUESTION, 104, 80)
    meeting = yield from meet(w, topic, SESSION, 80)
    advice = yield from advise(w, meeting, ADVICE, 73, ("planner", "teacher", "doctor"))
    paper = yield from brief(w, topic, advice, PAPER, 68)
    yield CONSULTATIONS, 62
    sessions.reply_later(meeting, statement=meeting.statements.get(on_the_spot=False), by=w.who("clerk_edu"), at=w.at,
                         answer="过渡期新生由区教育局统筹安排到就近两所小学就读，凭征收协议报名，招生时间另行公布。")
    school, clinic, interim, nursery, notice = yield from instruct(
        w, paper, 61, "学校、卫生配套要和安置房同步，不能让群众搬得回来、上不了学。请施政行同志牵头，有关部门逐条研究落实。")
    topics.add_milestone(topic, name="修改后的规划方案重新公示", due_on=w.day(-30), by=w.who("office"), at=w.tick())
    yield from assign(w, school, 58, "planning", ("education", "finance"), key=True)
    yield from assign(w, clinic, 57, "health", ("planning",))
    yield from assign(w, interim, 57, "health")
    yield from assign(w, nursery, 56, "education", ("planning",))
    yield from handled(w, school, clinic, interim, nursery, notice)


def handled(w: World, school: Any, clinic: Any, interim: Any, nursery: Any, notice: Any) -> Story:
    yield from talk(w, school, 44, "planning", "林绘远、苗育新委员，群众代表两人", "小学与一期安置房同批供地；每季度公布进度。", "南圩街道政协委员联络室")
    yield from opine(w, school, 40, "education", "同意同步建设，按 36 班申报年度计划。")
    yield from opine(w, clinic, 38, "planning", "同意恢复 300 平方米，已在 V2.2 方案中落位。")
    yield from reply(w, interim, 36, "health", "临时卫生服务点选址已定，在南圩周转区 3 号楼底层，首批药品目录 86 种，年内开诊，每周开诊五天。",
                     outcome="B", promise=-25, approve=32)
    made = yield from look(w, interim, 10, "doctor", "南圩周转区 3 号楼", (
        (FindingKind.PARTLY, "场地已改造完成，诊桌、药柜到位，护士尚未到岗。", "clinic"),
        (FindingKind.CARRIED_OUT, "门口张贴了开诊时间和药品目录。", "")), "场地就绪，人员待到位，预计可按承诺日期开诊。", to="visit", voices=(
            (VoiceVerdict.PARTLY, "一位居民说：房子弄好了，就等护士来。"), (VoiceVerdict.PARTLY, "场地兑现，人员没有到位。"), VOICES[2]))
    passed = followups.meet_difficulty(made, text="护士招聘需区级核增临时岗位，卫生部门无权自行增加。", by=w.who("doctor"), at=w.tick())
    yield LOOK_BACKS, 5
    followups.escalate(passed, to="区委区政府督查室、分管副区长", by=w.who("office"), at=w.at)
    yield from tell(w, school, 5, "planning", "小学用地已完成勘界，用地预审材料已上报。")
    yield from reply(w, clinic, 4, "health", "一、卫生服务站恢复 300 平方米，已纳入方案 V2.2。\n二、设接种室、妇幼保健室各一间，与日间照料中心同栋。\n三、设备购置列入明年预算。", co=("planning",))
    yield from reply(w, nursery, 2, "education", "按 12 班规模配建公办幼儿园，建设标准和交付时序已书面函告规划部门，与一期安置房同步设计。")
    yield TASKS, 2
    tasks.assign(notice, lead=w.body("planning"), by=w.who("supervision"), at=w.at)
    yield TASKS, 1
    tasks.ask_return(notice, reason="公示组织实施由项目征收部门负责，我局负责提供方案文本。", suggested=w.body("housing"),
                     by=w.who("clerk_plan"), at=w.at)
    yield TASKS, 1
    tasks.ask_extension(school, asked_until=w.day(-17), reason="用地预审需上级批复，预计下月下旬可取得。",
                        progress="勘界完成，预审材料已上报，资金来源已明确。", by=w.who("clerk_plan"), at=w.at)
    yield LOOK_BACKS, 1
    followups.draft_bulletin(task=school, title="南圩片区配套学校建设进展通报", by=w.who("office"), at=w.at,
                             text="小学用地勘界完成，预审材料已上报；幼儿园按 12 班配建，正在会签；临时卫生服务点场地就绪。")
