"""One opinion, carried by clicks alone from a resident without an account to its evaluation, and told back."""

import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils.formats import date_format
from django.utils.translation import override
from playwright.sync_api import expect

from consult.briefings.models import Issue
from consult.consultations.models import Panelist
from consult.people.models import CommitteeMember, User
from consult.people.roles import Role
from consult.tasks.models import Task
from tests import make
from tests.browser.visitor import Visitor, zh
from tests.portal.browse import pdf_text

pytestmark = pytest.mark.browser

#: Who handed it in. No department may ever read either.
NAME, PHONE = "林晚照", "13905317788"
SAID = f"过渡费从去年九月起就没有到账，一家五口租房住，问了几次都没有说法。请说清楚什么时候发、按什么标准发。联系 {PHONE}"
TITLE = "过渡费按时足额发放"
FOCUS = "过渡费延期发放时，按什么标准、在哪一天补发到户。"
ADVICE = "由区住房城乡建设局在本月底前补发拖欠的过渡费，并从下月起于每月十日前发放，发放名册在社区公示栏公示。"
INSTRUCTED = "请区住房城乡建设局牵头办理，月底前将补发情况报我。"
ANSWER = "拖欠的过渡费已于本月二十日全部补发，今后每月十日前发放，名册在社区公示。"
FOUND = "抽查的住户均已收到补发的过渡费，公示栏有名册。"
SUMMARY = "过渡费已补发到户，名册已公示。"
DAY = str(make.TODAY)


def later(days: int) -> str:
    return str(make.TODAY + timedelta(days=days))


@pytest.mark.django_db(transaction=True)
def test_one_opinion_walks_the_whole_loop(visitor: Callable[..., Visitor], place: Any, cast: Any, tmp_path: Path) -> None:
    make.appointed("office2", "政协办公室乙", Role.OFFICE, place.jurisdiction)
    Loop(visitor, place, tmp_path).walk()


