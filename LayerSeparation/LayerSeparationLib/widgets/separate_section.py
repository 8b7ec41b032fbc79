"""The section Separate: device, progress, cancel, and PyTorch where it is missing."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

import slicer

from ..errors import DependencyError, LayerSeparationError
from ..joints import JointCrop
from ..scene import JointStatus, SceneJoint
from ..translation import tr as _
from .message import show_message
from .separation_job import Devices, Outcome, SeparationJob
from .states import PackageState, PanelState
from .torch_setup import find_torch, install_torch
from .user_errors import shown_errors

if TYPE_CHECKING:
    from ..joints import JointPose
    from .panel import Panel

_log = logging.getLogger(__name__)
_WAITING = (JointStatus.NOT_SEPARATED, JointStatus.OUTDATED)


class SeparateSection:
    """Has joints separated by the worker and gives their layers to the scene one by one."""

    def __init__(self, panel: Panel) -> None:
        self._panel, self.ui = panel, panel.ui
        self._job = SeparationJob()
        self._devices: Devices | None = None
        self._asked_for_devices = False
        self._device_names: list[str] = []
        self._filling = False
        self._failures: list[str] = []
        self._taken = 0
        self.torch = find_torch()
        self.ui.separateButton.connect("clicked(bool)", self._clicked)
        self.ui.deviceComboBox.connect("currentIndexChanged(int)", self._device_chosen)
        self._fill_devices()

    def look_for_torch(self) -> None:
        """Find out in the worker what the machine has; the window does not wait for torch to load."""
        found = find_torch()
        if self.torch is not PackageState.BROKEN or found is PackageState.READY:
            self.torch = found
        if self.torch in (PackageState.READY, PackageState.INSTALLED) and not self._asked_for_devices:
            self._asked_for_devices = True
            self._panel.submit(self._job.find_devices, None, self._devices_found, self._torch_failed)

    def start(self) -> None:
        """Separate the joints that wait for it, or the selected one again."""
        session = self._panel.session
        if session.joints is None:
            return
        self._failures, self._taken = [], 0
        waiting = [joint for joint in session.joints.joints if joint.status in _WAITING]
        joints = waiting or ([session.joint] if session.joint is not None else [])
        wanted = [(joint, job) for joint in joints for job in self._jobs_of(joint)]
        if not wanted:
            self._finish(PanelState.FAILED if self._failures else PanelState.IDLE, "")
            return
        self._panel.set_state(PanelState.SEPARATING)
        self._show_progress(0, len(wanted))
        self._say(_("Loading the network...") if self.torch is not PackageState.READY else "")

        def progress(done: int, total: int, part: Any) -> None:
            self._show_progress(done, total)
            self._say(_("{done} of {total} joints").format(done=done, total=total))
            if part is not None:
                index, layers = part
                self._take(wanted[index], layers)

        self._panel.submit(
            self._job.separate([job for _joint, job in wanted], self._panel.device),
            progress,
            self._done,
            self._failed,
        )

    def cancel(self) -> None:
        """Stop; what is separated stays so."""
        if self._panel.state is PanelState.SEPARATING:
            self._panel.worker.cancel()
            self._asked_for_devices = self._devices is not None
            self._finish(PanelState.IDLE, _("Cancelled"))

    def refresh(self) -> None:
        """Show what it will run on."""
        self._fill_devices()
        device = self._panel.device
        if self.torch is PackageState.MISSING:
            text = _("PyTorch is not installed")
        elif self.torch is PackageState.BROKEN:
            text = _("PyTorch does not load: repair it")
        elif self._devices is None:
            loading = (
                _("PyTorch is being loaded...") if self._asked_for_devices else _("PyTorch is installed")
            )
            text = _("will run on CPU") if device == "cpu" else loading
        else:
            text = _("will run on {device}").format(device=self._devices.text_of(device))
        self.ui.deviceLabel.text = text
        self.ui.deviceLabel.toolTip = text
        self.ui.progressBar.visible = self._panel.state is PanelState.SEPARATING

    def _jobs_of(self, joint: SceneJoint) -> list[tuple[Any, JointPose]]:
        """Return the joint's job; none where its line is of no use, which is noted."""
        session = self._panel.session
        try:
            jobs = session.joints.jobs([joint]) if session.joints is not None else []
            for radiograph, pose in jobs:
                JointCrop(radiograph, pose)
        except LayerSeparationError as error:
            self._failures.append(str(error))
            return []
        return jobs

    def _take(self, wanted: tuple[SceneJoint, tuple[Any, JointPose]], layers: Any) -> None:
        joint, (_radiograph, pose) = wanted
        if not self._panel.session.has(joint):
            return
        try:
            if joint.pose != pose:
                moved = _("The line of {name} was moved meanwhile: separate it again.")
                self._failures.append(moved.format(name=joint.name))
                return
            joint.set_layers(layers)
            self._taken += 1
        except LayerSeparationError as error:
            self._failures.append(str(error))
        except Exception as error:
            _log.exception("layers of %s could not be taken", joint.name)
            self._failures.append(
                _("The layers of {name} can't be shown ({error}).").format(name=joint.name, error=error)
            )

    def _done(self, outcome: Outcome) -> None:
        self.torch = PackageState.READY
        count = self._taken
        text = _("{count} joints separated on {device}") if count > 1 else _("Separated on {device}")
        said = " ".join([text.format(count=count, device=outcome.device), *outcome.messages])
        self._finish(PanelState.FAILED if self._failures else PanelState.IDLE, said if count else "")
        self._panel.show_result()

    def _failed(self, error: Exception) -> None:
        if isinstance(error, DependencyError):
            self.torch = PackageState.BROKEN
        self._failures.append(
            str(error)
            if isinstance(error, LayerSeparationError)
            else _("The separation failed: {error}. Try the CPU as device.").format(error=error)
        )
        self._finish(PanelState.FAILED, "")

    def _finish(self, state: PanelState, message: str) -> None:
        failures, self._failures = self._failures, []
        self._say(" ".join([*([message] if message else []), *failures[:1]]))
        self._panel.set_state(state)
        if failures:
            slicer.util.errorDisplay("\n\n".join(dict.fromkeys(failures)))

    def _clicked(self, _checked: bool = False) -> None:
        if self._panel.state is PanelState.SEPARATING:
            self.cancel()
        elif self.torch in (PackageState.MISSING, PackageState.BROKEN):
            with shown_errors():
                self._install()
        else:
            with shown_errors():
                self._panel.gap.flush()
                self.start()

    def _install(self) -> None:
        done = install_torch(
            slicer.util.confirmOkCancelDisplay, self._say_now, self.torch is PackageState.BROKEN
        )
        self._say("")
        if done:
            self.torch, self._asked_for_devices = PackageState.INSTALLED, False
            self.look_for_torch()
        self._panel.refresh()

    def _devices_found(self, devices: Devices) -> None:
        self._devices, self.torch = devices, PackageState.READY
        names = [device.name for device in devices.all]
        if self._panel.device not in ("auto", *names):
            self._panel.device = "auto"
        self._panel.refresh()

    def _torch_failed(self, error: Exception) -> None:
        self.torch = PackageState.BROKEN
        self._say(str(error))
        self._panel.refresh()

    def _fill_devices(self) -> None:
        known = [(device.name, device.text) for device in self._devices.all] if self._devices else []
        choices = [("auto", _("Automatic")), *(known or [("cpu", _("CPU"))])]
        names = [name for name, _text in choices]
        if self._panel.device not in names:
            choices.append((self._panel.device, self._panel.device))
            names.append(self._panel.device)
        box = self.ui.deviceComboBox
        self._filling = True
        try:
            if names != self._device_names:
                self._device_names = names
                box.clear()
                for _name, text in choices:
                    box.addItem(text)
            box.setCurrentIndex(names.index(self._panel.device))
        finally:
            self._filling = False

    def _device_chosen(self, index: int) -> None:
        if not self._filling and 0 <= index < len(self._device_names):
            self._panel.device = self._device_names[index]
            self._panel.refresh()

    def _show_progress(self, done: int, total: int) -> None:
        bar = self.ui.progressBar
        bar.maximum = total
        bar.value = done

    def _say(self, text: str) -> None:
        show_message(self.ui.messageLabel, text)

    def _say_now(self, text: str) -> None:
        """Show a text before something that holds up the window."""
        self._say(text)
        slicer.app.processEvents()
