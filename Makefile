# make run    install what is missing, load the demo district once, serve it (PORT=8000)
# make test   install what is missing, lint, and test on SQLite and on PostgreSQL where a server answers
# make lint   the lint part alone
# make bench-pdf  time the papers beside other engines: CPU seconds, memory, ratios
# make life   the life of tasks as a machine: 50,000 steps (LIFE_STEPS=n) by anybody at any time; each guard must be met
# make equality  60,000 objects asked for by people of all roles (EQUALITY_CHECKS=n): list, page, count, search and file must agree
# make kills  kill 100 workers (KILLS=100) in the middle of a paper, and web server and worker under writers: count what is broken
# make trials  two web servers, two workers, a streaming PostgreSQL pair and a Redis of their own: each falls while people work
# make bench-intake  50 residents at one moment: errors, losses, seconds
# make bench-import  a sheet of 50,000 rows: seconds, memory, what is left when it is killed
# make bench-export  a list of 100,000 rows as a file: seconds, memory, whether LibreOffice reads all of it
# make bench      every list and page of every role at 20,000, 200,000 and 1,000,000 opinions (BENCH_SIZES), against a bare page
# make bench-similar  measure the search for similar opinions: precision, recall, time among 100,000
# make messages  read the sentences of code and pages into locale/, and compile it

PYTEST_ARGS ?= -n auto --maxprocesses 8 -q

.PHONY: run serve test lint life equality messages bench bench-pdf bench-similar bench-intake bench-import bench-export kills trials
.DEFAULT_GOAL := run

run:
	@bin/bootstrap
	@DEMO=1 exec bin/serve

# The same without the demo: a real installation behind https (see portal/settings.py).
serve:
	@bin/bootstrap
	@exec bin/serve

lint:
	@bin/bootstrap --dev
	@bin/lint

test: lint
	@echo "· tests on SQLite"
	@env -u DATABASE_URL -u TEST_DATABASE_URL .venv/bin/pytest $(PYTEST_ARGS)
	@url=$$(.venv/bin/python bin/postgres-url) || exit 1; \
	if [ -n "$$url" ]; then \
		echo "· tests on PostgreSQL"; TEST_DATABASE_URL="$$url" .venv/bin/pytest $(PYTEST_ARGS); \
	else \
		echo "· no PostgreSQL answers on this machine: its tests were left out"; \
	fi

# Read every sentence of code and pages into the catalogues, then compile them.
messages:
	@bin/bootstrap --dev
	@.venv/bin/python manage.py makemessages --locale zh_Hans --locale en --no-location --no-obsolete \
		--extension html,txt,py --ignore .venv --ignore var --ignore tests
	@.venv/bin/python manage.py compilemessages --locale zh_Hans --locale en --ignore .venv

# The short runs are part of the tests; these take some minutes.
life:
	@bin/bootstrap --dev
	@LIFE_STEPS=$${LIFE_STEPS:-50000} .venv/bin/pytest -q -s tests/consult/tasks/test_life.py

# On SQLite, or by itself on the server named in TEST_DATABASE_URL; EQUALITY_SEED makes another city.
equality:
	@bin/bootstrap --dev
	@GENERATE=1 EQUALITY_CHECKS=$${EQUALITY_CHECKS:-60000} .venv/bin/pytest -q -s -n 0 tests/portal/equality

kills:
	@bin/bootstrap --dev
	@KILLS=$${KILLS:-100} .venv/bin/pytest -q -s tests/kills
	@.venv/bin/python -m tests.load.kills --rounds $${KILLS:-100}

# Servers of its own on this machine, some seven minutes; writes var/trials.json. Without a PostgreSQL server it says so.
trials:
	@bin/bootstrap --dev
	@.venv/bin/python -m tests.load.trials

# The following and the kills are on SQLite, or on the server named in TEST_DATABASE_URL in a database of their own.
bench-intake:
	@bin/bootstrap --dev
	@.venv/bin/python -m tests.load.at_once

bench-import:
	@bin/bootstrap --dev
	@.venv/bin/python -m tests.load.imports

bench-export:
	@bin/bootstrap --dev
	@.venv/bin/python -m tests.load.exports

# On PostgreSQL, in databases of its own; a million opinions take a quarter of an hour and some 6 GB. Writes var/bench.json.
bench:
	@bin/bootstrap --dev
	@.venv/bin/python -m tests.load.bench

# Engines that aren't here (Chromium, Typst, LibreOffice) are left out.
bench-pdf:
	@bin/bootstrap --dev
	@.venv/bin/python bin/bench-pdf

# On SQLite, or on the server named in TEST_DATABASE_URL in a database of its own.
bench-similar:
	@bin/bootstrap --dev
	@.venv/bin/python bin/bench-similar
