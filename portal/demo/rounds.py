"""Smaller matters that have gone round, or nearly: a market, evening visits, a bus stop, a leaking flat, an empty house."""

from typing import Any

from consult.briefings import actions as briefings
from consult.briefings.models import Instruction
from consult.briefings.states import InstructionKind
from consult.consultations import actions as sessions
from consult.consultations.states import Duty, Form, Venue
from consult.evaluations import actions as evaluations
from consult.evaluations.models import Rating
from consult.evaluations.states import VoterGroup
from consult.followups import actions as followups
from consult.followups.states import FindingKind
from consult.renewal.states import Stage
from consult.showcases import actions as cases
from consult.tasks import actions as tasks
from consult.topics.models import Topic
from consult.topics.states import Kind, Priority
from portal.demo.papers import Paper, assign, brief, correct, instruct, invite, look, rate, reply, talk, tell
from portal.demo.steps import (
    Advice,
    Question,
    Session,
    advise,
    announce,
    ask,
    cadre,
    clerk,
    head,
    meet,
    member,
    resident,
)
from portal.demo.world import CASES, EVALUATIONS, LOOK_BACKS, REPLIES, TASKS, Story, World

GOOD, FAIR = ("satisfied", "satisfied", ""), ("satisfied", "basically", "")


def _simple(title: str, venue: str, who: str, street: str, clerk_: str, body: str, question: str, answer: str,
            agreed: str, *people: str, kind: Venue = Venue.COMMUNITY_ROOM) -> Session:
    """A small session on the spot: one question, one answer, one result."""

    def record(w: World, talk_: Any, table: Any) -> None:
        ask(w, talk_, table, people[0], question, f"{clerk_}", answer, cleared="cleared")

    return Session(title, venue, (
        member(who, Duty.CHAIR), member("lawyer" if who != "lawyer" else "member"), cadre(street), clerk(clerk_, body),
        head(HEADS[body][0], body, HEADS[body][1]), *(resident(name) for name in people)), record,
        minutes=f"会议由区政协委员主持，在{venue}举行。群众代表提出：{question}部门答复：{answer}会议形成一致意见：{agreed}",
        consensus=agreed, form=Form.MICRO, venue_kind=kind, is_open=True)


HEADS = {"housing": ("鲁安居", "区住房和城乡建设局局长"), "planning": ("计图南", "区自然资源和规划分局局长"),
         "health": ("药百康", "区卫生健康局局长"), "finance": ("金有度", "区财政局局长"), "justice": ("衡公正", "区司法局局长"),
         "education": ("学而新", "区教育局局长")}


def market(w: World) -> Story:
    """Returned once, handled by another department, settled; its case is still being written."""
    q = Question("market", "dongshe", Kind.POLICY, Stage.BUILDING, "东舍坊临时便民市场过渡安置", "临时市场腾退后，四十余户摊贩到哪里经营、过渡多久。",
                 "临时市场承诺期两年，提前通知腾退，未说明去处。", "涉及四十余户生计和周边早餐供应。")
    topic = yield from announce(w, q, 199, 178)
    s = _simple("东舍坊临时便民市场微商量", "东舍坊市场管理用房", "member", "cadre2", "clerk", "housing", "下个月腾退，我们四十多户搬到哪里去？",
                "已选定安置地块东侧闲置场地，先建后搬。", "新点建成前不腾退，水电由街道接通，过渡期不少于十八个月。", "鲍长顺", "葛早红")
    meeting = yield from meet(w, topic, s, 178)
    advice = yield from advise(w, meeting, (Advice(
        "关于东舍坊临时便民市场先建后搬的建议", "临时市场提前腾退，摊贩没有去处，群众买早餐不便。",
        "新点建成、水电接通后再腾退，过渡期不少于十八个月，摊位费不高于原标准。", "planning"),), 170, ("member",))
    paper = yield from brief(w, topic, advice, Paper("关于东舍坊临时便民市场先建后搬的建议", "区政协在东舍坊市场开展微商量，听取摊贩和周边居民意见。",
                                                     "腾退时间早于承诺，去处没有落实。"), 166)
    (task,) = yield from instruct(w, paper, 159, "先建后搬，不能让摊贩断了生计。请研究办理。", leader="mayor", kind=InstructionKind.STUDY)
    yield from assign(w, task, 157, "planning", sign=False)
    yield TASKS, 156
    tasks.ask_return(task, reason="便民市场的建设和管理不属我局职责，建议由住建部门办理。", suggested=w.body("housing"), by=w.who("clerk_plan"), at=w.at)
    yield TASKS, 155
    tasks.grant_return(task, to=w.body("housing"), decision="情况属实，改由区住建局办理。", by=w.who("supervision"), at=w.at)
    yield TASKS, 154
    tasks.sign_for(task, by=w.who("clerk"), at=w.at)
    yield from reply(w, task, 128, "housing", "新市场已建成，设摊位 46 个，水电接通，摊位费不变，原摊贩全部进场。", approve=124)
    yield from read_back(w, task, 122, "mayor")
    yield from look(w, task, 118, "member", "东舍坊便民市场", ((FindingKind.CARRIED_OUT, "46 个摊位全部开业，雨棚、排水完好。", "market"),), "摊贩全部迁入新点，经营正常。",
                    earlier=("旧市场棚顶漏雨，过道积水，早市占道经营。", "market", 150))
    yield from invite(w, task, 110, "您反映的临时市场问题已有结果：新点建成后搬迁，46 户全部进场。请您评价。")
    yield from rate(w, task, 108, 98, (GOOD,), {"member": GOOD})
    yield EVALUATIONS, 92
    evaluations.conclude(task, note="", by=w.who("office"), at=w.at)
    yield from market_again(w, task)
    yield CASES, 2
    cases.write(topic=Topic.objects.get(pk=topic.pk), title="先建后搬，四十六个摊位有了家", told_on=w.day(92), by=w.who("office2"), at=w.at,
                asked="临时市场要提前腾退，摊贩不知道搬到哪里。", talked="区政协在市场里开微商量，摊贩、部门、街道面对面。",
                outcome="新点建成后再搬迁，四十六个摊位全部开业。")


