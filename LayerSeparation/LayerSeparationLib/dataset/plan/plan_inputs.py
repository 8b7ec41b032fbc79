"""From inputs to a plan: joints are separated into the cache, described, and dealt to the splits."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np

from ...errors import InputError, LayerSeparationError
from ...export.collection import SPLITS
from ...export.encoding.dicom_header import source_header
from ...joints import JointPose
from ...measurement import measure_jsw
from ...radiograph import LengthUnit, Radiograph
from ...separation import JointLayers
from ...synthesis import GapEdit
from .balance import refuse_empty, refuse_impossible
from .layer_cache import CachedJoint, LayerCache, film_sha256, joint_key
from .options import DatasetOptions
from .plan import Plan, PlannedJoint
from .series import series_of_films
from .splits import split_of_series

Separate = Callable[[Radiograph, JointPose], JointLayers]


@dataclass(frozen=True)
class InputJoint:
    """A joint of an input whose layers are in the cache."""

    path: Path
    name: str
    side: str | None
    key: str
    film: str
    weights_sha256: str
    layers_sha256: str
    unit: LengthUnit
    jsw: float | None
    jsw_status: str
    series_label: str
    edits: tuple[GapEdit, ...] = ()
    """What is to be made of it, where nothing is drawn."""


class CachingSeparator:
    """Separates joints that are not in the cache, one by one, so that company in a batch changes no bit.

    Parameters
    ----------
    separate
        Separates one joint.
    weights_sha256
        Of the network that `separate` uses.
    cache
        Where layers are kept.
    keep_patient
        Whether patient and study of DICOM sources are kept.
    """

    def __init__(
        self, separate: Separate, weights_sha256: str, cache: LayerCache, keep_patient: bool = False
    ) -> None:
        self._separate, self._weights, self._cache = separate, weights_sha256, cache
        self._keep_patient = keep_patient
        self._known: WeakKeyDictionary[JointLayers, tuple[str, CachedJoint]] = WeakKeyDictionary()

    def separate_many(
        self,
        joints: Sequence[tuple[Radiograph, JointPose]],
        progress: Callable[[int, int], None] | None = None,
    ) -> list[JointLayers]:
        """Return the layers of joints as the cache holds them; `Separator.separate_many` without batches."""
        found = []
        for done, (radiograph, pose) in enumerate(joints, 1):
            found.append(self._cached(radiograph, pose))
            if progress:
                progress(done, len(joints))
        return found

    def _cached(self, radiograph: Radiograph, pose: JointPose) -> JointLayers:
        film, header = film_sha256(radiograph), _dicom_header(radiograph, self._keep_patient)
        key = joint_key(film, radiograph.spacing, pose, self._weights, header)
        cached = self._cache.load(key)
        if cached is None:
            self._cache.store(key, film, self._separate(radiograph, pose), header)
            cached = self._cache.load(key)
            assert cached is not None
        self._known[cached.layers] = key, cached
        return cached.layers

    def described(self, path: Path, layers: JointLayers, series_label: str) -> InputJoint:
        """Return what a plan has to know of layers that this object gave out."""
        key, cached = self._known[layers]
        return _described(path, key, cached, series_label)


class LayersInput:
    """A joint whose layers are at hand, as in 3D Slicer, and perhaps corrected by a person.

    Parameters
    ----------
    layers
        Of the joint.
    keep_patient
        Whether patient and study of a DICOM source are kept.
    """

    def __init__(self, layers: JointLayers, keep_patient: bool = False) -> None:
        self._layers = layers
        self._film = film_sha256(layers.radiograph)
        self._header = _dicom_header(layers.radiograph, keep_patient)
        spacing, given = layers.radiograph.spacing, layers.canonical
        self.key = joint_key(
            self._film, spacing, layers.pose, layers.weights_sha256, self._header, given=given
        )

    def put_into(self, cache: LayerCache, edits: Sequence[GapEdit] = ()) -> InputJoint:
        """Put the layers into a cache; return what a plan has to know of them."""
        cached = cache.load(self.key)
        if cached is None:
            cache.store(self.key, self._film, self._layers, self._header)
            cached = cache.load(self.key)
            assert cached is not None
        name = self._layers.radiograph.name
        return replace(_described(Path(name), self.key, cached, name), edits=tuple(edits))


def _dicom_header(radiograph: Radiograph, keep_patient: bool) -> Mapping[str, Any] | None:
    origin = radiograph.origin
    if origin.format != "DICOM" or origin.path is None:
        return None
    return source_header(origin.path, keep_patient)


def _described(path: Path, key: str, cached: CachedJoint, series_label: str) -> InputJoint:
    layers = cached.layers
    jsw = measure_jsw(layers)
    return InputJoint(
        path=path,
        name=layers.pose.name,
        side=layers.pose.side,
        key=key,
        film=cached.film,
        weights_sha256=layers.weights_sha256,
        layers_sha256=cached.sha256,
        unit=jsw.unit,
        jsw=jsw.mean,
        jsw_status=jsw.status,
        series_label=series_label,
    )


def make_plan(
    inputs: Sequence[InputJoint],
    options: DatasetOptions,
    refused: Callable[[InputJoint, LayerSeparationError], None],
) -> Plan:
    """Return the plan for some joints.

    Parameters
    ----------
    inputs
        What there is. A joint that comes twice (the same film under two names) counts once.
    options
        What is asked for.
    refused
        Is told of every joint that can't be used, and why.

    Raises
    ------
    InputError
        If no joint can be used.
    """
    usable: dict[str, InputJoint] = {}
    for one in inputs:
        try:
            refuse_impossible(options, one.name, one.unit, one.jsw, one.jsw_status)
        except InputError as error:
            refused(one, error)
            continue
        usable.setdefault(one.key, one)
    if not usable:
        raise InputError("There is nothing to make a data set of: no joint of any input can be used.")
    refuse_empty(options, np.array([one.jsw for one in usable.values() if one.jsw is not None]))
    series_of = series_of_films([(one.film, one.series_label) for one in usable.values()])
    counts: dict[str, int] = {}
    for one in usable.values():
        counts[series_of[one.film]] = counts.get(series_of[one.film], 0) + 1
    split_of = split_of_series(counts, options.split, options.seed)
    joints = [
        PlannedJoint(
            key=one.key,
            film=one.film,
            name=one.name,
            side=one.side,
            series=series_of[one.film],
            split=split_of[series_of[one.film]],
            unit=one.unit,
            jsw=one.jsw,
            weights_sha256=one.weights_sha256,
            layers_sha256=one.layers_sha256,
            edits=one.edits,
        )
        for one in usable.values()
    ]
    # By key, not by the order on the command line: the same films make the same data set.
    joints.sort(key=lambda joint: (SPLITS.index(joint.split), joint.key))
    return Plan(options, tuple(joints))
