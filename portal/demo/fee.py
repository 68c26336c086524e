"""东舍坊: a policy question, the temporary-housing fee, carried the whole way to a published case."""

from typing import Any

from consult.briefings import actions as briefings
from consult.briefings.states import Part
from consult.consultations import actions as sessions
from consult.consultations.states import Duty, Form, Presence, Venue
from consult.evaluations import actions as evaluations
from consult.evaluations.states import VoterGroup
from consult.followups import actions as followups
from consult.followups.states import FindingKind, LookBackKind
from consult.opinions import actions as opinions
from consult.renewal.states import Stage
from consult.showcases import actions as cases
from consult.topics import actions as topics
from consult.topics.models import Topic
from consult.topics.states import Kind, Priority
from portal.demo.papers import Paper, assign, brief, instruct, invite, look, opine, rate, reply, talk, tell
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
    reach,
    resident,
)
from portal.demo.world import CASES, CONSULTATIONS, EVALUATIONS, LOOK_BACKS, REPLIES, Story, World

QUESTION = Question(
    "fee", "dongshe", Kind.POLICY, Stage.BUILDING, "东舍坊片区逾期过渡费发放问题",
    "东舍坊片区协议过渡期满后，逾期过渡费按什么标准、由谁审批、在每季度哪一天发到户。",
    "片区 1437 户在外过渡，协议过渡期已陆续届满，安置房尚未交付，群众对标准、时间、变更手续反映集中。",
    "意见集中，涉及群众租房支出，安置房交付前问题持续存在。", Priority.HIGH)

SEATS = (
    member("member", Duty.CHAIR), member("lawyer"), member("doctor", presence=Presence.LEAVE), cadre("cadre2"),
    head("鲁安居", "housing", "区住房和城乡建设局局长"), clerk("clerk", "housing"), clerk("clerk_finance", "finance"), expert(),
    resident("常桂香"), resident("吕守信"), resident("范立冬"))


def record(w: World, talk_: Any, table: Any) -> None:
    say = [w.said["dongshe", n] for n in (0, 1, 6, 4)]
    ask(w, talk_, table, "常桂香", "过渡费三个月没有发，什么时候补齐？", "鲁安居",
        "拖欠系季度资金计划衔接不及时所致。已与财政部门对接，本月底前补发到位，今后资金提前一个季度列入计划。",
        rejoinder="请把补发的日期贴到社区。", cleared="cleared", voice=say[0])
    ask(w, talk_, table, "吕守信", "协议写明逾期加倍，为什么还按原标准发？", "鲁安居",
        "按协议约定，过渡期满次月起应按两倍计发，需区政府审定资金方案。方案已起草，审定后自期满次月起追溯计算。",
        rejoinder="要有一个确定的日子，不能总说在走流程。", cleared="cleared", voice=say[1])
    ask(w, talk_, table, "member", "能否固定每季度的发放日期？", "clerk_finance",
        "可以。建议固定为每季度首月 10 日前，遇节假日提前。", cleared="cleared", voice=say[2])
    ask(w, talk_, table, "范立冬", "老人过世后变更领取人要跑四个地方，能不能一次办完？", "clerk",
        "涉及银行、公证、街道、征收中心，需会商后书面答复。", later=145, cleared="not_cleared", voice=say[3])


SESSION = Session(
    "东舍坊片区逾期过渡费圆桌商量", "东舍坊社区居民议事厅", SEATS, record,
    minutes="会议由区政协委员苏知民主持。区住房和城乡建设局通报了过渡费发放情况，区财政局说明了资金安排。"
            "群众代表就拖欠补发、逾期加倍、固定发放日、领取人变更四个问题逐一提问，部门当场答复三个、带回一个。"
            "与会人员一致认为，应当按协议约定执行逾期加倍标准，并把发放日期固定下来、公开出去。",
    consensus="一、拖欠的过渡费于当月底前补发到位。\n二、自过渡期满次月起按协议约定的两倍标准计发，追溯计算。\n三、发放日期固定为每季度首月 10 日前，并在社区公示。",
    dissent="部分群众代表提出，过渡费基准（每平方米每月 12 元）应随市场租金调整；区财政局认为基准已在协议中约定，调整缺乏依据。",
    open_points="领取人变更手续“一次办”涉及四个单位，由区住房和城乡建设局会商后答复。",
    form=Form.ROUND_TABLE, venue_kind=Venue.COMMUNITY_ROOM, visits=3, is_open=True,
    materials="东舍坊片区补偿安置协议范本（过渡条款节选）、近四个季度发放情况表、群众意见梳理表。")