def market_again(w: World, task: Any) -> Story:
    """Half a year on somebody goes once more: one visit given up, the next a few days ahead."""
    made = yield from look(w, task, 18, "doctor", "东舍坊便民市场", (), "", to="plan")
    yield LOOK_BACKS, 15
    followups.cancel(made, note="与委员集中视察时间冲突，改期进行。", by=w.who("office"), at=w.at)
    yield from look(w, task, 3, "member", "东舍坊便民市场", (), "", to="plan", days=7)


def evenings(w: World) -> Story:
    """A return refused, a case told and taken back to be mended."""
    q = Question("evenings", "baima", Kind.POLICY, Stage.DECISION, "白马坡片区入户签约工作时间规范", "签约工作组什么时间可以入户、入户前怎样告知。",
                 "群众反映晚间敲门影响老人休息。", "涉及老年群众生活安宁，规范后即可解决。", Priority.LOW, "society")
    topic = yield from announce(w, q, 189, 170)
    s = _simple("白马坡入户时间微商量", "白马坡街道办事处会议室", "lawyer", "cadre", "clerk", "housing", "晚上九点还来敲门，能不能白天来？",
                "今后晚七点后不入户，入户前一天电话预约。", "十九时后不入户，提前一天电话预约，两人以上持证入户。", "井安平")
    meeting = yield from meet(w, topic, s, 170)
    advice = yield from advise(w, meeting, (Advice(
        "关于规范入户签约工作时间的建议", "入户时间随意，影响群众休息。", "十九时后不入户，提前预约，持证入户，设监督电话。", "justice"),), 162, ("lawyer",))
    paper = yield from brief(w, topic, advice, Paper("关于规范入户签约工作时间的建议", "区政协就入户签约时间开展微商量。", "入户时间没有统一规定。"), 158)
    (task,) = yield from instruct(w, paper, 151, "群众的门要敲，更要会敲。请立即规范。", leader="mayor")
    yield from assign(w, task, 149, "housing", sign=False)
    yield TASKS, 148
    tasks.ask_return(task, reason="入户工作由街道具体组织。", suggested=w.body("justice"), by=w.who("clerk"), at=w.at)
    yield TASKS, 147
    tasks.refuse_return(task, decision="征收工作由你局统筹，仍请你局办理。", by=w.who("supervision"), at=w.at)
    yield TASKS, 146
    tasks.sign_for(task, by=w.who("clerk"), at=w.at)
    yield from reply(w, task, 135, "housing", "已印发入户工作规范：十九时后不入户，提前一天预约，持证入户，公布监督电话。", approve=132)
    yield from read_back(w, task, 130, "mayor")
    yield from look(w, task, 126, "lawyer", "白马坡北坡", ((FindingKind.CARRIED_OUT, "随访 9 户，均表示近期无夜间入户。", "lane"),), "规范得到执行。")
    yield from invite(w, task, 118, "您反映的夜间入户问题已规范：十九时后不入户，提前预约。请您评价。")
    yield from rate(w, task, 117, 108, (GOOD,), {"lawyer": GOOD, "member": FAIR})
    yield EVALUATIONS, 100
    evaluations.conclude(task, note="", by=w.who("office"), at=w.at)
    yield CASES, 88
    case = cases.write(topic=Topic.objects.get(pk=topic.pk), title="入户有了规矩", told_on=w.day(100), by=w.who("office"), at=w.at, asked="晚间敲门，老人害怕。",
                       talked="委员、工作组和住户坐在一起，把时间说定。", outcome="十九时后不入户，提前预约，持证上门。")
    yield CASES, 86
    cases.publish(case, by=w.who("chair"), at=w.at)
    yield CASES, 33
    cases.withdraw(case, note="配图需更换，更换后再发布。", by=w.who("office"), at=w.at)


