"""The pace of an edit under the hand: the newest value wins, and slow steps leave time for the views."""

from __future__ import annotations

import time

import pytest

from LayerSeparationLib import GapEdit
from LayerSeparationLib.widgets.live_edit import LiveEdit, Pace

from .fakes import FakeJoint


class Clock:
    """A clock that a test moves."""

    def __init__(self):
        self.now = 100.0

    def __call__(self):
        return self.now


@pytest.mark.parametrize(
    ("step_s", "redraw_s", "pause_s"), [(0.004, 0.0, 0.015), (0.06, 0.04, 0.05), (2.0, 0.0, 0.2)]
)
def test_the_pause_follows_what_a_step_and_its_redraw_cost(step_s, redraw_s, pause_s):
    clock = Clock()
    pace = Pace(clock)
    for _step in range(20):
        planned = clock.now
        clock.now += redraw_s
        pace.begin(planned)
        clock.now += step_s
        pace.end()
        assert pace.wait_s() == pytest.approx(pace.pause_s)
        clock.now += pace.pause_s
    assert pace.pause_s == pytest.approx(pause_s, rel=0.01)
    clock.now += 1
    assert pace.wait_s() == 0


class SlowJoint(FakeJoint):
    """A joint whose edits take their time; notes when the window could work in between."""

    def __init__(self, step_s):
        super().__init__()
        self.step_s, self.depth, self.deepest, self.on_edit = step_s, 0, 0, lambda: None

    def set_edit(self, edit, finished=True):
        self.depth += 1
        self.deepest = max(self.deepest, self.depth)
        time.sleep(self.step_s)
        self.on_edit()
        super().set_edit(edit, finished)
        self.depth -= 1


def test_a_slow_edit_never_lags_behind_the_hand(panel_host):
    joint, live_edit = SlowJoint(0.05), LiveEdit()
    live_edit.follow(joint)
    begin, lags, idle = time.monotonic(), [], 0
    joint.on_edit = lambda: lags.append(time.monotonic() - begin)
    wanted = 0
    while time.monotonic() - begin < 1.0:
        wanted += 1
        live_edit.want(GapEdit(target_jsw=round(1.0 + 0.5 * (time.monotonic() - begin), 4)))
        panel_host.process_events()
        idle += 1
        time.sleep(0.005)
    steps = [edit for edit, finished in joint.edits if not finished]
    assert 6 <= len(steps) <= 20
    assert len(steps) < wanted / 2
    for edit, shown_at in zip(steps, lags, strict=False):
        # What is shown was wanted no longer ago than the step itself took, and a loop's turn.
        assert shown_at - (edit.target_jsw - 1.0) / 0.5 < 0.05 + 0.06
    while not live_edit.is_resting:
        panel_host.process_events()
        time.sleep(0.002)
    assert [finished for _edit, finished in joint.edits].count(True) == 1
    assert joint.edits[-1][0].target_jsw == pytest.approx(1.5, abs=0.05)


def test_one_edit_is_in_work_whatever_it_sets_off(panel_host):
    joint, live_edit = SlowJoint(0.0), LiveEdit()
    live_edit.follow(joint)

    def set_off():
        live_edit.flush()
        if len(joint.edits) < 5:
            live_edit.want(GapEdit(target_jsw=1.0 + 0.1 * len(joint.edits)))
            panel_host.process_events()

    joint.on_edit = set_off
    live_edit.want(GapEdit(target_jsw=0.9))
    end = time.monotonic() + 5
    while not live_edit.is_resting:
        assert time.monotonic() < end
        panel_host.process_events()
        time.sleep(0.002)
    assert joint.deepest == 1
    assert joint.edits[-1] == (GapEdit(target_jsw=1.4), True)
