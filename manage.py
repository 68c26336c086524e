#!/usr/bin/env python3
"""The command line of the product. Whoever may run it is the operator, so it may also make the first secret key."""

import os
import sys


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
    from portal import keys

    keys.ensure_secret_key()
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
