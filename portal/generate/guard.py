"""What generate refuses: data that people made, and sizes that make no sense."""

from dataclasses import dataclass

from django.conf import settings
from django.db.models import Q

from consult.opinions.models import Opinion
from consult.people.models import Appointment, Jurisdiction
from portal.demo.district import PEOPLE

#: By this English name everybody sees that a city is invented, and generate knows its own.
MARK = "Generated"
DEMO = "云溪区"
ANEW = ("To start anew, make an empty database (dropdb and createdb, or remove the SQLite file) and run "
        "`manage.py prepare` on it.")
#: The most of each that makes sense.
MOST = {"opinions": 10_000_000, "tasks": 1_000_000, "users": 1_000_000, "departments": 10_000, "districts": 400}
LEAST = {"opinions": 0, "tasks": 0, "users": 1, "departments": 1, "districts": 1}
#: So many people each district needs, one or more for each role, beside one clerk for each department.
STAFF = 18


class Refused(Exception):
    """Why nothing is generated, as a sentence."""


@dataclass(frozen=True)
class Size:
    """How much is generated, and by which chance."""

    opinions: int
    tasks: int
    users: int
    departments: int
    districts: int
    seed: int

    def check(self) -> None:
        """Raises Refused for a number that is negative, absurd, or does not fit the others."""
        for name, most in MOST.items():
            asked = getattr(self, name)
            if not LEAST[name] <= asked <= most:
                raise Refused(f"--{name} must be a number from {LEAST[name]:,} to {most:,}; {asked:,} is not.")
        if self.departments < self.districts:
            raise Refused(f"Each of the {self.districts} districts needs a department: --departments must be at least "
                          f"{self.districts}.")
        least = STAFF * self.districts + self.departments
        if self.users < least:
            raise Refused(f"Every role of every district and every department needs somebody: --users must be at least "
                          f"{least:,}.")


def check_empty() -> None:
    """Raises Refused where any opinion or appointment was made neither by generate nor by demo, or generate was here before."""
    if Jurisdiction.objects.filter(name_en__startswith=MARK).exists():
        raise Refused(f"This database holds a generated city already. {ANEW}")
    demo = Q(jurisdiction__name=DEMO) if settings.DEMO else Q(pk=None)
    people = demo & Q(user__username__in=[one[0] for one in PEOPLE]) if settings.DEMO else demo
    for what, rows in (("opinions", Opinion.objects.exclude(demo)), ("appointments", Appointment.objects.exclude(people))):
        if rows.exists():
            raise Refused(f"This database holds {what} that were made by people. Generated data never stands beside real data. "
                          f"{ANEW}")
