"""Kill workers, and say what came of it in one line of JSON: ``python -m tests.kills --kills 100``."""

import argparse
import json
import time

from tests.kills.ground import ground, signed


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--kills", type=int, default=3)
    asked.add_argument("--duplicates", type=int, default=2)
    asked.add_argument("--paragraphs", type=int, default=60)
    asked.add_argument("--seed", type=int, default=int(time.time()))
    options = asked.parse_args()
    begun = time.monotonic()
    with ground():
        from django.db import connection

        from tests.kills import rounds
        issues = iter(signed(options.kills * 3 + options.duplicates + 10, options.paragraphs))
        parts = {"kills": lambda: rounds.kills(issues, options.kills, options.seed),
                 "pairs": lambda: rounds.pairs(issues, options.duplicates), "hangs": rounds.hangs, "ledger": rounds.ledger}
        said = {"database": connection.vendor, "seed": options.seed, "set_up": round(time.monotonic() - begun, 1)}
        for name, part in parts.items():
            since = time.monotonic()
            said[name] = {**part(), "seconds": round(time.monotonic() - since, 1)}
        connection.close()
    print(json.dumps(said, ensure_ascii=False))


if __name__ == "__main__":
    main()
