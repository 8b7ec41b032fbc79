"""The section Compare: how the joints of the film changed since an earlier one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol

import qt
import slicer
import vtk

from ..errors import DependencyError, LayerSeparationError, VisitMismatchError
from ..export.joint_folders import film_folder
from ..follow_up import JointChange, Verdict, can_be_reported
from ..scene import Film, SceneJoints, films_in
from ..scene.change_format import change_title, verdict_text
from ..scene.film_loading import open_film
from ..scene.scene_comparison import SceneComparison
from ..scene.visits import ComparisonStep, Visit, check_headers
from ..translation import tr as _
from .activity import Activity
from .change_list import ChangeList, reason_of
from .comparison_job import ComparisonJob, WrittenComparison, writing_job
from .contracts import JobRunner
from .film_dialog import ask_for_film
from .message import show_message
from .package_setup import DRAWING, WRITING_DICOM, ensure_packages
from .plain_text import as_plain
from .plural import plural
from .preferences import read_preference, write_preference
from .processor import Processor
from .session import Session
from .states import PackageState, PanelState
from .user_errors import show_errors

_PREFERENCE = "comparison"


class VisitViews(Protocol):
    """Shows two films of a joint, and what differs."""

    @property
    def are_shown(self) -> bool:
        """Whether it does so now."""
        ...

    def show(self) -> None:
        """Do so from now on."""
        ...

    def choose(self, comparison: SceneComparison | None, change: JointChange | None) -> None:
        """Take another joint, or none; without a comparison there is nothing to show."""
        ...


class CompareSection:
    """Has the film compared with an earlier one of the same hand, and shows what came of it.

    Parameters
    ----------
    ui
        Holds the section's widgets as attributes.
    session
        Has the film in work, its joints, and the selected one.
    jobs
        Compare, and write.
    activity
        Told when a comparison begins and ends.
    processor
        Says what networks run on, and is told what was learnt of PyTorch.
    views
        Show the joint that is selected.
    say
        Shows a text to the user, or with '' takes it away.
    show_progress
        Shows how many steps of how many are done.
    on_opened
        Called when an earlier film was opened.
    on_change
        Called when another film or another result is there.
    """

    def __init__(
        self,
        ui: Any,
        session: Session,
        jobs: JobRunner,
        activity: Activity,
        processor: Processor,
        views: VisitViews,
        say: Callable[[str], None],
        show_progress: Callable[[int, int], None],
        on_opened: Callable[[], None],
        on_change: Callable[[], None],
    ) -> None:
        self.ui, self._session, self._jobs, self._activity = ui, session, jobs, activity
        self._processor, self._views, self._say, self._show_progress = processor, views, say, show_progress
        self._on_opened, self._on_change = on_opened, on_change
        self._job = ComparisonJob()
        self._give_up: Callable[[], None] | None = None
        self._comparison: SceneComparison | None = None
        self._change: JointChange | None = None
        self._node_ids: list[str] = []
        self._is_filling = False
        self._list = ChangeList(ui.changeTable, self._choose_row)
        ui.baselineComboBox.connect("currentIndexChanged(int)", self._choose_baseline)
        ui.openBaselineButton.connect("clicked(bool)", self._open_baseline)
        ui.compareButton.connect("clicked(bool)", self._press)
        ui.visitsButton.connect("clicked(bool)", self.show_visits)
        ui.exportChangesButton.connect("clicked(bool)", self._export)
        # A section that unfolds shows all that it holds.
        ui.compareSection.connect("contentsCollapsed(bool)", lambda _folded: self.refresh())

    @property
    def baseline_node(self) -> vtk.vtkObject | None:
        """The earlier film's volume node."""
        index = self.ui.baselineComboBox.currentIndex
        if not 0 <= index < len(self._node_ids) or slicer.mrmlScene is None:
            return None
        return slicer.mrmlScene.GetNodeByID(self._node_ids[index])

    @property
    def changes(self) -> tuple[JointChange, ...]:
        """One for each joint of either film; none before a comparison."""
        return self._comparison.changes if self._comparison is not None else ()

    @property
    def are_visits_shown(self) -> bool:
        """Whether the views show two films of a joint side by side."""
        return self._views.are_shown

    @property
    def outdated_changes(self) -> int:
        """How many joints were changed since they were compared, or their films were."""
        return self._are_current().count(False)

    def fill(self) -> None:
        """List the films that may be earlier ones; a comparison with a film that is gone goes too."""
        comparison = self._comparison
        if comparison is not None and not comparison.is_there:
            if comparison.film.node is self._session.film_node:
                comparison.remove()
            self.forget()
        film, scene = self._session.film_node, slicer.mrmlScene
        films = [node for node in films_in(scene) if node is not film] if scene and film is not None else []
        node_ids, names = [node.GetID() for node in films], [node.GetName() for node in films]
        box, chosen = self.ui.baselineComboBox, self.baseline_node
        shown = [box.itemText(index) for index in range(box.count)]
        if node_ids == self._node_ids and shown == (names or [_("no other radiograph in the scene")]):
            return
        self._is_filling = True
        try:
            self._node_ids = node_ids
            box.clear()
            for name in names or [_("no other radiograph in the scene")]:
                box.addItem(name)
            box.setCurrentIndex(films.index(chosen) if chosen in films else 0)
        finally:
            self._is_filling = False

    def refresh(self) -> None:
        """Show what is compared, and what of it still holds."""
        self.show_layout()
        self._list.fill(self.changes, self._are_current())
        self.ui.changeTable.visible = bool(self.changes) and not self.ui.compareSection.collapsed
        self._show_change()

    def show_selection(self) -> None:
        """Show the change of the joint in work."""
        if self._comparison is not None:
            self._change = self._comparison.change_of(self._session.joint)
        self._show_change()

    def forget(self) -> None:
        """Let go of the comparison: another film is in work; what it left in the scene stays."""
        self._comparison = self._change = None
        self._views.choose(None, None)
        self.refresh()

    def follow_film(self) -> None:
        """Take in that another film may be in work."""
        comparison, joints = self._comparison, self._session.joints
        if comparison is not None and not comparison.is_of(joints):
            self.forget()
        self.fill()
        if self._comparison is None and joints is not None:
            with show_errors():
                self._restore(joints)

    def _restore(self, joints: SceneJoints) -> None:
        """Take up the comparison that the scene has of the film."""
        comparison = SceneComparison.restore(joints)
        if comparison is None:
            return
        node_id = comparison.baseline.node.GetID()
        if node_id in self._node_ids:
            self._is_filling = True
            try:
                self.ui.baselineComboBox.setCurrentIndex(self._node_ids.index(node_id))
            finally:
                self._is_filling = False
        self._take(comparison)
        self.refresh()

    def _take(self, comparison: SceneComparison) -> None:
        """Show a comparison: the joint in work, else the first that is on both films."""
        registered = (change for change in comparison.changes if change.registration is not None)
        own = comparison.change_of(self._session.joint)
        self._comparison = comparison
        self._change = own or next(registered, None) or next(iter(comparison.changes), None)

    def start(self) -> None:
        """Compare the film with the earlier one."""
        joints, node = self._session.joints, self.baseline_node
        if joints is None or node is None:
            return
        baseline = Film(node)
        visits = Visit.of_film(baseline), Visit.of(joints)
        try:
            check_headers(*visits)
        except VisitMismatchError as error:
            question = _("{reason}\nCompare them all the same?").format(reason=error)
            if not slicer.util.confirmOkCancelDisplay(as_plain(question)):
                return
        self._activity.set_state(PanelState.COMPARING)
        self._say("")

        def take(changes: list[JointChange]) -> None:
            self._processor.torch = PackageState.READY
            comparison = SceneComparison(baseline, joints, changes)
            if self._session.joints is not joints or not comparison.is_there:
                self._finish(PanelState.IDLE, _("The film was changed meanwhile: compare again."))
                return
            self._give_up = self._jobs.steps.start(
                comparison.write_steps(), lambda: self._succeed(comparison), self._fail
            )

        job = self._job.compare(*visits, self._processor.device)
        self._give_up = self._jobs.submit(job, self._follow, take, self._fail)

    def cancel(self) -> None:
        """Stop; the comparison before stays."""
        if self._activity.state is PanelState.COMPARING and self._give_up is not None:
            self._give_up()
            self._finish(PanelState.IDLE, _("Cancelled"))

    def show_visits(self, _checked: bool = False) -> None:
        """Show both films with the joint in work in the middle, and what differs."""
        with show_errors():
            if self._comparison is not None:
                self._views.show()
        self.show_layout()

    def show_layout(self) -> None:
        """Show by the button whether both films are in view."""
        self.ui.visitsButton.checked = self._views.are_shown

    def _are_current(self) -> list[bool]:
        comparison = self._comparison
        return [] if comparison is None else comparison.are_current()

    def _show_change(self) -> None:
        comparison, change = self._comparison, self._change
        is_known = comparison is not None and change is not None
        self._list.select(self.changes.index(change) if is_known and change is not None else None)
        text = ""
        if comparison is not None and change is not None:
            text = f"{change_title(change)}: {reason_of(change, comparison.is_current(change))}"
        show_message(self.ui.changeReasonLabel, "" if self.ui.compareSection.collapsed else text)
        self._views.choose(comparison, change)

    def _choose_row(self, row: int) -> None:
        comparison = self._comparison
        if comparison is None:
            return
        self._change = comparison.changes[row]
        joint = comparison.joint_of(self._change)
        if joint is not None and joint is not self._session.joint:
            self._session.select(joint)
        else:
            self._show_change()

    def _choose_baseline(self, _index: int) -> None:
        if not self._is_filling:
            self._on_change()

    def _open_baseline(self, _checked: bool = False) -> None:
        path = ask_for_film(_("Open the earlier radiograph"))
        if not path:
            return
        with show_errors():
            node = open_film(path)
            self.fill()
            if node.GetID() in self._node_ids:
                self.ui.baselineComboBox.setCurrentIndex(self._node_ids.index(node.GetID()))
            self._on_opened()
            self._on_change()

    def _press(self, _checked: bool = False) -> None:
        with show_errors():
            self.start()

    def _follow(self, done: int, total: int, step: ComparisonStep | None) -> None:
        self._show_progress(done, total)
        if step is ComparisonStep.FINDING:
            self._say(_("Looking for the joints of the earlier film..."))
        elif step is not None:
            does = {
                ComparisonStep.SEPARATING: _("Separating the earlier film: {done} of {total} joints"),
                ComparisonStep.SEPARATING_LATER: _(
                    "Separating on the grey scale of both films: {done} of {total} joints"
                ),
                ComparisonStep.COMPARING: _("Comparing: {done} of {total} joints"),
            }[step]
            self._say(does.format(done=done, total=total))

    def _succeed(self, comparison: SceneComparison) -> None:
        self._take(comparison)
        self._finish(PanelState.IDLE, _describe(comparison.changes))
        self.show_visits()

    def _fail(self, error: Exception) -> None:
        if isinstance(error, DependencyError):
            self._processor.torch = PackageState.BROKEN
        is_known = isinstance(error, (LayerSeparationError, OSError))
        text = str(error) if is_known else _("The comparison failed: {error}").format(error=repr(error))
        self._finish(PanelState.FAILED, text)
        slicer.util.errorDisplay(as_plain(text))

    def _finish(self, state: PanelState, message: str) -> None:
        self._give_up = None
        self._say(message)
        self._activity.set_state(state)
        self._on_change()

    # Files.

    def _export(self, _checked: bool = False) -> None:
        comparison = self._comparison
        if comparison is None:
            return
        parent = qt.QFileDialog.getExistingDirectory(
            slicer.util.mainWindow(),
            _("Folder for the comparison"),
            str(read_preference(_PREFERENCE).get("folder") or ""),
        )
        if not parent:
            return
        write_preference(_PREFERENCE, {"folder": str(parent)})
        with show_errors():
            self._write(comparison, Path(parent))

    def _write(self, comparison: SceneComparison, parent: Path) -> None:
        title = f"{comparison.film.name} since {comparison.baseline.name}"
        folder = parent / film_folder(title)
        is_there = folder.is_file() or (folder.is_dir() and any(folder.iterdir()))
        question = _("Replace what is in this folder?\n{name}").format(name=folder)
        if is_there and not slicer.util.confirmOkCancelDisplay(as_plain(question)):
            return
        with_report = any(map(can_be_reported, comparison.changes))
        job = writing_job(
            folder,
            comparison.changes,
            overwrite=is_there,
            with_pictures=self._ensure(DRAWING),
            with_report=with_report and self._ensure(WRITING_DICOM),
        )
        self._activity.set_state(PanelState.COMPARING)
        self._say(_("Writing the comparison..."))
        self._give_up = self._jobs.submit(job, self._follow, self._tell_written, self._fail)

    def _ensure(self, requirements: tuple[str, ...]) -> bool:
        """Have missing packages installed, if the user wants it; return whether all are there."""

        def say_now(text: str) -> None:
            self._say(text)
            slicer.app.processEvents()

        return ensure_packages(requirements, slicer.util.confirmOkCancelDisplay, say_now)

    def _tell_written(self, written: WrittenComparison) -> None:
        count = plural(len(written.files), _("1 file written"), _("{count} files written"))
        text = _("{files} into {folder}: {names}").format(
            files=count, folder=written.folder.name, names=", ".join(written.files)
        )
        self._finish(PanelState.IDLE, text)


def _describe(changes: tuple[JointChange, ...]) -> str:
    """Return how many joints have which verdict: '14 joints compared: 2 progressed, 12 unchanged'."""
    counts = Counter(change.verdict for change in changes)
    parts = [
        _("{count} {verdict}").format(count=counts[verdict], verdict=verdict_text(verdict))
        for verdict in Verdict
        if counts[verdict]
    ]
    compared = plural(len(changes), _("1 joint compared"), _("{count} joints compared"))
    return _("{compared}: {parts}").format(compared=compared, parts=", ".join(parts))