def bus(w: World) -> Story:
    """A promise kept; the resident with an account and a member have still to rate."""
    q = Question("bus", "dongshe", Kind.PLANNING, Stage.BUILDING, "东舍坊周转房公交停靠", "周转房片区怎样在安置前增设公交停靠点。",
                 "周转片区离最近公交站步行约二十五分钟，老年群众就医不便。", "老年人口占比高，就医出行刚需。")
    topic = yield from announce(w, q, 145, 122)

    def record(w: World, talk_: Any, table: Any) -> None:
        by = w.who("office")
        wish = sessions.demand(talk_, raised_by=table["阚玉梅"], text="在周转房南门设公交停靠点。", opinion=w.said["dongshe", 18], by=by, at=w.tick())
        sessions.decide(talk_, demand=wish, verdict="adopted", reason="道路条件具备，可延伸既有线路一站。", plan_version="公交线网调整方案（一）", by=by, at=w.tick())

    s = Session("东舍坊周转房公交停靠现场商量", "东舍坊周转房南门", (
        member("member", Duty.CHAIR), member("planner"), cadre("cadre2"), clerk("clerk_plan", "planning"), resident("阚玉梅"), resident("岑木林")),
        record, minutes="会议在周转房南门现场举行，与会人员实地步行至最近公交站，耗时二十六分钟。会议同意延伸线路设站。",
        consensus="延伸既有线路一站，在周转房南门设停靠点，三个月内开通。", plan_version="公交线网调整方案（一）", is_open=True, venue_kind=Venue.YARD)
    meeting = yield from meet(w, topic, s, 122)
    advice = yield from advise(w, meeting, (Advice(
        "关于东舍坊周转房增设公交停靠点的建议", "周转房离公交站远，老年群众就医不便。", "延伸既有线路一站，在南门设停靠点和候车座椅。", "planning", ("housing",)),),
        114, ("member", "planner"))
    words = Paper("关于东舍坊周转房增设公交停靠点的建议", "区政协在周转房南门开展现场商量，实地步行至最近公交站。", "公交站距离过远，步行约十六分钟，老年群众就医不便。")
    wrong = yield from brief(w, topic, advice, words, 110)
    paper = yield from correct(w, wrong, words, 105, "步行时间记录有误，会议记录为二十六分钟。", problems="公交站距离过远，步行约二十六分钟，老年群众就医不便。")
    (task,) = yield from instruct(w, paper, 104, "民生小事不小。请协调公交公司尽快开通。", leader="mayor")
    yield from assign(w, task, 102, "planning", ("housing",))
    yield TASKS, 70
    tasks.ask_extension(task, asked_until=w.day(32), reason="站点杆件招标。", progress="线路走向已确定。", by=w.who("clerk_plan"), at=w.at)
    yield TASKS, 69
    tasks.refuse_extension(task, decision="线路已定，可先设临时站牌，请按期办结。", by=w.who("supervision"), at=w.at)
    yield from reply(w, task, 60, "planning", "线路延伸方案已批复，先设临时站牌，一个月内开通。", outcome="B", promise=35, co=("housing",), approve=56)
    yield from read_back(w, task, 54, "mayor", close=False)
    yield REPLIES, 36
    tasks.keep_promise(task, evidence="线路已于本月延伸开通，日均停靠 42 班。", by=w.who("clerk_plan"), at=w.at)
    yield from look(w, task, 24, "planner", "东舍坊周转房南门", (
        (FindingKind.CARRIED_OUT, "停靠点已启用，老人候车有座椅，步行两分钟。", "stop"),), "公交停靠点开通，群众认可。")
    yield from invite(w, task, 8, "您反映的公交问题已有结果：周转房南门已设停靠点，日均 42 班。请您评价办理工作和结果。")
    yield EVALUATIONS, 5
    mine = Rating.objects.get(task=task, round=task.round, member=w.member("planner"))
    evaluations.give(mine, work="satisfied", result="satisfied", comment="现场看过，确实方便了。", by=w.who("planner"), at=w.at)
    yield EVALUATIONS, 4
    evaluations.open_appraisal(task, title="东舍坊周转房公交停靠建议办理工作民主评议", by=w.who("office"), at=w.at, voters=[
        *((w.who(name), VoterGroup.MEMBERS) for name in ("member", "planner", "teacher", "doctor")), (w.who("resident"), VoterGroup.PUBLIC)])


