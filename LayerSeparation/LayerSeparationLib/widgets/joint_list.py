"""The section Joints: placing, naming, removing, and the table of joint space widths."""

from __future__ import annotations

from typing import TYPE_CHECKING

import qt
import slicer

from ..joints.pose import JOINT_NAMES
from ..scene import JointStatus, SceneJoint, SceneJoints
from ..translation import tr as _
from .length_format import NOTHING, joint_title, length_text
from .line_placing import LinePlacing
from .message import show_message
from .user_errors import shown_errors

if TYPE_CHECKING:
    import vtk

    from .panel import Panel

_ROW_PADDING_PX = 6
_NAME, _MEAN, _MINIMUM, _EDITED, _STATE = range(5)


class JointList:
    """Shows the joints of the film; its selected row is the joint in work."""

    def __init__(self, panel: Panel) -> None:
        self._panel, self.ui = panel, panel.ui
        self._filling = False
        self._placing = LinePlacing(self._line_placed, panel.refresh)
        table = self.ui.jointTable
        table.setColumnCount(5)
        table.setHorizontalHeaderLabels([_("Joint"), _("JSW mean"), _("JSW min"), _("Edited"), _("State")])
        table.verticalHeader().setVisible(False)
        table.verticalHeader().setDefaultSectionSize(table.fontMetrics().height() + _ROW_PADDING_PX)
        header = table.horizontalHeader()
        header.setHighlightSections(False)
        header.setSectionResizeMode(qt.QHeaderView.ResizeToContents)
        header.setSectionResizeMode(_NAME, qt.QHeaderView.Stretch)
        table.connect("itemSelectionChanged()", self._row_selected)
        table.connect("itemChanged(QTableWidgetItem*)", self._name_typed)
        self.ui.placeJointButton.connect("clicked(bool)", self._place_clicked)
        self.ui.removeButton.connect("clicked(bool)", self.remove_selected)
        self._menu = self._name_menu()
        self.ui.renameButton.setMenu(self._menu)

    @property
    def placing(self) -> bool:
        """Whether a joint's line is being drawn."""
        return self._placing.line is not None

    def fill(self) -> None:
        """Show all joints anew."""
        joints = self._joints()
        table = self.ui.jointTable
        self._filling = True
        try:
            table.setRowCount(len(joints))
            for row, joint in enumerate(joints):
                self._fill_row(row, joint)
        finally:
            self._filling = False
        self.show_selection()

    def refresh_joint(self, joint: SceneJoint | None) -> None:
        """Show one joint's numbers anew, or all."""
        joints = self._joints()
        rows = [row for row, other in enumerate(joints) if other is joint]
        if not rows or self.ui.jointTable.rowCount != len(joints):
            self.fill()
            return
        self._filling = True
        try:
            self._fill_row(rows[0], joints[rows[0]])
        finally:
            self._filling = False

    def show_selection(self) -> None:
        """Select the row of the joint in work."""
        joint = self._panel.session.joint
        table = self.ui.jointTable
        self._filling = True
        try:
            table.clearSelection()
            for row, other in enumerate(self._joints()):
                if other is joint:
                    table.selectRow(row)
        finally:
            self._filling = False

    def close(self, scene_closes: bool = False) -> None:
        """Stop placing."""
        if scene_closes:
            self._placing.forget()
        else:
            self._placing.cancel()

    def toggle_placing(self) -> None:
        """Start to draw a joint's line, or stop."""
        if self.placing:
            self._placing.cancel()
        else:
            self._panel.view.show_film()
            self._placing.start(_("Joint"))
        self._panel.refresh()

    def remove_selected(self, _checked: bool = False) -> None:
        """Remove the selected joint with its nodes."""
        session = self._panel.session
        if session.joints is not None and session.joint is not None:
            with shown_errors():
                self._panel.gap.flush()
                session.joints.remove(session.joint)

    def refresh(self) -> None:
        """Show whether a line is being drawn."""
        self.ui.placeJointButton.checked = self.placing
        self.ui.placeJointButton.text = _("Stop placing") if self.placing else _("Place joint")

    def _joints(self) -> list[SceneJoint]:
        joints = self._panel.session.joints
        return list(joints.joints) if joints is not None else []

    def _fill_row(self, row: int, joint: SceneJoint) -> None:
        before, after = joint.jsw_before, joint.jsw_after
        edited = joint.status is JointStatus.EDITED
        reasons = {_MEAN: before.reason, _MINIMUM: before.reason} if before is not None else {}
        if edited and after is not None:
            reasons[_EDITED] = after.reason
        unit = before.unit if before is not None else "mm"
        reasons[_NAME] = _confidence_text(joint)
        texts = {
            _NAME: joint_title(joint),
            _MEAN: length_text(before.mean if before is not None else None, unit),
            _MINIMUM: length_text(before.minimum if before is not None else None, unit),
            _EDITED: length_text(after.mean, unit) if edited and after is not None else NOTHING,
            _STATE: status_text(joint.status),
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
            item.setToolTip(reasons.get(column) or text)

    def _row_selected(self) -> None:
        if self._filling:
            return
        joints, row = self._joints(), self.ui.jointTable.currentRow()
        if 0 <= row < len(joints):
            self._panel.gap.flush()
            self._panel.session.select(joints[row])

    def _name_typed(self, item: qt.QTableWidgetItem) -> None:
        joints, row = self._joints(), item.row()
        if self._filling or item.column() != _NAME or row >= len(joints):
            return
        joint, text = joints[row], item.text().strip()
        if joint.side and text.endswith(f" {joint.side}"):
            text = text[:-2]
        with shown_errors():
            self._rename(joint, text)
        self.fill()

    def _rename(self, joint: SceneJoint, name: str) -> None:
        if name != joint.name:
            joint.name = name

    def _name_menu(self) -> qt.QMenu:
        menu = qt.QMenu(self.ui.renameButton)
        kind = None
        for name in JOINT_NAMES:
            if kind is not None and name[:-1] != kind:
                menu.addSeparator()
            kind = name[:-1]
            self._add(menu, name, lambda joint, text=name: self._rename(joint, text))
        menu.addSeparator()
        self._add(menu, _("Swap proximal and distal"), lambda joint: joint.turn_round())
        menu.addSeparator()
        for side, text in (("L", _("Left hand")), ("R", _("Right hand"))):
            self._add(menu, text, lambda joint, letter=side: setattr(joint, "side", letter))
        return menu

    def _add(self, menu: qt.QMenu, text: str, change) -> None:  # type: ignore[no-untyped-def]
        def chosen(_checked: bool = False) -> None:
            joint = self._panel.session.joint
            if joint is not None:
                with shown_errors():
                    change(joint)
                self.fill()

        menu.addAction(text).connect("triggered(bool)", chosen)

    def _place_clicked(self, _checked: bool = False) -> None:
        self.toggle_placing()

    def _line_placed(self, line: vtk.vtkObject) -> None:
        joints = self._panel.session.joints
        added = None
        with shown_errors():
            if joints is not None:
                added = joints.add(line)
        if added is None or joints is None:
            if line.GetScene() is not None:
                slicer.mrmlScene.RemoveNode(line)
        else:
            self._panel.session.select(added)
            self._warn_of_direction(added, joints)
        self._panel.refresh()

    def _warn_of_direction(self, added: SceneJoint, joints: SceneJoints) -> None:
        text = ""
        if joints.runs_backwards(added):
            text = _(
                "The line of {name} runs against the other fingers, or down the film. If it does not point "
                "to the fingertip: Name > Swap proximal and distal."
            ).format(name=added.name)
        show_message(self.ui.messageLabel, text)


def _confidence_text(joint: SceneJoint) -> str:
    """Return how sure the network was of a joint's place; nothing for a line that the user drew."""
    if joint.confidence is None:
        return ""
    return _("Found with a confidence of {percent} %; move the line to correct its place").format(
        percent=round(100 * joint.confidence)
    )


def status_text(status: JointStatus) -> str:
    """Return a joint's state for people."""
    return {
        JointStatus.NOT_SEPARATED: _("not separated"),
        JointStatus.OUTDATED: _("line moved"),
        JointStatus.READY: _("ready"),
        JointStatus.EDITED: _("edited"),
    }[status]
