"""An open panel on a phantom's film, and what a user would do with it."""

from __future__ import annotations

import sys
import time
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest

from LayerSeparationLib.scene.sample_data import add_phantom_film
from LayerSeparationLib.separation import Separator

PROXIMAL, DISTAL = (127.5, 200.0), (127.5, 60.0)
PATIENCE_S = 90.0


@dataclass
class Bench:
    """An open panel and what a user would do with it."""

    host: Any
    widget: Any
    module: Any

    @property
    def ui(self):
        return self.widget.ui

    @property
    def panel(self):
        return self.widget.panel

    @property
    def session(self):
        return self.widget.panel.session

    @property
    def joint(self):
        return self.session.joint

    def wait(self, condition, seconds=PATIENCE_S):
        end = time.monotonic() + seconds
        while not condition():
            assert time.monotonic() < end, "it did not happen"
            self.host.process_events()
            time.sleep(0.002)

    def rest(self):
        """Let the hand rest, so that the step can be undone."""
        self.wait(lambda: self.panel.live_edit.is_resting, 5)

    def click_line(self, placing, ends_px=(PROXIMAL, DISTAL)):
        """Do what two clicks in a view do."""
        for point in self.session.film.to_ras(np.array(ends_px)):
            placing.line.AddControlPoint(*map(float, point))
        self.host.process_events()

    def place(self, ends_px=(PROXIMAL, DISTAL)):
        self.ui.placeJointButton.click()
        self.click_line(self.panel.joints._placing, ends_px)

    def cell(self, row, column):
        return self.ui.jointTable.item(row, column).text()

    def image(self):
        import slicer

        return slicer.util.arrayFromVolume(self.joint.references.find("synthetic")).copy()


@pytest.fixture
def bench(panel, module_file):
    widget = panel(module_file)
    widget.ui.deviceComboBox.setCurrentIndex(1)
    return Bench(panel.host, widget, sys.modules["LayerSeparation"])


@pytest.fixture
def film(bench):
    """A bench with a phantom joint's film."""
    add_phantom_film()
    bench.host.process_events()
    return bench


@pytest.fixture
def ready(film, separator):
    """A bench with a separated joint MCP3."""
    film.place()
    film.joint.name = "MCP3"
    [job] = film.session.joints.jobs([film.joint])
    film.joint.set_layers(separator.separate(*job))
    return film


@pytest.fixture
def slow(monkeypatch):
    """Make each joint's separation slow enough to be interrupted."""
    real = Separator.separate_many

    def separate_many(self, joints, progress=None):
        time.sleep(0.4)
        return real(self, joints, progress)

    monkeypatch.setattr(Separator, "separate_many", separate_many)