def leak(w: World) -> Story:
    """Urgent: due within two days; the reply was sent back once."""
    q = Question("leak", "dongshe", Kind.POLICY, Stage.BUILDING, "东舍坊周转房漏雨和供暖保障", "周转房屋面漏雨、暖气不热在供暖季前由谁维修、何时修完。",
                 "群众反映周转房漏雨、冬季室温不达标。", "供暖季临近，涉及老人和幼儿过冬。", Priority.HIGH)
    topic = yield from announce(w, q, 54, 34)
    s = _simple("东舍坊周转房维修微商量", "东舍坊周转房物业用房", "doctor", "cadre2", "clerk", "housing", "屋面漏雨报修三次没人来，暖气也不热，哪天修好？",
                "屋面维修已列计划，供暖前完成试压。", "供暖前完成屋面维修和管网试压，逐户登记销号；允许改领过渡费。", "印长河", "桑秋莲")
    meeting = yield from meet(w, topic, s, 34)
    advice = yield from advise(w, meeting, (Advice(
        "关于供暖季前完成东舍坊周转房维修的建议", "周转房漏雨、供暖不热，报修无人应答。", "供暖前完成屋面维修和管网试压，逐户登记销号，公布报修电话。", "housing"),), 27, ("doctor",))
    paper = yield from brief(w, topic, advice, Paper("关于供暖季前完成东舍坊周转房维修的建议", "区政协在周转房开展微商量，入户查看 8 户。",
                                                     "屋面漏雨 31 户，室温不达标 19 户。"), 24)
    (task,) = yield from instruct(w, paper, 16, "天冷了，周转房的事一天也不能拖。请区住建局立即整改。")
    yield from assign(w, task, 13, "housing", urgent=True, key=True)
    yield from talk(w, task, 10, "housing", "祝康宁委员、群众代表两人", "先修屋面，再试压；逐户登记。")
    yield from tell(w, task, 8, "housing", "屋面维修已完成 22 户，管网试压完成两栋。")
    yield from reply(w, task, 5, "housing", "屋面维修基本完成，供暖已试压。")
    yield REPLIES, 3
    tasks.send_back(task, note="未说明剩余户数、完成日期和报修电话，请逐条回应后重报。", by=w.who("supervision"), at=w.at)


def vacant(w: World) -> Story:
    """Instructed: one task waits to be assigned, another was not assigned."""
    q = Question("vacant", "baima", Kind.POLICY, Stage.SIGNING, "白马坡腾空房屋安全管理", "已腾空未拆除房屋由谁看护、上学路怎样围挡。",
                 "腾空房屋夜间有人撬拆门窗钢筋，砖块掉落学生上学路。", "存在现实安全隐患。", Priority.HIGH)
    topic = yield from announce(w, q, 52, 28)
    s = _simple("白马坡腾空房屋安全微商量", "白马坡北坡巷口", "planner", "cadre", "clerk", "housing", "腾空的房子半夜有人撬，砖头掉到路上，谁来管？",
                "增设围挡和夜间巡查，上学路段优先。", "一周内完成上学路段围挡，安排夜间巡查。", "路小川", kind=Venue.YARD)
    meeting = yield from meet(w, topic, s, 28)
    advice = yield from advise(w, meeting, (
        Advice("关于加强腾空房屋看护的建议", "腾空房屋无人看护，撬拆频发。", "落实看护责任，夜间巡查，出入口设岗。", "housing"),
        Advice("关于上学路段设置围挡的建议", "砖块掉落危及学生。", "上学路段一周内完成硬质围挡和绕行标识。", "housing")), 21, ("planner",))
    paper = yield from brief(w, topic, advice, Paper("关于加强白马坡腾空房屋安全管理的建议", "区政协在北坡巷口开展微商量。", "看护责任不清，上学路段无围挡。"), 16)
    _guard, fence = yield from instruct(w, paper, 4, "安全无小事，请区住建局牵头落实。", leader="mayor")
    yield TASKS, 2
    tasks.drop(fence, reason="上学路段围挡已由街道于昨日完成，现场核实属实，不再交办。", by=w.who("supervision"), at=w.at)


def read_back(w: World, task: Any, back: int, leader: str, close: bool = True) -> Story:
    """The result has been reported; the leader reads it and closes the instruction."""
    yield REPLIES, back
    if close:
        briefings.close(Instruction.objects.get(pk=task.instruction_id), by=w.who(leader), at=w.at)
