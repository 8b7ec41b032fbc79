"""The list of joints: as high as it has joints, and no text of it widens the panel."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
import qt
import slicer

from LayerSeparationLib import GapEdit
from LayerSeparationLib.scene import JointStatus
from LayerSeparationLib.widgets.joints_section import JointsSection

from .fakes import FakeJoint, FakeSession, Notes, width
from .test_sections_alone import UI_FILE

PLUS_MINUS = "\N{THIN SPACE}\N{PLUS-MINUS SIGN}\N{THIN SPACE}"
LONG = "a joint with a name that nobody would give it and that goes on and on and on"


@pytest.fixture
def section(panel_host):
    top = slicer.util.loadUI(str(UI_FILE))
    ui = slicer.util.childWidgetVariables(slicer.util.childWidgetVariables(top).jointsSection)
    notes, session = Notes(), FakeSession()
    made = JointsSection(
        ui, session, notes, notes.of("say"), notes.of("before"), notes.of("change"), qt.QScrollArea()
    )
    top.resize(440, 900)
    top.show()
    panel_host.process_events()
    yield SimpleNamespace(ui=ui, session=session, section=made, top=top, host=panel_host)
    top.close()


def fill(section, *joints):
    section.session.all_joints[:] = joints
    section.section.fill()
    section.host.process_events()


def test_an_empty_list_is_one_row_with_a_hint(section):
    fill(section)
    assert not section.ui.jointTable.isVisible()
    assert section.ui.jointHintLabel.isVisible()
    assert "place one by two clicks" in section.ui.jointHintLabel.text
    assert section.ui.jointHintLabel.height <= 2 * section.ui.jointHintLabel.fontMetrics().height()


@pytest.mark.parametrize(("status", "most"), [(JointStatus.NOT_SEPARATED, 8), (JointStatus.READY, 5)])
def test_the_list_is_as_high_as_it_has_joints_up_to_a_few(section, status, most):
    table = section.ui.jointTable
    heights = {}
    for count in (1, 3, most, 14):
        fill(section, *(FakeJoint(f"MCP{index}", status=status) for index in range(count)))
        assert not section.ui.jointHintLabel.isVisible()
        assert table.verticalScrollBar().maximum == (14 - most if count == 14 else 0)
        heights[count] = table.height
    row = table.rowHeight(0)
    assert heights[3] - heights[1] == 2 * row
    assert heights[most] - heights[3] == (most - 3) * row
    assert heights[14] == heights[most]


def test_no_text_widens_the_list(section):
    fill(section, FakeJoint())
    width = section.top.minimumSizeHint().width()
    joint = FakeJoint(LONG, mean=None)
    joint.jsw_before.reason = joint.jsw_after.reason = LONG
    joint.jsw_before.short_findings = LONG
    joint.jsw_before.findings = (LONG,)
    fill(section, joint)
    assert section.top.minimumSizeHint().width() == width
    table = section.ui.jointTable
    assert table.horizontalScrollBar().maximum == 0
    assert LONG in table.item(0, 0).toolTip() or LONG in table.item(0, 0).text()
    assert LONG in table.item(0, 4).toolTip()


def test_a_joint_without_a_width_says_why_in_short(section):
    ready, edited = FakeJoint(mean=None), FakeJoint("MCP2", status=JointStatus.EDITED)
    edited.set_edit(GapEdit(target_jsw=0.0))
    fill(section, ready, edited)
    table = section.ui.jointTable
    for row, column in ((0, 1), (0, 2), (1, 3)):
        assert table.item(row, 4).text() == "margins touch"
        assert table.item(row, column).text() == "\N{EN DASH}"
        assert table.item(row, column).toolTip() == "not measurable: margins touch (or overlap)"


def test_widths_in_pixels_have_a_decimal_and_a_unit_of_their_own(section):
    section.session.unit = "px"
    fill(section, FakeJoint(unit="px", mean=3.24), FakeJoint(mean=1.6))
    table = section.ui.jointTable
    texts = [[table.item(row, column).text() for column in (1, 2)] for row in (0, 1)]
    assert texts == [
        [f"3.2{PLUS_MINUS}0.1", f"3.2{PLUS_MINUS}0.2"],
        [f"1.60{PLUS_MINUS}0.10 mm", f"1.60{PLUS_MINUS}0.20 mm"],
    ]
    assert table.horizontalHeaderItem(1).text() == "JSW mean\npx"


def test_every_width_has_its_interval_and_what_it_is_worth(section):
    edited = FakeJoint(status=JointStatus.EDITED)
    edited.set_edit(GapEdit(target_jsw=0.8))
    fill(section, edited)
    table = section.ui.jointTable
    assert [table.item(0, column).text() for column in (1, 2, 3)] == [
        f"1.60{PLUS_MINUS}0.10",
        f"1.60{PLUS_MINUS}0.20",
        f"0.80{PLUS_MINUS}0.10",
    ]
    tips = [table.item(0, column).toolTip() for column in (1, 2, 3)]
    ends = ["1.50\N{EN DASH}1.70", "1.40\N{EN DASH}1.80", "0.70\N{EN DASH}0.90"]
    assert tips == [f"measured, 90 % interval {one} mm" for one in ends]
    headers = [table.horizontalHeaderItem(column).text() for column in range(5)]
    assert headers == ["Joint", "JSW mean\nmm", "JSW min\nmm", "Edited\nmm", "State"]


def test_widths_and_states_are_seen_as_a_whole_in_a_narrow_panel(section):
    joint, doubtful = FakeJoint("MCP2", status=JointStatus.EDITED), FakeJoint("PIP5", mean=10.25)
    doubtful.jsw_before.findings = doubtful.jsw_after.findings = ("a bay (is it bone?)",)
    joint.jsw_before.findings = joint.jsw_after.findings = ("a bay (is it bone?)",)
    section.top.resize(420, 900)
    fill(section, joint, doubtful)
    table = section.ui.jointTable
    assert table.horizontalScrollBar().maximum == 0
    for row in (0, 1):
        for column in range(4):
            text = table.item(row, column).text()
            assert table.fontMetrics().horizontalAdvance(text) < table.columnWidth(column), text
    assert table.fontMetrics().horizontalAdvance("not separated") < table.columnWidth(4)


def test_a_joint_to_be_checked_says_what_to_look_at(section):
    joint, sound = FakeJoint("DIP2"), FakeJoint("MCP2")
    joint.jsw_before = width(1.6)
    joint.jsw_before.findings, joint.jsw_before.short_findings = ("a bay (is it bone?)",), "a bay"
    fill(section, joint, sound)
    table = section.ui.jointTable
    assert table.item(0, 4).text() == "check: a bay"
    for column in (1, 2, 4):
        told = table.item(0, column).toolTip()
        assert told.startswith("Look at the joint before the width is used: a bay (is it bone?)")
    assert table.item(0, 1).text() == f"1.60{PLUS_MINUS}0.10 ?"
    assert table.item(0, 1).toolTip().endswith("; 90 % interval 1.50\N{EN DASH}1.70 mm")
    assert table.item(1, 1).text() == f"1.60{PLUS_MINUS}0.10"
    assert table.item(1, 4).text() == "ready"
