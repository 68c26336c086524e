"""Opinions by the million: skewed over districts, projects and themes, in the states their age lets expect."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

from consult.kit import calendar, sealing, search
from consult.opinions import consent
from consult.opinions.models import Consent, Opinion, OpinionMessage, SealedIdentity, TriageDecision
from consult.opinions.states import CONSENT_VERSION, REFERRALS, Channel, Doubt, IdentityMode, Reason
from consult.opinions.states import OpinionState as S
from consult.topics.models import TopicOpinion
from consult.topics.states import TopicState as T
from portal.generate import duties, words
from portal.generate.talks import THEMES
from portal.generate.world import SPAN, District, Project, Talk, World

#: Up to this age in days: states and how many of a thousand.
AGES: tuple[tuple[int, tuple[tuple[S, int], ...]], ...] = (
    (3, ((S.QUARANTINED, 12), (S.SPAM, 8), (S.SUBMITTED, 600), (S.ACCEPTED, 300), (S.ANSWERED, 40), (S.DECLINED, 40))),
    (10, ((S.QUARANTINED, 2), (S.SPAM, 12), (S.SUBMITTED, 86), (S.ACCEPTED, 430), (S.ADOPTED, 170), (S.MERGED, 60),
          (S.REFERRED, 90), (S.ANSWERED, 90), (S.KEPT, 30), (S.DECLINED, 30))),
    (40, ((S.SPAM, 10), (S.SUBMITTED, 3), (S.ACCEPTED, 37), (S.ADOPTED, 330), (S.MERGED, 110), (S.REFERRED, 160),
          (S.ANSWERED, 200), (S.KEPT, 70), (S.DECLINED, 80))),
    (9999, ((S.SPAM, 10), (S.ACCEPTED, 1), (S.ADOPTED, 299), (S.MERGED, 120), (S.REFERRED, 120), (S.ANSWERED, 150), (S.KEPT, 70),
            (S.DECLINED, 80), (S.ARCHIVED, 150))))
CHANNELS = ((Channel.WEB, 500), (Channel.HOTLINE, 180), (Channel.PHONE, 100), (Channel.ON_SITE, 80), (Channel.MEMBER, 60),
            (Channel.WALK_IN, 50), (Channel.LETTER, 30))
#: What triage decided, by the state it leads to.
OUTCOMES = {S.ANSWERED: "answer", S.KEPT: "keep", S.DECLINED: "decline", S.MERGED: "merge", S.ADOPTED: "adopt",
            S.ARCHIVED: "answer"}
LEADS = [words.masked(lead) for lead in words.LEADS]
MODES = (IdentityMode.CPPCC_ONLY, IdentityMode.ANONYMOUS, IdentityMode.DEPARTMENT)
TOLD_EVERY = 100_000


@dataclass
class Voice:
    """One opinion being made."""

    pk: int
    number: str
    district: District
    project: Project | None
    at: datetime
    back: int
    state: S
    theme: str
    by: int | None


class Voices:
    """Makes them in the order of time, as they would have come in."""

    def __init__(self, w: World) -> None:
        self.w = w
        self.states = [(age, [one for one, _n in some], [sum(n for _one, n in some[:k + 1]) for k in range(len(some))])
                       for age, some in AGES]
        self.channels = [one for one, _n in CHANNELS], [sum(n for _one, n in CHANNELS[:k + 1]) for k in range(len(CHANNELS))]
        self.wording = {read_out: consent.wording("office", w.today, read_out=read_out) for read_out in (False, True)}
        self.prints = {read_out: consent.fingerprint(said) for read_out, said in self.wording.items()}

    def all(self) -> None:
        total = self.w.size.opinions
        for n in range(total):
            # More of late than at the beginning.
            self.one(SPAN - 1 - int((SPAN - 1) * ((n + 0.5) / total) ** 0.8))
            if (n + 1) % TOLD_EVERY == 0:
                self.w.load.say(f"{n + 1:,} opinions")

    def one(self, back: int) -> None:
        w, rng = self.w, self.w.rng
        d = w.by_size.pick(rng)
        project = d.by["projects"].pick(rng) if rng.random() < 0.92 else None
        second = int(rng.random() * 50_000)
        at = datetime.combine(w.days[max(back, 1)], time(7), calendar.ZONE) + timedelta(seconds=second)
        state, talk = self.stand(project, back)
        channel = rng.choices(self.channels[0], cum_weights=self.channels[1])[0]
        theme = THEMES.pick(rng)
        number = w.number("YJ", "opinions", at.date(), 5)
        voice = Voice(0, number, d, project, at, max(back, 1), state, theme, None)
        row, shown = self.words(voice, channel)
        street = project.street if project else d.by["streets"].pick(rng)
        merged = project.last if project and state == S.MERGED else None
        voice.pk = w.load.add(
            Opinion, number=number, jurisdiction_id=d.pk, project_id=project.pk if project else None, subdistrict_id=street.pk,
            community_id=w.pick(street.communities) if rng.random() < 0.5 else None, state=str(state), channel=str(channel),
            submitted_at=at, merged_into_id=merged, accepted_at=None if state in (S.SUBMITTED, S.QUARANTINED, S.SPAM)
            else at + timedelta(hours=20), deidentified_at=None, doubts=[str(w.pick(list(Doubt)))]
            if state in (S.QUARANTINED, S.SPAM) else [], **row)
        if project and state in (S.ACCEPTED, S.ADOPTED, S.KEPT, S.RESPONDED, S.RATED):
            project.last = voice.pk
        if state not in (S.QUARANTINED, S.SPAM):
            month = at.year * 100 + at.month
            w.load.find("opinions.opinion", voice.pk, d.pk, month, shown, search.entries_of(Opinion, shown, d.pk, month))
        self.identity(voice, row)
        self.triage(voice, talk)

    def stand(self, project: Project | None, back: int) -> tuple[S, Talk | None]:
        """The state by age; who speaks in a topic stands where the topic stands."""
        rng = self.w.rng
        _age, states, sums = next(one for one in self.states if back <= one[0])
        state = rng.choices(states, cum_weights=sums)[0]
        if state == S.MERGED and not (project and project.last):
            return S.KEPT, None
        if state != S.ADOPTED:
            return state, None
        talks = project.talks if project else []
        talk = talks[int(rng.random() ** 2 * len(talks))] if talks else None
        if talk is None or not talk.takes:
            return S.KEPT, None
        if talk.state == T.CLOSED:
            return (S.RATED if rng.random() < 0.2 else S.RESPONDED), talk
        return S.ADOPTED, talk

    def words(self, voice: Voice, channel: Channel) -> tuple[dict[str, Any], str]:
        """What is said and by which way, and the same as it is kept for searching."""
        w, rng, d = self.w, self.w.rng, voice.district
        said = [LEADS[int(rng.random() * len(LEADS))], w.pick(w.said[voice.theme]), w.pick(w.details)]
        if rng.random() < 0.5:
            said.insert(2, w.pick(w.said[voice.theme]))
        said.append((wish := w.pick(words.WISHES), wish))
        if rng.random() < 0.02:
            said.append(words.masked(f"我的电话是139{int(rng.random() * 10 ** 8):08d}。"))
        text, shown = "".join(raw for raw, _shown in said), "".join(part for _raw, part in said)
        place = f"{voice.project.area if voice.project else d.name}{w.pick(words.SPOTS)}"
        mode = rng.choices(MODES, cum_weights=(50, 85, 100))[0]
        row: dict[str, Any] = {"text": text, "place": place, "tags": [str(voice.theme)], "identity_mode": str(mode),
                               "key": w.uuid(), "resident_id": None, "bearer_id": None}
        if rng.random() < 0.15:
            other = str(THEMES.pick(rng))
            row["tags"] += [other] if other not in row["tags"] else []
        if channel == Channel.WEB and mode != IdentityMode.ANONYMOUS and rng.random() < 0.15:
            row["resident_id"] = d.by["residents"].pick(rng)[0]
        elif channel == Channel.MEMBER:
            member = d.by["members"].pick(rng)
            row["bearer_id"], voice.by = member.pk, member.user
        elif channel == Channel.ON_SITE and voice.project:
            voice.by = voice.project.street.cadres[0]
        elif channel != Channel.WEB:
            voice.by = d.by["office"].pick(rng)
        row["entered_by_id"] = voice.by
        return row, "\n".join((voice.number, place, shown))

    def identity(self, voice: Voice, row: dict[str, Any]) -> None:
        """Sealed as the model wants it: only the office's key opens it."""
        w = self.w
        if row["identity_mode"] == IdentityMode.ANONYMOUS or w.rng.random() < 0.15:
            return
        phone = f"139{int(w.rng.random() * 10 ** 8):08d}"
        blob, key = sealing.seal({"name": words.person(w.rng), "phone": phone}, of=str(row["key"]))
        shares = row["identity_mode"] == IdentityMode.DEPARTMENT
        w.load.add(SealedIdentity, opinion_id=voice.pk, sealed=blob, key_id=key, blind_phone=sealing.blind(phone),
                   consent_version=CONSENT_VERSION, consented_at=voice.at, share_with_department=shares)
        read_out = voice.by is not None
        w.load.add(Consent, opinion_id=voice.pk, kind="office", version=CONSENT_VERSION, wording=self.wording[read_out],
                   sha256=self.prints[read_out], given_at=voice.at)

    def triage(self, voice: Voice, talk: Talk | None) -> None:
        """The log, the decision with its words, and the topic it speaks in."""
        w, state = self.w, voice.state
        w.event("opinions.submit", Opinion, voice.pk, voice.at, voice.by,
                after="quarantined" if state in (S.QUARANTINED, S.SPAM) else "submitted")
        if state in (S.QUARANTINED, S.SPAM, S.SUBMITTED):
            return
        clerk, at = voice.district.by["office"].pick(w.rng), voice.at + timedelta(hours=20)
        w.event("opinions.accept", Opinion, voice.pk, at, clerk, before="submitted", after="accepted")
        if state == S.ACCEPTED:
            return
        outcome = OUTCOMES.get(state, "adopt" if talk else "")
        outcome = outcome or str(w.pick(REFERRALS))
        at += timedelta(days=1)
        w.event(f"opinions.{'refer' if state == S.REFERRED else outcome}", Opinion, voice.pk, at, clerk, before="accepted",
                after=str(state))
        w.load.add(TriageDecision, opinion_id=voice.pk, outcome=outcome, message=words.TOLD, by_id=clerk, at=at,
                   reason=str(w.pick(Reason.values)) if outcome == "decline" else "",
                   passed_to="区12345热线办" if state == S.REFERRED else "")
        w.load.add(OpinionMessage, opinion_id=voice.pk, way="out", text=words.TOLD, by_id=clerk, at=at)
        if talk:
            w.load.add(TopicOpinion, topic_id=talk.pk, opinion_id=voice.pk, added_by_id=clerk, added_at=at)
            if talk.rated and state in (S.RESPONDED, S.RATED) and w.rng.random() < 0.5:
                task, rated = talk.rated[0]
                duties.rating(w, voice.district.pk, task, rated, "given" if state == S.RATED else "unrated", rater="resident",
                              opinion_id=voice.pk)