ADVICE = (Advice(
    "关于规范东舍坊片区逾期过渡费发放的建议",
    "协议过渡期满后仍按原标准发放，发放时间不固定，领取人变更手续繁琐，群众租房支出压力大。",
    "一、按协议约定，自过渡期满次月起按两倍标准计发逾期过渡费，差额追溯补发。\n"
    "二、发放日期固定为每季度首月 10 日前，资金提前一个季度列入计划，逐季在社区公示。\n"
    "三、领取人变更实行社区受理、部门内部流转，十个工作日内办结。",
    "housing", ("finance",), "项目补偿安置方案第五条（演示数据）"),)

PAPER = Paper(
    "关于规范东舍坊片区逾期过渡费发放的建议",
    "区政协围绕东舍坊片区逾期过渡费发放问题，会前走访 3 次、开展问卷调查，在东舍坊社区居民议事厅召开圆桌商量会。"
    "政协委员、街道干部、部门负责人、专家和群众代表共同参加，提问 4 个，当场答复 3 个、带回答复 1 个。",
    "一、标准执行不到位。协议约定逾期加倍，期满后仍按原标准发放。\n"
    "二、发放时间不固定。近四个季度到账日期相差最长 71 天，群众向房东难以交代。\n"
    "三、变更手续繁琐。领取人变更需跑银行、公证、街道、征收中心四处。",
    "部分群众代表提出基准应随市场租金调整，区财政局认为基准已由协议约定，双方未形成一致，建议在后续项目制定方案时一并研究。",
    remarks=((Part.PROBLEMS, "“最长 71 天”请注明依据。", "依据为近四个季度发放情况表，已核对。"),
             (Part.DISSENT, "区财政局的理由请写明。", "已补写：基准已由协议约定。")))

REPLY = ("一、关于逾期加倍。区政府已审定资金方案，自过渡期满次月起按每平方米每月 24 元计发，差额已追溯补发 968 户。\n"
         "二、关于固定发放日。自三季度起，每季度首月 10 日前发放，遇节假日提前；发放情况在社区公示栏和本平台公开。\n"
         "三、关于变更手续。实行社区受理、内部流转、十个工作日办结，已办结 23 户。")

MARKS = (("satisfied", "satisfied", "补发的钱到了，公示栏也贴了。"), ("satisfied", "basically", "标准改了，基准还是低了一点。"),
         ("basically", "basically", ""), None, ("satisfied", "satisfied", "变更手续在社区一次就办完了。"),
         ("basically", "satisfied", ""), None, ("satisfied", "satisfied", ""), ("satisfied", "satisfied", ""),
         ("basically", "basically", "希望短信提醒也跟上。"))
MEMBERS = {"member": ("satisfied", "satisfied", "部门负责人当面答复，说到做到。"), "lawyer": ("satisfied", "satisfied", "")}


def story(w: World) -> Story:
    topic = yield from announce(w, QUESTION, 184, 157)
    meeting = yield from meet(w, topic, SESSION, 157)
    advice = yield from advise(w, meeting, ADVICE, 149, ("member", "lawyer"))
    paper = yield from brief(w, topic, advice, PAPER, 145)
    yield CONSULTATIONS, 141
    promised = meeting.statements.filter(on_the_spot=False).get()
    sessions.reply_later(meeting, statement=promised, by=w.who("clerk"), at=w.at,
                         answer="经会商，自即日起由社区一窗受理、部门内部流转，十个工作日内办结，群众只需提交一次材料。")
    (task,) = yield from instruct(w, paper, 138, "协议怎么约定就怎么执行。请区住建局牵头，一个季度内把欠发的补上、日期定死、手续办简。")
    topics.add_milestone(topic, name="补发到位", due_on=w.day(95), by=w.who("office"), at=w.tick())
    yield from handled(w, task)
    yield from ended(w, topic, meeting, paper, task)


