"""The setter's process: one for each process, killed or forked away without harm, and never left behind."""

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from consult.kit import pdf
from consult.kit.paper import process
from tests.papers import pages


def pid():
    return process._setter.child.pid


def test_the_same_words_give_the_same_bytes_in_every_process():
    first = pages.make("<p>永</p>").content
    process._setter.close()
    assert pages.make("<p>永</p>").content == first


def test_a_killed_setter_is_one_clean_failure():
    pages.make("<p>永</p>")
    child = process._setter.child
    slow = "".join(f"<p>{'永，' * 900}</p>" for _number in range(30))
    threading.Timer(0.5, lambda: os.kill(child.pid, signal.SIGKILL)).start()
    with pytest.raises(pdf.PaperFailed) as failed:
        pages.make(slow)
    assert failed.value.code == "crash" and failed.value.reason
    assert pages.make("<p>永</p>").pages == 1 and pid() != child.pid


def test_an_interrupted_paper_is_never_taken_for_the_next(monkeypatch):
    def interrupt(stream):
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(process.frames, "receive", interrupt)
        with pytest.raises(KeyboardInterrupt):
            pages.make("<p>甲</p>" * 30)
    assert pages.make("<p>永</p>").pages == 1 and process._setter.jobs == 1


def test_one_that_died_between_papers_is_replaced_unnoticed():
    pages.make("<p>永</p>")
    process._setter.child.kill()
    process._setter.child.wait()
    assert pages.make("<p>永</p>").pages == 1


def test_a_signal_meant_for_the_parent_lets_the_paper_be_finished():
    pages.make("<p>永</p>")
    before = pid()
    for ending in (signal.SIGTERM, signal.SIGINT):
        os.kill(before, ending)
    assert pages.make("<p>永</p>").pages == 1 and pid() == before


def test_it_is_renewed_after_its_jobs(monkeypatch):
    monkeypatch.setattr(process, "JOBS", 2)
    process._setter.close()
    pids = []
    for _number in range(4):
        pages.make("<p>永</p>")
        pids.append(pid())
    assert pids[0] == pids[1] != pids[2] == pids[3]


def test_threads_take_turns():
    made = {}
    head = {"assets": [], "sources": [], "measured": False}

    def one(number):
        html = f'<html lang="zh-Hans"><title>题</title><body><p>{"<p>永</p>" * 30 * number}</body></html>'
        made[number] = process.run(head, html.encode())[0]["pages"]

    threads = [threading.Thread(target=one, args=(number,)) for number in range(1, 7)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert list(made[number] for number in range(1, 7)) == sorted(made.values()) and len(set(made.values())) > 3


def test_a_forked_process_gets_its_own():
    pages.make("<p>永</p>")
    mine = pid()
    forked = os.fork()
    if not forked:
        try:
            os._exit(0 if process._setter.child is None and pages.make("<p>永</p>").pages == 1 and pid() != mine else 1)
        finally:
            os._exit(2)
    assert os.waitstatus_to_exitcode(os.waitpid(forked, 0)[1]) == 0
    assert pages.make("<p>永</p>").pages == 1 and pid() == mine


PARENT = """
import django, os, sys
django.setup()
from tests.papers import pages
from consult.kit.paper import process
pages.make("<p>永</p>")
assert "weasyprint" not in sys.modules
print(process._setter.child.pid, flush=True)
pages.make("".join(f"<p>{'永，' * 900}</p>" for _number in range(50)))
"""


def test_a_killed_parent_leaves_no_setter_behind_and_imports_no_engine():
    root = Path(__file__).resolve().parents[2]
    with subprocess.Popen([sys.executable, "-c", PARENT], cwd=root, stdout=subprocess.PIPE, text=True,
                          env=os.environ | {"DJANGO_SETTINGS_MODULE": "portal.settings", "PYTHONPATH": str(root)}) as parent:
        child = int(parent.stdout.readline())
        time.sleep(0.5)  # it is in the middle of a long paper
        parent.kill()
        parent.wait()
        for _try in range(50):
            if not Path(f"/proc/{child}/cmdline").exists() or not Path(f"/proc/{child}/cmdline").read_bytes():
                return
            time.sleep(0.1)
    raise AssertionError("the setter outlived its parent")
