"""Joints in a cache, and a small data set made of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from LayerSeparationLib import JointPose
from LayerSeparationLib.dataset import (
    CachingSeparator,
    DatasetOptions,
    DatasetPaths,
    LayerCache,
    SeriesLabel,
    make_dataset,
    make_plan,
)

NAMES = {"MCP": "MCP3", "PIP": "PIP2", "DIP": "DIP4"}


@pytest.fixture(scope="session")
def cache(tmp_path_factory) -> LayerCache:
    return LayerCache(tmp_path_factory.mktemp("layers"))


@pytest.fixture(scope="session")
def inputs(separator, phantoms, cache):
    """Three joints of three series."""
    caching = CachingSeparator(separator.separate, separator.weights.sha256, cache)
    found = []
    for kind, name in NAMES.items():
        film = phantoms[kind].radiograph
        (layers,) = caching.separate_many([(film, JointPose.whole_crop(film, name))])
        found.append(caching.describe(Path(f"{kind}.png"), layers, SeriesLabel((kind,), "file")))
    return found


@pytest.fixture(scope="session")
def plan_of(inputs):
    """Return a function that makes plans for the three joints."""

    def plan(**changes):
        values = {"per_joint": 5, "jsw": (0.2, 2.0), "seed": 7, "tilt_deg": 4.0, "shift": 0.5, **changes}
        return make_plan(inputs, DatasetOptions(**values), lambda *_refused: None)

    return plan


@pytest.fixture(scope="session")
def finished(tmp_path_factory, plan_of, cache):
    """A data set in three formats, made in one go."""
    root = tmp_path_factory.mktemp("data") / "set"
    plan = plan_of(per_joint=8, formats=("png", "coco", "webdataset"), exposure=0.2, noise=0.01)
    make_dataset(DatasetPaths(root), plan, cache)
    return root, plan
