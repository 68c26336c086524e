"""The whole of it, in one transaction: places and people, cases along the loop, opinions."""

import time
from collections import Counter
from importlib import import_module

from django.apps import apps
from django.db import models, transaction

from consult.kit.models import AuditEvent, Notice, SearchText
from portal.generate import duties, guard, papers, places, talks
from portal.generate.bulk import Load, analyze, loosened
from portal.generate.voices import Voices
from portal.generate.world import Say, World

ROOMS = ("people", "renewal", "opinions", "surveys", "topics", "consultations", "recommendations", "briefings", "tasks",
         "followups", "evaluations", "showcases")
#: Even without tasks there are some questions on their way.
LEAST_CASES = 20


def tables() -> list[type[models.Model]]:
    """Everything generate may write to."""
    mine = [model for room in ROOMS for model in apps.get_app_config(room).get_models(include_auto_created=True)]
    return [*mine, AuditEvent, Notice, SearchText]


def make(size: guard.Size, say: Say) -> Counter[str]:
    """Make a city in a database without real data; all of it or nothing. Gives the rows by model. Raises guard.Refused."""
    size.check()
    guard.check_empty()
    for room in ROOMS:
        import_module(f"consult.{room}.rules")  # there each room says by which words its objects are found
    begun = time.monotonic()

    def tell(words: str) -> None:
        say(f"{time.monotonic() - begun:6.0f} s  {words}")

    with transaction.atomic(), loosened(tables(), tell):
        load = Load(tell)
        world = World(size, load)
        places.found(world)
        talks.plans(world)
        talks.surveys(world)
        tell(f"{len(world.names):,} people in {len(world.districts)} districts")
        cases(world)
        Voices(world).all()
        load.end()
        world.end()
        tell(f"{sum(load.counts.values()):,} rows are in")
    analyze(tables())
    tell("done")
    return load.counts


def cases(w: World) -> None:
    """Questions at every stage until there are as many tasks as were asked for."""
    done = made = 0
    while done < w.size.tasks or made < LEAST_CASES:
        case = talks.begin(w, "" if done < w.size.tasks else str(w.pick((talks.T.DRAFTED, talks.T.PUBLISHED))))
        made += 1
        if case.stage == talks.T.IN_CONSULTATION or case.stage in talks.TALKED:
            talks.talk(w, case)
        if case.stage in talks.TALKED:
            done += follow(w, case, w.size.tasks - done)
        if made % 5000 == 0:
            w.load.say(f"{made:,} topics, {done:,} tasks")


def follow(w: World, case: talks.Case, most: int) -> int:
    """Advice, paper, instruction, tasks; gives the number of tasks."""
    advice = papers.advise(w, case)
    issue = papers.brief(w, case, advice)
    if not issue or case.stage == talks.T.CONSULTED:
        return 0
    instruction, leader = papers.instruct(w, case, issue)
    some = advice[:most]
    for one in some:
        duties.task(w, case, one, instruction, leader)
    duties.tell(w, case)
    return len(some)
