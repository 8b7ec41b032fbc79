"""The section Export: the current edits, or a sweep, into a folder."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import qt
import slicer

from ..errors import LayerSeparationError
from ..export import JointExport, existing_folders, export_joints
from ..scene.export_edit import current_exports, export_formats, sweep_exports, usual_formats
from ..translation import tr as _
from .message import show_message
from .states import PanelState
from .user_errors import shown_errors

if TYPE_CHECKING:
    from .panel import Panel
    from .worker import Report

_SELECTED, _ALL, _SWEEP = range(3)


class ExportSection:
    """Writes files in the worker: no node is touched there."""

    def __init__(self, panel: Panel) -> None:
        self._panel, self.ui = panel, panel.ui
        for text in (_("Selected joint"), _("All separated joints"), _("Sweep of the selected joint")):
            self.ui.exportWhatComboBox.addItem(text)
        self._boxes: dict[str, qt.QCheckBox] = {}
        grid = self.ui.exportFormatsWidget.layout()
        for index, (name, text) in enumerate(export_formats()):
            box = qt.QCheckBox(text)
            box.checked = name in usual_formats()
            box.connect("toggled(bool)", lambda _checked: panel.refresh())
            self._boxes[name] = box
            grid.addWidget(box, index // 2, index % 2)
        self.ui.exportButton.connect("clicked(bool)", self._clicked)
        self.ui.openFolderButton.connect("clicked(bool)", self._open_folder)
        self.ui.exportFolderPathLineEdit.connect("currentPathChanged(QString)", lambda _path: panel.refresh())

    @property
    def folder(self) -> Path | None:
        """The folder that the user chose."""
        text = self.ui.exportFolderPathLineEdit.currentPath.strip()
        return Path(text).expanduser() if text and text != "." else None

    @property
    def formats(self) -> list[str]:
        """The formats that are ticked."""
        return [name for name, box in self._boxes.items() if box.checked]

    def set_formats(self, names: list[str]) -> None:
        """Tick formats."""
        for name, box in self._boxes.items():
            box.checked = name in names

    def refresh(self) -> None:
        """Show what the button does."""
        exporting = self._panel.state is PanelState.EXPORTING
        self.ui.exportButton.text = _("Cancel") if exporting else _("Export")
        self.ui.exportProgressBar.visible = exporting

    def cancel(self) -> None:
        """Stop; the worker removes what is not complete."""
        if self._panel.state is PanelState.EXPORTING:
            self._panel.worker.cancel()
            self._finish(PanelState.IDLE, _("Cancelled; nothing was written"))

    def _clicked(self, _checked: bool = False) -> None:
        if self._panel.state is PanelState.EXPORTING:
            self.cancel()
            return
        self._panel.gap.flush()
        with shown_errors():
            self._start()

    def _start(self) -> None:
        folder, formats = self.folder, self.formats
        if folder is None:
            return
        items = self._items()
        existing = existing_folders(items, folder)
        if existing:
            names = "\n".join(str(path) for path in existing[:5]) + ("\n..." if len(existing) > 5 else "")
            question = _("Replace what is in these folders?\n{names}").format(names=names)
            if not slicer.util.confirmOkCancelDisplay(question):
                return
        self._panel.set_state(PanelState.EXPORTING)

        def job(report: Report) -> list[Path]:
            return export_joints(
                items,
                folder,
                formats=formats,
                overwrite=bool(existing),
                progress=lambda done, total: report(done, total, None),
            )

        self._panel.submit(job, self._progress, self._done, self._failed)

    def _items(self) -> list[JointExport]:
        session, what = self._panel.session, self.ui.exportWhatComboBox.currentIndex
        joints = list(session.joints.joints) if session.joints is not None else []
        if what == _SWEEP and session.joint is not None:
            return sweep_exports(session.joint, self._panel.sweep.targets())
        return current_exports(joints if what == _ALL else [joint for joint in [session.joint] if joint])

    def _progress(self, done: int, total: int, _part: object) -> None:
        bar = self.ui.exportProgressBar
        bar.maximum = total
        bar.value = done

    def _done(self, folders: list[Path]) -> None:
        self.ui.exportFolderPathLineEdit.addCurrentPathToHistory()
        text = _("{count} folders written") if len(folders) != 1 else _("1 folder written")
        self._finish(PanelState.IDLE, text.format(count=len(folders)))

    def _failed(self, error: Exception) -> None:
        self._finish(PanelState.FAILED, "")
        known = isinstance(error, (LayerSeparationError, OSError))
        text = str(error) if known else _("The export failed: {error}").format(error=repr(error))
        slicer.util.errorDisplay(text)

    def _finish(self, state: PanelState, message: str) -> None:
        show_message(self.ui.exportMessageLabel, message)
        self._panel.set_state(state)

    def _open_folder(self, _checked: bool = False) -> None:
        if self.folder is not None:
            qt.QDesktopServices.openUrl(qt.QUrl.fromLocalFile(str(self.folder)))
