"""The device in the section Separate: what there is to choose from, and PyTorch where it is missing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import slicer

from ..translation import tr as _
from .activity import Activity
from .contracts import JobRunner
from .device_job import Devices, find_devices
from .elision import elided
from .processor import AUTOMATIC, Processor
from .states import PackageState, PanelState
from .torch_setup import find_torch, install_torch
from .user_errors import show_errors


class DeviceSection:
    """Chooses the device that networks run on, and has PyTorch installed.

    Parameters
    ----------
    ui
        Holds the list of devices and its label as attributes.
    jobs
        Load PyTorch and look for devices.
    activity
        Told when PyTorch begins and ends to be installed.
    processor
        Has the choice, and what is known of PyTorch.
    say
        Shows a text to the user, or with '' takes it away.
    on_change
        Called when another device was chosen, or more is known of PyTorch.
    """

    def __init__(
        self,
        ui: Any,
        jobs: JobRunner,
        activity: Activity,
        processor: Processor,
        say: Callable[[str], None],
        on_change: Callable[[], None],
    ) -> None:
        self.ui, self._jobs, self._activity, self._processor = ui, jobs, activity, processor
        self._say, self._on_change = say, on_change
        self._devices: Devices | None = None
        self._has_asked = False
        self._names: list[str] = []
        self._is_filling = False
        ui.deviceComboBox.connect("currentIndexChanged(int)", self._choose)
        self._fill()

    def look_for_torch(self) -> None:
        """Find out in the worker what the machine has; the window does not wait for torch to load."""
        found = find_torch()
        if self._processor.torch is not PackageState.BROKEN or found is PackageState.READY:
            self._processor.torch = found
        if self._processor.torch in (PackageState.READY, PackageState.INSTALLED) and not self._has_asked:
            self._has_asked = True
            self._jobs.submit(find_devices, None, self._take_devices, self._take_failure)

    def install_torch(self) -> None:
        """Install PyTorch, or install it anew, if the user agrees."""
        state = PanelState.FAILED
        try:
            with show_errors():
                repair = self._processor.torch is PackageState.BROKEN
                is_done = install_torch(slicer.util.confirmOkCancelDisplay, self._say_now, repair)
                state = PanelState.IDLE
                if is_done:
                    self._processor.torch, self._has_asked = PackageState.INSTALLED, False
                    self.look_for_torch()
        finally:
            self._say("")
            self._activity.set_state(state)

    def refresh(self) -> None:
        """Show the choice, and what it will run on."""
        self._fill()
        text = self._describe_device()
        label = self.ui.deviceLabel
        # Before it is shown, nobody knows how wide it will be.
        label.text = elided(label, text, label.width) if label.visible else text

    def _describe_device(self) -> str:
        torch, device = self._processor.torch, self._processor.device
        if torch is PackageState.MISSING:
            return _("PyTorch is not installed")
        if torch is PackageState.BROKEN:
            return _("PyTorch does not load: repair it")
        if self._devices is not None:
            return self._devices.text_of(device)
        if device == "cpu":
            return _("CPU")
        return _("Loading PyTorch...") if self._has_asked else _("PyTorch is installed")

    def _take_devices(self, devices: Devices) -> None:
        self._devices, self._processor.torch = devices, PackageState.READY
        self._say("")
        if self._processor.device not in (AUTOMATIC, *(device.name for device in devices.all)):
            self._processor.device = AUTOMATIC
        self._on_change()

    def _take_failure(self, error: Exception) -> None:
        self._processor.torch = PackageState.BROKEN
        self._say(str(error))
        self._on_change()

    def _fill(self) -> None:
        device = self._processor.device
        known = [(device.name, device.text) for device in self._devices.all] if self._devices else []
        choices = [(AUTOMATIC, _("Automatic")), *(known or [("cpu", _("CPU"))])]
        if device not in (name for name, _text in choices):
            choices.append((device, device))
        names = [name for name, _text in choices]
        box = self.ui.deviceComboBox
        self._is_filling = True
        try:
            if names != self._names:
                self._names = names
                box.clear()
                for _name, text in choices:
                    box.addItem(text)
            box.setCurrentIndex(names.index(device))
        finally:
            self._is_filling = False

    def _choose(self, index: int) -> None:
        if not self._is_filling and 0 <= index < len(self._names):
            self._processor.device = self._names[index]
            self._on_change()

    def _say_now(self, text: str) -> None:
        """Show a text before something that holds up the window."""
        self._activity.set_state(PanelState.INSTALLING)
        self._say(text)
        slicer.app.processEvents()
