"""The section Export: edits, a sweep, the whole film, or a data set by a plan, into a folder; and back."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import qt
import slicer

from ..dataset import DatasetPaths, datasets_folder, read_plan, unfinished_datasets
from ..errors import LayerSeparationError
from ..export import JointExport, find_existing_film, find_existing_folders
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
from .export_job import DATA_SET, ExportSummary, export_job, film_job, resume_job
from .format_list import FormatList
from .package_setup import READING_DICOM, ensure_packages, requirements_of
from .plain_text import as_plain
from .plan_section import PlanSection
from .plural import plural
from .preferences import read_preference, write_preference
from .session import Session
from .states import PanelState
from .user_errors import show_errors
from .worker import JobProgress

_SELECTED, _ALL, _SWEEP, _PLAN, _FILM = range(5)
_FILE, _SET = "file:", "set:"
_PREFERENCE = "export"
USUAL_FOLDER = Path.home() / "LayerSeparation"
"""Where the scene's parameters begin."""
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
    say
        Shows a text to the user, or with '' takes it away.
    show_progress
        Shows how many joints or samples of how many are done.
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
        say: Callable[[str], None],
        show_progress: Callable[[int, int], None],
        sweep_targets: Callable[[], list[float]],
        on_change: Callable[[], None],
    ) -> None:
        self.ui, self._session, self._jobs, self._activity = ui, session, jobs, activity
        self._pending_edit, self._sweep_targets, self._tell = pending_edit, sweep_targets, on_change
        self._say, self._progress = say, show_progress
        self.plan = PlanSection(ui, session, self._on_change)
        self._give_up: Callable[[], None] | None = None
        self._unfinished: list[DatasetPaths] = []
        self._step: tuple[str, int, int] | None = None
        kept = read_preference(_PREFERENCE)
        self._ticked_files = _known(kept.get("files"), export_formats(), usual_formats())
        self._ticked_sets = _known(kept.get("data_sets"), data_set_formats(), [])
        self._formats = FormatList(self.ui.exportFormatsComboBox, self._take_ticks)
        for text in (
            _("Selected joint"),
            _("All separated joints"),
            _("Sweep of the selected joint"),
            _("Data set of all separated joints, by a plan"),
            _("Whole film with all edits"),
        ):
            self.ui.exportWhatComboBox.addItem(text)
        if kept.get("what") in range(self.ui.exportWhatComboBox.count):
            self.ui.exportWhatComboBox.setCurrentIndex(kept["what"])
        self._fill_formats()
        self.ui.exportWhatComboBox.connect("currentIndexChanged(int)", self._choose_what)
        # A section that unfolds shows the whole form, with the rows that do not belong to the choice.
        self.ui.exportSection.connect("contentsCollapsed(bool)", lambda _folded: self._show_rows())
        self.ui.exportButton.connect("clicked(bool)", self._press)
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
    def is_folder_there(self) -> bool:
        """Whether the folder exists; what is typed may be no path at all."""
        try:
            return self.folder is not None and self.folder.is_dir()
        except (OSError, ValueError):
            return False

    @property
    def formats(self) -> list[str]:
        """The formats of files that are ticked; none where a plan is to be carried out."""
        return [] if self._by_plan else list(self._ticked_files)

    @property
    def data_set_formats(self) -> list[str]:
        """The formats of data sets that are ticked; none where the film is to be written."""
        return [] if self._is_film else list(self._ticked_sets)

    @property
    def unfinished(self) -> str:
        """Name of the data set that *Resume* goes on with; '' where there is none."""
        return self._unfinished[0].root.name if self._unfinished else ""

    def set_formats(self, files: list[str], data_sets: list[str] | None = None) -> None:
        """Tick formats."""
        self._ticked_files, self._ticked_sets = list(files), list(data_sets or [])
        self._formats.tick(self._offered_ticks())
        self._on_change()

    def take_last_folder(self) -> None:
        """Offer the folder of the last export where the scene's parameters name none of their own."""
        kept = read_preference(_PREFERENCE).get("folder")
        if kept and self.folder == USUAL_FOLDER:
            self.ui.exportFolderPathLineEdit.currentPath = str(kept)

    def look_for_unfinished(self) -> None:
        """See which data sets of the film in the folder are not complete."""
        film, folder = self._session.film, self.folder
        name = film.name if film is not None else ""
        is_there = folder is not None and name and self.is_folder_there
        self._unfinished = unfinished_datasets(datasets_folder(folder, name)) if folder and is_there else []

    def refresh(self) -> None:
        """Show what can be exported."""
        self._show_rows()
        self.plan.refresh()

    def cancel(self) -> None:
        """Stop; the worker removes what is not complete."""
        if self._activity.state is not PanelState.EXPORTING or self._give_up is None:
            return
        self._give_up()
        text = _("Cancelled; nothing was written")
        if self._step is not None and self._step[0] == DATA_SET:
            _what, done, total = self._step
            of_total = plural(total, _("1 sample"), _("{count} samples"))
            text = _("Cancelled; {done} of {samples} done, Resume goes on from there").format(
                done=done, samples=of_total
            )
        self._finish(PanelState.IDLE, text)

    @property
    def _by_plan(self) -> bool:
        return bool(self.ui.exportWhatComboBox.currentIndex == _PLAN)

    @property
    def _is_film(self) -> bool:
        return bool(self.ui.exportWhatComboBox.currentIndex == _FILM)

    def _choose_what(self, _index: int) -> None:
        if self._by_plan and not self._ticked_sets:
            self._ticked_sets = [data_set_formats()[0][0]]
        self._fill_formats()
        self._show_rows()
        self._keep_choice()
        self._on_change()

    def _fill_formats(self) -> None:
        sets = [
            (_SET + name, _("Data set: {format}").format(format=text)) for name, text in data_set_formats()
        ]
        sets = [] if self._is_film else sets
        files = [] if self._by_plan else [(_FILE + name, text) for name, text in export_formats()]
        self._formats.fill([*files, *sets], self._offered_ticks())

    def _offered_ticks(self) -> list[str]:
        return [*(_FILE + name for name in self._ticked_files), *(_SET + name for name in self._ticked_sets)]

    def _take_ticks(self) -> None:
        ticked = self._formats.ticked
        if not self._by_plan:
            self._ticked_files = [name.removeprefix(_FILE) for name in ticked if name.startswith(_FILE)]
        if not self._is_film:
            self._ticked_sets = [name.removeprefix(_SET) for name in ticked if name.startswith(_SET)]
        self._keep_choice()
        self._on_change()

    def _keep_choice(self, **more: str) -> None:
        """Keep what is chosen for the next session."""
        choice = {
            "what": self.ui.exportWhatComboBox.currentIndex,
            "files": self._ticked_files,
            "data_sets": self._ticked_sets,
        }
        write_preference(_PREFERENCE, {**read_preference(_PREFERENCE), **choice, **more})

    def _show_rows(self) -> None:
        for widget in (self.ui.planLabel, self.ui.planWidget):
            widget.visible = self._by_plan

    def _on_change(self) -> None:
        """Take away what came of the last export, and pass on that another one is chosen."""
        if not self._activity.state.busy:
            self._say("")
        self._tell()

    def _follow_folder(self, _path: str) -> None:
        self.look_for_unfinished()
        self._on_change()

    def _press(self, _checked: bool = False) -> None:
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
        find_existing = find_existing_film if self._is_film else find_existing_folders
        existing = find_existing(items, folder) if formats else []
        if existing:
            names = "\n".join(map(str, existing[:_SHOWN_FOLDERS]))
            more = "\n..." if len(existing) > _SHOWN_FOLDERS else ""
            question = _("Replace what is in these folders?\n{names}").format(names=names + more)
            if not slicer.util.confirmOkCancelDisplay(as_plain(question)):
                return
        if self._is_film:
            self._submit(film_job(items, folder, formats, overwrite=bool(existing)))
        else:
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
        self._say("")
        return are_there

    def _say_now(self, text: str) -> None:
        """Show a text before something that holds up the window."""
        self._say(text)
        slicer.app.processEvents()

    def _submit(self, job: Callable[[JobProgress], ExportSummary]) -> None:
        self._step = None
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
        self._progress(done, total)
        if what == DATA_SET:
            of_total = plural(total, _("1 sample"), _("{count} samples"))
            self._say(_("{done} of {samples}").format(done=done, samples=of_total))

    def _succeed(self, summary: ExportSummary) -> None:
        self.ui.exportFolderPathLineEdit.addCurrentPathToHistory()
        self._keep_choice(folder=self.ui.exportFolderPathLineEdit.currentPath)
        self._finish(PanelState.IDLE, _describe(summary))

    def _fail(self, error: Exception) -> None:
        self._finish(PanelState.FAILED, "")
        known = isinstance(error, (LayerSeparationError, OSError))
        text = str(error) if known else _("The export failed: {error}").format(error=repr(error))
        slicer.util.errorDisplay(as_plain(text))

    def _finish(self, state: PanelState, message: str) -> None:
        self._say(message)
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
                self._say(text)


