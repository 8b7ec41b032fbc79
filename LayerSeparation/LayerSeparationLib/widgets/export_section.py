"""The section Export: the current edits, a sweep, or a data set by a plan, into a folder; and back."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import qt
import slicer

from ..dataset import DatasetPaths, datasets_folder, read_plan, unfinished_datasets
from ..errors import LayerSeparationError
from ..export import JointExport, find_existing_folders
from ..export.encoding.dicom_segmentation import is_dicom
from ..scene.export_edit import (
    current_exports,
    data_set_formats,
    export_formats,
    sweep_exports,
    usual_formats,
)
from ..scene.loaded_segmentation import load_segmentation
from ..translation import tr as _
from .activity import Activity
from .contracts import JobRunner, PendingEdit
from .export_job import DATA_SET, ExportSummary, export_job, resume_job
from .message import show_message
from .package_setup import READING_DICOM, ensure_packages, requirements_of
from .plan_section import PlanSection
from .session import Session
from .states import PanelState
from .user_errors import show_errors
from .worker import JobProgress

_SELECTED, _ALL, _SWEEP, _PLAN = range(4)
_SHOWN_FOLDERS = 5
_SHOWN_REASONS = 2


class ExportSection:
    """Writes files in the worker: no node is touched there.

    Parameters
    ----------
    ui
        Holds the section's widgets as attributes.
    session
        Has the film, its joints, and the selected one.
    jobs
        Carry out the export.
    activity
        Told when an export begins and ends.
    pending_edit
        Carried out before the export.
    sweep_targets
        Returns the joint space widths of the sweep, in the session's unit.
    on_change
        Called when formats, folder or plan are others.
    """

    def __init__(
        self,
        ui: Any,
        session: Session,
        jobs: JobRunner,
        activity: Activity,
        pending_edit: PendingEdit,
        sweep_targets: Callable[[], list[float]],
        on_change: Callable[[], None],
    ) -> None:
        self.ui, self._session, self._jobs, self._activity = ui, session, jobs, activity
        self._pending_edit, self._sweep_targets, self._on_change = pending_edit, sweep_targets, on_change
        self.plan = PlanSection(ui, session, on_change)
        self._give_up: Callable[[], None] | None = None
        self._unfinished: list[DatasetPaths] = []
        self._step: tuple[str, int, int] | None = None
        self._files = self._add_boxes(self.ui.exportFormatsWidget, export_formats(), usual_formats())
        self._sets = self._add_boxes(self.ui.dataSetFormatsWidget, data_set_formats(), [])
        for text in (
            _("Selected joint"),
            _("All separated joints"),
            _("Sweep of the selected joint"),
            _("Data set of all separated joints, by a plan"),
        ):
            self.ui.exportWhatComboBox.addItem(text)
        self.ui.exportWhatComboBox.connect("currentIndexChanged(int)", self._choose_what)
        # A section that unfolds shows all that it holds.
        self.ui.exportSection.connect("contentsCollapsed(bool)", lambda _folded: self._show_rows())
        self.ui.exportButton.connect("clicked(bool)", self._start_or_cancel)
        self.ui.resumeButton.connect("clicked(bool)", self._resume)
        self.ui.openFolderButton.connect("clicked(bool)", self._open_folder)
        self.ui.loadSegmentationButton.connect("clicked(bool)", self._load_segmentation)
        self.ui.exportFolderPathLineEdit.connect("currentPathChanged(QString)", self._follow_folder)

    @property
    def folder(self) -> Path | None:
        """The folder that the user chose."""
        text = self.ui.exportFolderPathLineEdit.currentPath.strip()
        return Path(text).expanduser() if text and text != "." else None

    @property
    def formats(self) -> list[str]:
        """The formats of files that are ticked; none where a plan is to be carried out."""
        return [] if self._by_plan else [name for name, box in self._files.items() if box.checked]

    @property
    def data_set_formats(self) -> list[str]:
        """The formats of data sets that are ticked."""
        return [name for name, box in self._sets.items() if box.checked]

    @property
    def unfinished(self) -> str:
        """Name of the data set that *Resume* goes on with; '' where there is none."""
        return self._unfinished[0].root.name if self._unfinished else ""

    def set_formats(self, files: list[str], data_sets: list[str] | None = None) -> None:
        """Tick formats."""
        for boxes, names in ((self._files, files), (self._sets, data_sets or [])):
            for name, box in boxes.items():
                box.checked = name in names

    def look_for_unfinished(self) -> None:
        """See which data sets of the film in the folder are not complete."""
        film, folder = self._session.film, self.folder
        name = film.node.GetName() if film is not None else ""
        self._unfinished = unfinished_datasets(datasets_folder(folder, name)) if folder and name else []

    def refresh(self) -> None:
        """Show what the button does."""
        exporting = self._activity.state is PanelState.EXPORTING
        self.ui.exportButton.text = _("Cancel") if exporting else _("Export")
        self._show_rows()
        self.plan.refresh()

    def cancel(self) -> None:
        """Stop; the worker removes what is not complete."""
        if self._activity.state is not PanelState.EXPORTING or self._give_up is None:
            return
        self._give_up()
        text = _("Cancelled; nothing was written")
        if self._step is not None and self._step[0] == DATA_SET:
            text = _("Cancelled; {done} of {total} samples are complete, Resume goes on from there").format(
                done=self._step[1], total=self._step[2]
            )
        self._finish(PanelState.IDLE, text)

    @property
    def _by_plan(self) -> bool:
        return bool(self.ui.exportWhatComboBox.currentIndex == _PLAN)

    def _add_boxes(self, widget: Any, formats: list[tuple[str, str]], ticked: list[str]) -> dict[str, Any]:
        boxes = {}
        for index, (name, text) in enumerate(formats):
            box = qt.QCheckBox(text)
            box.checked = name in ticked
            box.connect("toggled(bool)", lambda _checked: self._on_change())
            widget.layout().addWidget(box, index // 2, index % 2)
            boxes[name] = box
        return boxes

    def _choose_what(self, _index: int) -> None:
        if self._by_plan and not self.data_set_formats:
            next(iter(self._sets.values())).checked = True
        self._show_rows()
        self._on_change()

    def _show_rows(self) -> None:
        for widget in (self.ui.planLabel, self.ui.planWidget):
            widget.visible = self._by_plan
        for widget in (self.ui.exportFormatsLabel, self.ui.exportFormatsWidget):
            widget.visible = not self._by_plan
        self.ui.exportProgressBar.visible = self._activity.state is PanelState.EXPORTING
        self.ui.exportMessageLabel.visible = bool(self.ui.exportMessageLabel.text)

    def _follow_folder(self, _path: str) -> None:
        self.look_for_unfinished()
        self._on_change()

    def _start_or_cancel(self, _checked: bool = False) -> None:
        if self._activity.state is PanelState.EXPORTING:
            self.cancel()
            return
        self._pending_edit.flush()
        with show_errors():
            self._start()

    def _start(self) -> None:
        folder, formats, sets = self.folder, self.formats, self.data_set_formats
        if folder is None or not self._ensure_packages(requirements_of([*formats, *sets])):
            return
        items = self._items()
        options = None
        if sets:
            options = self.plan.options(sets) if self._by_plan else self.plan.options_of_given_edits(sets)
        existing = find_existing_folders(items, folder) if formats else []
        if existing:
            names = "\n".join(map(str, existing[:_SHOWN_FOLDERS]))
            more = "\n..." if len(existing) > _SHOWN_FOLDERS else ""
            question = _("Replace what is in these folders?\n{names}").format(names=names + more)
            if not slicer.util.confirmOkCancelDisplay(question):
                return
        self._submit(export_job(items, folder, formats, options, overwrite=bool(existing)))

    def _resume(self, _checked: bool = False) -> None:
        self.look_for_unfinished()
        if not self._unfinished:
            self._on_change()
            return
        with show_errors():
            paths = self._unfinished[0]
            if self._ensure_packages(requirements_of(read_plan(paths.plan).options.formats)):
                self._submit(resume_job(paths))

    def _ensure_packages(self, requirements: Sequence[str]) -> bool:
        """Have missing packages installed, if the user wants it; return whether all are there."""
        are_there = ensure_packages(requirements, slicer.util.confirmOkCancelDisplay, self._say_now)
        show_message(self.ui.exportMessageLabel, "")
        return are_there

    def _say_now(self, text: str) -> None:
        """Show a text before something that holds up the window."""
        show_message(self.ui.exportMessageLabel, text)
        slicer.app.processEvents()

    def _submit(self, job: Callable[[JobProgress], ExportSummary]) -> None:
        self._step = None
        show_message(self.ui.exportMessageLabel, "")
        self._activity.set_state(PanelState.EXPORTING)
        self._give_up = self._jobs.submit(job, self._show_progress, self._succeed, self._fail)

    def _items(self) -> list[JointExport]:
        joint, what = self._session.joint, self.ui.exportWhatComboBox.currentIndex
        if what not in (_SELECTED, _SWEEP):
            return current_exports(self._session.all_joints)
        if joint is None:
            return current_exports([])
        return sweep_exports(joint, self._sweep_targets()) if what == _SWEEP else current_exports([joint])

    def _show_progress(self, done: int, total: int, what: object) -> None:
        self._step = str(what), done, total
        bar = self.ui.exportProgressBar
        bar.maximum = total
        bar.value = done
        if what == DATA_SET:
            text = _("{done} of {total} samples").format(done=done, total=total)
            show_message(self.ui.exportMessageLabel, text)

    def _succeed(self, summary: ExportSummary) -> None:
        self.ui.exportFolderPathLineEdit.addCurrentPathToHistory()
        self._finish(PanelState.IDLE, _describe(summary))

    def _fail(self, error: Exception) -> None:
        self._finish(PanelState.FAILED, "")
        known = isinstance(error, (LayerSeparationError, OSError))
        text = str(error) if known else _("The export failed: {error}").format(error=repr(error))
        slicer.util.errorDisplay(text)

    def _finish(self, state: PanelState, message: str) -> None:
        show_message(self.ui.exportMessageLabel, message)
        self.look_for_unfinished()
        self._activity.set_state(state)

    def _open_folder(self, _checked: bool = False) -> None:
        if self.folder is not None:
            qt.QDesktopServices.openUrl(qt.QUrl.fromLocalFile(str(self.folder)))

    def _load_segmentation(self, _checked: bool = False) -> None:
        film = self._session.film
        if film is None:
            return
        path = qt.QFileDialog.getOpenFileName(
            slicer.util.mainWindow(),
            _("Load segmentation of a radiograph"),
            str(self.folder or ""),
            _("Segmentations (*.seg.nrrd *.dcm);;All files (*)"),
        )
        if path:
            with show_errors():
                if is_dicom(path) and not self._ensure_packages(READING_DICOM):
                    return
                node = load_segmentation(path, film)
                text = _("{name} was loaded").format(name=node.GetName())
                show_message(self.ui.exportMessageLabel, text)


def _describe(summary: ExportSummary) -> str:
    """Return what was written, in a sentence or two."""
    texts = []
    count = len(summary.folders)
    if count:
        text = _("{count} folders written") if count != 1 else _("1 folder written")
        texts.append(text.format(count=count))
    outcome = summary.outcome
    if outcome is not None and summary.data_set is not None:
        text = (
            _("{name} was complete already: {count} samples")
            if outcome.already_complete
            else _("{name} is complete: {count} samples")
        )
        texts.append(text.format(name=summary.data_set.name, count=outcome.samples))
        if outcome.failed:
            failed = _("{count} samples could not be made; README.md there says why")
            texts.append(failed.format(count=outcome.failed))
    shown, more = summary.left_out[:_SHOWN_REASONS], len(summary.left_out) - _SHOWN_REASONS
    texts += [_("left out: {reason}").format(reason=reason) for reason in shown]
    if more > 0:
        texts.append(_("and {count} more joints; README.md there says why").format(count=more))
    return "; ".join(texts)
