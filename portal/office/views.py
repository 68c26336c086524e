"""The desk of the CPPCC office: its home and its lists."""

from django.utils.translation import gettext_lazy as _

from consult.opinions import rules
from consult.opinions.states import OpinionState
from consult.people.roles import Role
from portal.kit import addresses, homes

#: Which figures stand on this desk, and the list behind each.
LINKS = {"opinions_waiting": "office:opinions", "topics_open": "office:topics", "tasks_owed": "office:tasks",
         "tasks_overdue": "office:tasks", "response": "office:evaluations"}


class Home(homes.Home):
    desk = "office"
    intro = _("Everything that waits for the CPPCC office.")

    def tiles(self) -> list[homes.Tile]:
        doubtful = rules.aside_for(self.request.user).filter(state=OpinionState.QUARANTINED).count()
        checks = [homes.Tile(_("opinions in quarantine, to be checked"), doubtful, addresses.to("office:quarantine"), "late")]
        return (checks if doubtful else []) + homes.figured(
            homes.loop(self.scope.jurisdictions(Role.OFFICE), self.today), LINKS)
