"""Steps: a few a turn of the event loop, nothing drawn meanwhile, and drawn again whatever happens."""

from __future__ import annotations

import time
from types import SimpleNamespace

import pytest
import slicer

from LayerSeparationLib.widgets.paced_steps import PacedSteps

PATIENCE_S = 10.0


class FailedError(Exception):
    pass


@pytest.fixture
def runner(panel_host, monkeypatch):
    """Steps with notes of what became of them, and of whether rendering is paused."""
    application = SimpleNamespace(paused=0)

    def pause(by):
        application.paused += by

    application.pauseRender, application.resumeRender = lambda: pause(1), lambda: pause(-1)
    monkeypatch.setattr(slicer, "app", application)
    heard = []
    steps = PacedSteps(lambda: heard.append("rest"))

    def start(generator):
        return steps.start(generator, lambda: heard.append("done"), heard.append, heard.append)

    def wait():
        end = time.monotonic() + PATIENCE_S
        while steps.busy:
            assert time.monotonic() < end
            panel_host.process_events()

    yield SimpleNamespace(
        steps=steps, start=start, wait=wait, heard=heard, application=application, host=panel_host
    )
    steps.close()


def count(numbers, seconds=0.0):
    for number in numbers:
        time.sleep(seconds)
        yield number


def test_works_come_one_after_the_other_and_rest_at_the_end(runner):
    runner.start(count("ab"))
    runner.start(count("c"))
    assert runner.heard == []
    assert runner.application.paused == 1
    runner.wait()
    assert runner.heard == ["a", "b", "done", "c", "done", "rest"]
    assert runner.application.paused == 0


def test_a_turn_takes_few_steps(runner):
    runner.start(count(range(20), seconds=0.02))
    turns = []
    while runner.steps.busy:
        before = len(runner.heard)
        runner.host.process_events()
        turns.append(len(runner.heard) - before)
    assert sum(turns) == 22
    # 30 ms hold two steps of 20 ms; host's turn may hold several of Qt's.
    assert max(turns) <= 10


def test_a_failure_ends_its_work_and_nothing_else(runner):
    def fail():
        yield "first"
        raise FailedError

    runner.start(fail())
    runner.start(count("x"))
    runner.wait()
    assert runner.heard[0] == "first"
    assert isinstance(runner.heard[1], FailedError)
    assert runner.heard[2:] == ["x", "done", "rest"]
    assert runner.application.paused == 0


def test_what_is_given_up_is_closed_and_never_heard_of(runner):
    closed = []

    def careful():
        try:
            yield from count(range(10), seconds=0.02)
        finally:
            closed.append(True)

    give_up = runner.start(careful())
    while not runner.heard:
        runner.host.process_events()
    heard = len(runner.heard)
    give_up()
    give_up()
    assert closed == [True]
    assert runner.application.paused == 0
    runner.host.process_events()
    assert "done" not in runner.heard
    assert runner.heard[heard:] == ["rest"]


def test_steps_may_give_themselves_up(runner):
    closed, give_up = [], []

    def steps():
        try:
            give_up[0]()
            yield "seen by nobody"
            yield "never reached"
        finally:
            closed.append(True)

    give_up.append(runner.start(steps()))
    runner.wait()
    runner.host.process_events()
    assert "never reached" not in runner.heard
    assert runner.application.paused == 0
    assert closed == [True]


def test_closing_gives_everything_up(runner):
    runner.start(count("abc"))
    runner.start(count("def"))
    runner.steps.close()
    runner.wait()
    assert runner.heard == ["rest"]
    assert runner.application.paused == 0
