"""New keys for sealed identities and their blind index; run again to go on with a change that was stopped."""

from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.core.management.base import BaseCommand, CommandError

from consult.kit import calendar, keyring
from consult.opinions import actions


class Command(BaseCommand):
    help = ("Make new keys and seal every identity anew, in small batches, while the platform runs. The old private keys stay "
            "in KEY_DIR until the last one is done. When a change was stopped half-way, this goes on with it.")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            done = actions.rotate_keys(at=calendar.now(), progress=lambda n: self.stdout.write(f"{n} sealed anew"))
        except (keyring.Busy, ImproperlyConfigured) as wrong:
            raise CommandError(str(wrong)) from wrong
        self.stdout.write(f"{'went on with' if done.resumed else 'new'} key {done.key_id}: {done.resealed} identities sealed "
                          f"anew, {len(done.unopened)} left, {done.retired} old key files deleted")
        if done.unopened:
            raise CommandError(
                f"{len(done.unopened)} identities can't be opened with any key in KEY_DIR ({', '.join(done.unopened[:10])}). "
                "Nothing was lost and the old keys are still there: put the missing key back from the backup as "
                "seal-<key>.key and run this again.")
        self.stdout.write("Keep a copy of the key files apart from the database backup.")
