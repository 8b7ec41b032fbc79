"""The section Joints: placing, naming, removing, and the table of joint space widths."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import qt
import slicer
import vtk

from ..joints.pose import JOINT_NAMES
from ..radiograph import LengthUnit
from ..scene import JointStatus, SceneJoint, SceneJoints, status_hint, status_text
from ..scene.jsw_format import explain_mean, explain_minimum, format_mean, format_minimum, without_unit
from ..scene.length_format import joint_title
from ..translation import tr as _
from .contracts import PendingEdit
from .line_placing import LinePlacing
from .plain_text import as_plain
from .session import Session
from .timers import single_shot_timer
from .user_errors import show_errors

_ROW_PADDING_PX = 6
_FEWEST_ROWS, _FEWEST_BESIDE_GAP, _MOST_ROWS = 8, 5, 16
"""More joints scroll: the list is as high as there is room, but beside a gap to edit it makes some."""
_WIDEST_COLUMN = 30
"""In letters: what is longer is cut, and whole in the tooltip."""
_NAME, _MEAN, _MINIMUM, _EDITED, _STATE = range(5)


class JointsSection:
    """Shows the joints of the film; its selected row is the joint in work.

    Parameters
    ----------
    ui
        Holds the section's widgets as attributes.
    session
        Has the joints and the selected one.
    pending_edit
        Carried out before another joint is selected, or the selected one is removed.
    say
        Shows a text to the user, or with '' takes it away.
    before_placing
        Called before a line is drawn: the film has to be in view, straight on.
    on_change
        Called when a line begins or ends to be drawn.
    area
        Scrolls all sections: the list is as high as this has room for.
    """

    def __init__(
        self,
        ui: Any,
        session: Session,
        pending_edit: PendingEdit,
        say: Callable[[str], None],
        before_placing: Callable[[], None],
        on_change: Callable[[], None],
        area: qt.QScrollArea,
    ) -> None:
        self.ui, self._session, self._pending_edit = ui, session, pending_edit
        self._say, self._before_placing, self._on_change = say, before_placing, on_change
        self._area, self._rows_in_room = area, 0
        # Other sections fold and unfold at the same time: it is measured once they are done.
        self._settles = single_shot_timer(self._fit_room, area)
        self._is_filling = False
        self._placing = LinePlacing(self._take_line, on_change)
        table = self.ui.jointTable
        table.setColumnCount(5)
        self._show_titles("mm")
        table.verticalHeader().setVisible(False)
        self._row_px = table.fontMetrics().height() + _ROW_PADDING_PX
        table.verticalHeader().setDefaultSectionSize(self._row_px)
        header = table.horizontalHeader()
        self._header_px = self._row_px + table.fontMetrics().height()
        header.setFixedHeight(self._header_px)
        header.setHighlightSections(False)
        header.setSectionResizeMode(qt.QHeaderView.ResizeToContents)
        header.setSectionResizeMode(_STATE, qt.QHeaderView.Stretch)
        header.setMaximumSectionSize(table.fontMetrics().averageCharWidth() * _WIDEST_COLUMN)
        table.connect("itemSelectionChanged()", self._select_row)
        table.connect("itemChanged(QTableWidgetItem*)", self._take_name)
        self.ui.placeJointButton.connect("clicked(bool)", self.toggle_placing)
        self.ui.removeButton.connect("clicked(bool)", self.remove_selected)
        self._fit_height(0)
        self._menu = self._make_name_menu()
        self.ui.renameButton.setMenu(self._menu)

    @property
    def placing(self) -> bool:
        """Whether a joint's line is being drawn."""
        return self._placing.line is not None

    def fill(self) -> None:
        """Show all joints anew."""
        joints = self._session.all_joints
        table = self.ui.jointTable
        self._is_filling = True
        try:
            table.setRowCount(len(joints))
            self._show_titles(self._session.unit)
            self._fit_height(len(joints))
            for row, joint in enumerate(joints):
                self._fill_row(row, joint)
        finally:
            self._is_filling = False
        self.show_selection()

    def step_selection(self, by: int) -> None:
        """Select the joint before (-1) or after (1) the selected one, as the arrow keys do."""
        joints, joint = self._session.all_joints, self._session.joint
        row = next((row for row, other in enumerate(joints) if other is joint), None)
        if row is not None and 0 <= row + by < len(joints):
            self._pending_edit.flush()
            self._session.select(joints[row + by])

    def refresh_joint(self, joint: SceneJoint | None) -> None:
        """Show one joint's numbers anew, or all."""
        joints = self._session.all_joints
        rows = [row for row, other in enumerate(joints) if other is joint]
        if not rows or self.ui.jointTable.rowCount != len(joints):
            self.fill()
            return
        self._is_filling = True
        try:
            self._fit_height(len(joints))
            self._fill_row(rows[0], joints[rows[0]])
        finally:
            self._is_filling = False

    def show_selection(self) -> None:
        """Select the row of the joint in work."""
        joint = self._session.joint
        table = self.ui.jointTable
        self._is_filling = True
        try:
            table.clearSelection()
            for row, other in enumerate(self._session.all_joints):
                if other is joint:
                    table.selectRow(row)
        finally:
            self._is_filling = False

    def close(self, scene_closes: bool = False) -> None:
        """Stop placing."""
        if scene_closes:
            self._placing.forget()
        else:
            self._placing.cancel()

    def toggle_placing(self, _checked: bool = False) -> None:
        """Start to draw a joint's line, or stop."""
        if self.placing:
            self._placing.cancel()
        else:
            self._before_placing()
            self._placing.start(_("Joint"))
        self._on_change()

    def remove_selected(self, _checked: bool = False) -> None:
        """Remove the selected joint with its nodes, after a question where it holds the user's work."""
        session, joint = self._session, self._session.joint
        if session.joints is not None and joint is not None:
            with show_errors():
                self._pending_edit.flush()
                if not joint.holds_work or _ask_to_remove(joint):
                    session.joints.remove(joint)

    def refresh(self) -> None:
        """Show whether a line is being drawn."""
        self.ui.placeJointButton.checked = self.placing
        self.ui.placeJointButton.text = _("Stop placing") if self.placing else _("Place joint")
        self._settles.start(0)

    def _show_titles(self, unit: LengthUnit) -> None:
        lengths = {
            _MEAN: (_("JSW mean"), _("Mean joint space width on the film, with half its 90 % interval")),
            _MINIMUM: (_("JSW min"), _("Least joint space width on the film, with half its 90 % interval")),
            _EDITED: (_("Edited"), _("Mean joint space width after the edit, with half its 90 % interval")),
        }
        titles = [_("Joint"), *(f"{title}\n{unit}" for title, _tip in lengths.values()), _("State")]
        table = self.ui.jointTable
        table.setHorizontalHeaderLabels(titles)
        mark = _("? says that the joint is to be looked at before the width is used")
        for column, (_title, tip) in lengths.items():
            table.horizontalHeaderItem(column).setToolTip(f"{tip}\n{mark}")

    def _fit_height(self, joints: int) -> None:
        """Make the table as high as it has rows, up to a few; a hint is there in place of an empty one."""
        table, hint = self.ui.jointTable, self.ui.jointHintLabel
        table.visible, hint.visible = bool(joints), not joints
        most = max(self._rows_in_room, self._fewest_rows)
        table.setFixedHeight(self._header_px + min(joints, most) * self._row_px + 2 * table.frameWidth)
        self._settles.start(0)

    @property
    def _fewest_rows(self) -> int:
        return _FEWEST_BESIDE_GAP if self._session.separated_joints else _FEWEST_ROWS

    def _fit_room(self) -> None:
        """Show as many rows as leave all sections in sight, but some at least."""
        table, sections = self.ui.jointTable, self._area.widget()
        if sections is None or not table.visible:
            return
        others_px = sections.minimumSizeHint().height() - table.minimumHeight
        room_px = self._area.viewport().height - others_px - self._header_px - 2 * table.frameWidth
        rows = min(max(int(room_px // self._row_px), self._fewest_rows), _MOST_ROWS)
        if rows != self._rows_in_room:
            self._rows_in_room = rows
            self._fit_height(table.rowCount)

    def _fill_row(self, row: int, joint: SceneJoint) -> None:
        before = joint.jsw_before
        edited = joint.status is JointStatus.EDITED
        after = joint.jsw_after if edited else None
        reasons: dict[int, str] = {}
        if before is not None:
            reasons[_MEAN], reasons[_MINIMUM] = explain_mean(before), explain_minimum(before)
        if after is not None:
            reasons[_EDITED] = explain_mean(after)
        unit = self._session.unit
        reasons[_NAME] = _format_confidence(joint)
        reasons[_STATE] = (
            reasons.get(_EDITED if edited else _MEAN, "")
            if _state_findings(joint)
            else status_hint(joint.status, joint.outdated_reason)
        )
        texts = {
            _NAME: joint_title(joint),
            # The film's unit stands in the head; a joint may still have another from before a calibration.
            _MEAN: without_unit(format_mean(before), unit),
            _MINIMUM: without_unit(format_minimum(before), unit),
            _EDITED: without_unit(format_mean(after), unit),
            _STATE: _state_text(joint),
        }
        table = self.ui.jointTable
        for column, text in texts.items():
            item = table.item(row, column)
            if item is None:
                item = qt.QTableWidgetItem()
                table.setItem(row, column, item)
                editable = qt.Qt.ItemIsEditable if column == _NAME else qt.Qt.NoItemFlags
                item.setFlags(qt.Qt.ItemIsSelectable | qt.Qt.ItemIsEnabled | editable)
            item.setText(text)
            item.setToolTip(as_plain(reasons.get(column) or text))

    def _select_row(self) -> None:
        if self._is_filling:
            return
        joints, row = self._session.all_joints, self.ui.jointTable.currentRow()
        if 0 <= row < len(joints):
            self._pending_edit.flush()
            self._session.select(joints[row])

    def _take_name(self, item: qt.QTableWidgetItem) -> None:
        joints, row = self._session.all_joints, item.row()
        if self._is_filling or item.column() != _NAME or row >= len(joints):
            return
        joint, text = joints[row], item.text().strip()
        if joint.side and text.endswith(f" {joint.side}"):
            text = text[:-2]
        with show_errors():
            self._rename(joint, text)
        self.fill()

    @staticmethod
    def _rename(joint: SceneJoint, name: str) -> None:
        if name != joint.name:
            joint.name = name

    @staticmethod
    def _change_side(joint: SceneJoint, side: str) -> None:
        joint.side = side

    def _make_name_menu(self) -> qt.QMenu:
        menu = qt.QMenu(self.ui.renameButton)
        kind = None
        for name in JOINT_NAMES:
            if kind is not None and name[:-1] != kind:
                menu.addSeparator()
            kind = name[:-1]
            self._add(menu, name, partial(self._rename, name=name))
        menu.addSeparator()
        self._add(menu, _("Swap proximal and distal"), lambda joint: joint.turn_round())
        menu.addSeparator()
        for side, text in (("L", _("Left hand")), ("R", _("Right hand"))):
            self._add(menu, text, partial(self._change_side, side=side))
        return menu

    def _add(self, menu: qt.QMenu, text: str, change: Callable[[SceneJoint], None]) -> None:
        def change_selected(_checked: bool = False) -> None:
            joint = self._session.joint
            if joint is not None:
                with show_errors():
                    change(joint)
                self.fill()

        menu.addAction(text).connect("triggered(bool)", change_selected)

    def _take_line(self, line: vtk.vtkObject) -> None:
        joints = self._session.joints
        added = None
        with show_errors():
            if joints is not None:
                added = joints.add(line)
        if added is None or joints is None:
            if line.GetScene() is not None:
                slicer.mrmlScene.RemoveNode(line)
        else:
            self._session.select(added)
            self._warn_of_direction(added, joints)
        self._on_change()

    def _warn_of_direction(self, added: SceneJoint, joints: SceneJoints) -> None:
        text = ""
        if joints.runs_backwards(added):
            text = _(
                "The line of {name} runs against the other fingers, or down the film. If it does not point "
                "to the fingertip: Name > Swap proximal and distal."
            ).format(name=added.name)
        self._say(text)


def _ask_to_remove(joint: SceneJoint) -> bool:
    question = _("Remove {joint}? It was edited or corrected by you, and can't be brought back.")
    return bool(slicer.util.confirmYesNoDisplay(as_plain(question.format(joint=joint_title(joint)))))


def _state_text(joint: SceneJoint) -> str:
    """Return a joint's state; or in short what to look at, or why it has no width."""
    return _state_findings(joint) or status_text(joint.status, joint.outdated_reason)


def _state_findings(joint: SceneJoint) -> str:
    shown = {JointStatus.READY: joint.jsw_before, JointStatus.EDITED: joint.jsw_after}.get(joint.status)
    if shown is None or not shown.short_findings:
        return ""
    if shown.mean is None:
        return shown.short_findings
    return _("check: {findings}").format(findings=shown.short_findings)


def _format_confidence(joint: SceneJoint) -> str:
    """Return how sure the network was of a joint's place; nothing for a line that the user drew."""
    if joint.confidence is None:
        return ""
    return _("Found with a confidence of {percent} %; move the line to correct its place").format(
        percent=round(100 * joint.confidence)
    )