class Loop:
    """The people of the loop, each signed in at a browser of their own the first time they are needed."""

    def __init__(self, visitor: Callable[..., Visitor], place: Any, folder: Path) -> None:
        self.visitor, self.place, self.folder = visitor, place, folder
        self.people: dict[str, Visitor] = {}
        self.receipt = ("", "")

    def __getattr__(self, name: str) -> Visitor:
        if name not in self.people:
            secrets = (NAME, PHONE) if name.startswith("clerk") else ()
            self.people[name] = self.visitor(name, secrets=secrets).sign_in(name)
        return self.people[name]

    def walk(self) -> None:
        for step in (self.hand_in, self.accept, self.plan_topic, self.prepare, self.hold, self.advise, self.brief,
                     self.sign, self.instruct, self.assign, self.handle, self.look_back, self.ask, self.judge,
                     self.conclude, self.tell, self.trail):
            step()

    # --- 1 somebody says something --------------------------------------------------------------------------------

    def hand_in(self) -> None:
        one = self.visitor("resident without account").open()
        one.click("Say something")
        for folded in ("Tell the place more exactly", "What is it about?"):
            one.page.locator("summary", has_text=zh(folded)).click()
        one.fill(text=SAID, project=self.place.project.pk, place="白石大街北口", tags=["transition_fee"],
                 identity_mode="cppcc_only")
        one.page.locator("summary", has_text=zh("Leave a name or a telephone number")).click()
        one.fill(name=NAME, phone=PHONE, consent=True)
        one.click("Hand it in")
        number, code = one.page.locator(".slip dd.big").all_inner_texts()
        assert number.startswith("YJ2026-")
        assert len(code.replace(" ", "")) == 12
        self.receipt = (number, code)
        one.click("I have noted it down")

    def accept(self) -> None:
        self.office.need("New opinion", "Accept or decide")
        self.office.reads(SAID)
        self.office.do("Accept")

    # --- 2 a topic ------------------------------------------------------------------------------------------------

    def plan_topic(self) -> None:
        self.office.need("Opinion to triage", "Decide")
        self.office.click("Open a topic with it")
        self.office.fill(title=TITLE, kind="policy", focus=FOCUS, planned_on=DAY, finish_on=later(60))
        self.office.send()
        self.office.need("Topic in draft", "Put before the chairpersons' meeting")
        self.office.send()
        self.chair.need("Topic before the chairpersons' meeting", "Decide")
        self.chair.do("Approve")
        self.office.need("Topic before the Party committee", "Record the consent")
        self.office.fill(paper="湖山区委办〔2026〕12号")
        self.office.send()
        self.office.need("Topic in the plan", "Announce")
        self.office.send()

    # --- 3 round the table ----------------------------------------------------------------------------------------

    def prepare(self) -> None:
        office = self.office
        office.need("Topic announced", "Prepare the consultation")
        office.click("Prepare a consultation")
        office.fill(venue_kind="yard", venue="石桥社区小院", visits=3)
        office.send()
        for seat in self.seats():
            office.do("Add somebody to the table", **seat)
        office.need("Consultation in preparation", "Complete the panel and invite")
        office.do("Send the invitations", reason="居民急盼，当日可到齐。")

    def seats(self) -> list[dict[str, Any]]:
        member = {one.name: one.pk for one in CommitteeMember.objects.all()}
        user = {one.username: one.pk for one in User.objects.all()}
        return [
            {"group": "members", "duty": "chair", "member": member["委员律师"]},
            {"group": "members", "duty": "recorder", "member": member["委员甲"]},
            {"group": "departments", "duty": "answerer", "department": self.place.a.pk, "is_head": True,
             "user": user["clerk"], "name": "周局长"},
            {"group": "subdistrict", "duty": "speaker", "user": user["cadre"]},
            {"group": "experts", "duty": "adviser", "user": user["expert"]},
            {"group": "public", "duty": "party", "name": "王桂兰"},
        ]

    def hold(self) -> None:
        recorder = self.member
        recorder.need("Consultation you are invited to", "Read up")
        recorder.do("Begin")
        while (quick := recorder.page.locator("form.quick button[value=attended]")).count():
            quick.first.click()
            recorder.page.wait_for_load_state()
        for question in ("拖欠的过渡费哪一天补发？", "今后每月几号发放？"):
            recorder.do("Record a question", asked_by=self.seat_named("王桂兰"), question=question)
        answerer = self.seat_named("周局长")
        self.beside(0, "Record the answer", answered_by=answerer, on_the_spot="True", answer="本月底前全部补发到户。")
        self.beside(1, "Record the answer", answered_by=answerer, on_the_spot="False", answer_due_on=later(10))
        for row in (0, 1):
            self.beside(row, "Cleared up?", cleared="cleared")
        recorder.do("Write consensus, dissent, open points", consensus="拖欠部分月底前补发，今后按月发放并公示。",
                    none=["dissent", "open_points"])
        recorder.do("End")
        recorder.do("Submit the minutes")
        self.lawyer.need("Minutes to be confirmed", "Read and confirm")
        self.lawyer.do("Confirm the minutes")

    def seat_named(self, name: str) -> int:
        return Panelist.objects.get(name=name).pk

    def beside(self, row: int, act: str, **values: Any) -> None:
        """The button beside one question."""
        self.member.click(act, self.member.page.locator("ol.talk > li").nth(row))
        self.member.fill(**values)
        self.member.send()

    # --- 4 advice -------------------------------------------------------------------------------------------------

    def advise(self) -> None:
        self.office.need("Minutes confirmed", "Draft recommendations")
        self.office.do("Conclude")
        self.office.click("Draft a recommendation")
        self.office.fill(title="补发并按月发放过渡费", problem="过渡费拖欠两个多月，住户不知何时补发。", text=ADVICE,
                         lead=self.place.a.pk, co_departments=[self.place.b.pk])
        self.office.send()
        self.member.need("Recommendation of your consultation", "Endorse")
        self.member.fill(note="同意。")
        self.member.send()
        self.office.need("Recommendation in draft", "Confirm")
        self.office.send()

    # --- 5 on paper -----------------------------------------------------------------------------------------------

    def brief(self) -> None:
        self.office.need("Recommendation confirmed", "Compile a briefing")
        self.office.click("Compile a briefing with it")
        self.office.send()
        self.office.need("Briefing in draft", "Put up for review")
        self.office.send()
        self.office2.need("Briefing under review", "Review")
        self.office2.do("Pass the review", note="事实清楚。")

    def sign(self) -> None:
        self.chair.need("Briefing reviewed", "Sign off")
        self.chair.send()
        self.chair.reads(zh("Download the PDF"))
        self.office.need("Briefing issued", "Dispatch")
        self.office.send()

    def instruct(self) -> None:
        leader = self.leader
        leader.need("New briefing for you", "Read")
        with leader.page.expect_download() as waiting:
            leader.main.get_by_role("link", name=zh("Download the PDF"), exact=True).click()
        path = self.folder / waiting.value.suggested_filename
        waiting.value.save_as(path)
        printed = pdf_text(path.read_bytes())
        assert TITLE in printed
        assert ADVICE in printed
        assert TITLE in path.name
        leader.need("Briefing without your instruction", "Write an instruction")
        leader.fill(kind="act", text=INSTRUCTED)
        leader.send()
        leader.reads(INSTRUCTED)

    # --- 6 a department acts --------------------------------------------------------------------------------------

    def assign(self) -> None:
        self.supervision.need("Task waiting to be assigned", "Assign")
        self.supervision.send()
        for clerk in (self.clerk, self.clerk2):
            clerk.need("New task", "Sign for")
            clerk.send()
            clerk.reads(ADVICE, INSTRUCTED)

    def handle(self) -> None:
        self.clerk2.do("Give our co-handling opinion", text="涉及学生家庭的名单已核对，无不同意见。")
        self.clerk.need("Task to answer", "Work on the reply")
        self.clerk.do("Write the reply", text=ANSWER, outcome="B", promise_on=later(30), contact="更新科 0531-80000000")
        self.clerk.do("Submit the reply")
        self.clerk2.need("Reply to counter-sign", "Counter-sign")
        self.clerk2.send()
        self.supervision.need("Reply to review", "Review")
        self.supervision.do("Approve the reply")
        self.leader.need("Result of your instruction", "Read and close")
        self.leader.do("Read back and close", read_back="很好，请坚持按月发放。")

    # --- 7 looked at ----------------------------------------------------------------------------------------------

    def look_back(self) -> None:
        lead = CommitteeMember.objects.get(name="委员甲").pk
        self.office.need("Task answered", "Plan the look-back")
        self.office.do("Plan a look-back", kind="site_visit", planned_on=DAY, place="石桥社区", lead=lead)
        photo = self.folder / "公示栏.jpg"
        photo.write_bytes(make.photo().read())
        self.member.need("Look-back you lead", "Record what you see")
        self.member.do("Record a finding", kind="carried_out", text=FOUND, photos=str(photo))
        seen = self.member.page.locator("ul.photos img")
        seen.scroll_into_view_if_needed()  # loaded when it comes into sight
        expect(seen).to_have_js_property("complete", True)
        assert seen.evaluate("image => image.naturalWidth > 0")
        self.member.do("Write down a resident's voice", verdict="kept", text="一位居民说，钱到账了，名册也贴出来了。")
        self.member.reads(ANSWER, zh("On record. It is read by whoever has spoken, and by all once this is confirmed."))
        self.member.do("Give your own voice", verdict="kept", text="抽查情况与答复一致。")
        self.member.do("Close the visit", summary=SUMMARY)
        self.clerk.need("Look-back on your task", "Say how the promise was kept")
        self.clerk.fill(verdict="kept", text="拖欠部分已补发，今后按月发放。")
        self.clerk.send()
        self.office.need("Look-back visited", "Confirm the findings")
        self.office.send()

    # --- 8 judged -------------------------------------------------------------------------------------------------

    def ask(self) -> None:
        self.office.need("Look-back confirmed", "Ask for ratings")
        self.office.send()
        for member in (self.member, self.lawyer):
            member.need("You are asked to rate", "Rate")
            member.fill(work="satisfied", result="satisfied")
            member.send()

    def judge(self) -> None:
        one = self.visitor("resident with the receipt").open()
        one.click("Look up my opinion")
        number, code = self.receipt
        one.fill(number=number, code=code)
        one.click("Show how it stands")
        one.reads(SAID, *self.told())
        one.click("Rate it")
        one.fill(work="satisfied", result="basically", comment="钱到了，希望以后别再拖。")
        one.click("Send my rating")
        one.reads(zh("You rated it."))

    def told(self) -> list[str]:
        """The whole way in the words of the receipt page, in its order."""
        with override("zh-hans"):
            issue, task = Issue.objects.get(), Task.objects.get()
            kind = issue.get_kind_display()
        units = f"{self.place.a.name}、{self.place.b.name}"
        return [
            zh("You handed in your opinion."), self.receipt[0], zh("The CPPCC office accepted it."),
            zh("Your opinion became part of a topic for consultation."), TITLE,
            zh("It was talked over at one table."), "石桥社区小院", zh("The consultation gave its advice."),
            zh("The district's leaders were told on paper."),
            zh("%(kind)s, %(year)s, issue %(number)s.", kind=kind, year=issue.year, number=issue.issue_no),
            zh("A leader of the district gave an instruction to act on it."),
            zh("A department was charged with it."),
            zh("Responsible: %(units)s. Answer due on %(due)s.", units=units, due=date_format(task.due_on)),
            zh("The department has answered, and the answer was checked."),
            zh("Members went to look whether it was really done."), SUMMARY,
            zh("The CPPCC office wrote to you:"), ANSWER, zh("You were asked to rate how it was handled."),
        ]

    def conclude(self) -> None:
        self.office.need("Ratings are in", "Conclude or handle again")
        self.office.do("Conclude")

    # --- 9 told ---------------------------------------------------------------------------------------------------

    def tell(self) -> None:
        self.office.need("Topic closed", "Tell the case in public")
        self.office.click("Tell a case")
        self.office.fill(talked="居民、部门和委员在小院里当面商量。", outcome="拖欠的过渡费已补发，按月发放并公示。")
        self.office.send()
        self.office.need("Case in draft", "Publish")
        self.office.send()
        anybody = self.visitor("anybody").open()
        anybody.click("See the cases")
        anybody.main.get_by_role("link", name=TITLE).click()
        anybody.reads(TITLE, FOCUS, "按月发放并公示")

    # --- 10 and every stage leads to every other ------------------------------------------------------------------

    def trail(self) -> None:
        """Down from the opinion to the case, and back again; a department reads its task, and nobody's name."""
        office, number = self.office, self.receipt[0]
        office.home()
        office.page.locator("nav.side").get_by_role("link", name=zh("Opinions"), exact=True).click()
        office.main.get_by_role("link", name=re.compile(rf"^{zh('all')}")).first.click()
        office.main.locator("[data-row]", has_text=number).get_by_role("link").click()
        office.click("The whole page with its history")
        stages = ("Opinion", "Topic", "Consultation", "Recommendation", "Briefing", "Instruction", "Task", "Look-back",
                  "Evaluation", "Public case")
        self.stands(office, stages)
        office.reads(zh("%(given)s of %(asked)s rated", given=3, asked=3))
        for stage in stages[1:]:
            step = office.page.locator("ol.trail > li", has_text=re.compile(rf"^\s*{zh(stage)}\s")).first
            if stage != "Evaluation":  # told as a count: each rating is its rater's own
                step.locator("a").click()
                self.stands(office, stages)
        office.page.locator("ol.trail").get_by_role("link", name=number, exact=True).click()
        office.reads(SAID)
        self.clerk.home()
        self.clerk.page.locator("nav.side").get_by_role("link", name=zh("Tasks"), exact=True).click()
        self.clerk.main.get_by_role("link", name="补发并按月发放过渡费").click()
        self.clerk.reads(zh("closed"))
        self.clerk.check()

    def stands(self, one: Visitor, stages: tuple[str, ...]) -> None:
        """Every stage stands in the trail of this page."""
        one.page.wait_for_load_state()
        one.check()
        told = one.page.locator("ol.trail > li").all_inner_texts()
        missing = [stage for stage in stages if not any(step.strip().startswith(zh(stage)) for step in told)]
        assert missing == [], f"{one.page.url}: {told}"