def _describe(summary: ExportSummary) -> str:
    """Return what was written, in a sentence or two."""
    texts = []
    count = len(summary.folders)
    if count:
        texts.append(plural(count, _("1 folder written"), _("{count} folders written")))
    outcome = summary.outcome
    if outcome is not None and summary.data_set is not None:
        samples = plural(outcome.samples, _("1 sample"), _("{count} samples"))
        text = (
            _("{name} was complete already: {samples}")
            if outcome.already_complete
            else _("{name} is complete: {samples}")
        )
        texts.append(text.format(name=summary.data_set.name, samples=samples))
        if outcome.failed:
            failed = plural(outcome.failed, _("1 sample"), _("{count} samples"))
            texts.append(_("{samples} could not be made; README.md there says why").format(samples=failed))
    shown, more = summary.left_out[:_SHOWN_REASONS], len(summary.left_out) - _SHOWN_REASONS
    texts += [_("left out: {reason}").format(reason=reason) for reason in shown]
    if more > 0:
        joints = plural(more, _("1 more joint"), _("{count} more joints"))
        texts.append(_("and {joints}; README.md there says why").format(joints=joints))
    return "; ".join(texts)


def _known(kept: object, offered: Sequence[tuple[str, str]], usual: list[str]) -> list[str]:
    """Return the formats of a kept choice that still exist; the usual ones where nothing was kept."""
    if not isinstance(kept, list):
        return list(usual)
    return [name for name, _text in offered if name in kept]