def handled(w: World, task: Any) -> Story:
    yield from assign(w, task, 135, "housing", ("finance",), key=True)
    yield from talk(w, task, 126, "housing", "苏知民委员、群众代表三人", "逐户核对欠发清单；固定发放日；变更手续由社区统一受理。")
    yield from opine(w, task, 122, "finance", "同意按协议约定列支，资金自三季度起提前一个季度下达。")
    yield from tell(w, task, 115, "housing", "资金方案已报区政府常务会议审定，首批 412 户差额补发到位。")
    yield from reply(w, task, 98, "housing", REPLY, co=("finance",), approve=94)
    yield REPLIES, 91
    reach(w, w.topics["fee"])
    briefings.close(task.instruction.__class__.objects.get(pk=task.instruction_id), by=w.who("leader"), at=w.at)
    made = yield from look(w, task, 84, "member", "东舍坊社区", (
        (FindingKind.CARRIED_OUT, "随机走访 12 户，11 户已按新标准到账，1 户因银行卡停用正在更换。", "lane"),
        (FindingKind.CARRIED_OUT, "社区公示栏张贴了三季度发放表和四季度发放日期。", ""),
        (FindingKind.PARTLY, "短信提醒尚未覆盖老年群众，网格员采取电话告知。", "table")),
        "逾期过渡费已按两倍标准发放，发放日期固定并公示，变更手续在社区一次办结。短信提醒需继续完善。")
    difficulty = followups.meet_difficulty(made, text="部分老年群众银行卡长期停用，补发资金退回，需上门协助换卡。", by=w.who("office"), at=w.tick())
    yield LOOK_BACKS, 76
    followups.escalate(difficulty, to="区委区政府督查室", by=w.who("office"), at=w.at)
    yield LOOK_BACKS, 74
    followups.solve(difficulty, solution="街道会同银行网点上门集中办理，37 户全部换卡到账。", by=w.who("supervision"), at=w.at)
    yield from look(w, task, 73, "lawyer", "东舍坊社区居民议事厅", (
        (FindingKind.CARRIED_OUT, "座谈的九名群众代表均表示已按新标准领取，对固定发放日表示认可。", "table"),),
        "座谈问询情况与走访一致。", kind=LookBackKind.SYMPOSIUM)


def ended(w: World, topic: Any, meeting: Any, paper: Any, task: Any) -> Story:
    yield from invite(w, task, 65, "您反映的过渡费问题已有结果：自过渡期满次月起按两倍标准计发，差额已补发；每季度首月 10 日前发放；变更手续在社区一次办结。请您对办理工作和结果作出评价。")
    yield from rate(w, task, 63, 52, MARKS, MEMBERS)
    yield EVALUATIONS, 48
    evaluations.conclude(task, note="15 个工作日评价期满，已评价者均满意或基本满意。", by=w.who("office"), at=w.at)
    briefings.archive(paper.__class__.objects.get(pk=paper.pk), by=w.who("office"), at=w.tick())
    sessions.archive(meeting, by=w.who("office"), at=w.tick())
    appraisal = evaluations.open_appraisal(
        task, title="东舍坊过渡费建议办理工作民主评议", by=w.who("office"), at=w.tick(), voters=[
            *((w.who(name), VoterGroup.MEMBERS) for name in ("member", "lawyer", "planner", "teacher", "doctor")),
            (w.who("expert"), VoterGroup.EXPERTS)])
    for n, name in enumerate(("member", "lawyer", "planner", "teacher", "doctor", "expert")):
        yield EVALUATIONS, 46 - n
        evaluations.cast(appraisal, by=w.who(name), at=w.at, **{
            aspect: w.rng.randint(82, 98) for aspect in ("organisation", "mechanism", "talks", "effect", "reply")})
    yield EVALUATIONS, 40
    evaluations.close_appraisal(appraisal, by=w.who("office"), at=w.at)
    for voice in topic.voices.select_related("opinion").order_by("id")[:3]:
        opinions.archive(voice.opinion, by=w.who("office"), at=w.tick(1, 2))
    yield CASES, 39
    case = cases.write(topic=Topic.objects.get(pk=topic.pk), title="过渡费，从“等通知”到“有准日子”", told_on=w.day(48), by=w.who("office"), at=w.at,
                       asked="东舍坊片区过渡期满，安置房还没有交付。过渡费按不按协议加倍、哪天发、老人过世后怎么变更，群众问了很多次。",
                       talked="区政协把部门负责人、街道干部、专家和群众代表请到社区议事厅，四个问题一个一个问、一个一个答，三个当场答复，一个限期带回。",
                       outcome="差额补发 968 户，发放日固定为每季度首月 10 日前，变更手续在社区一次办结。委员两次“回头看”，群众作出评价。")
    yield CASES, 37
    cases.publish(case, by=w.who("chair"), at=w.at)
