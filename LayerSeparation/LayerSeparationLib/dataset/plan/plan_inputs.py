"""From inputs to a plan: joints are separated into the cache, described, and dealt to the splits."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np

from ...errors import InputError, LayerSeparationError
from ...export.collection import SPLITS
from ...export.encoding.dicom_header import source_header, without_uids
from ...joints import JointPose
from ...measurement import Quality, measure_jsw
from ...radiograph import LengthUnit, Radiograph
from ...separation import JointLayers
from ...synthesis import GapEdit
from .balance import refuse_doubtful, refuse_empty, refuse_impossible
from .layer_cache import CachedJoint, LayerCache, film_sha256, joint_key
from .options import DatasetOptions
from .plan import Plan, PlannedJoint
from .series import SeriesLabel, series_of_films
from .splits import split_of_series

Separate = Callable[[Radiograph, JointPose], JointLayers]


@dataclass(frozen=True)
class InputJoint:
    """A joint of an input whose layers are in the cache."""

    path: Path
    """Of the input; it stays out of the plan."""
    name: str
    """MCP1, PIP2, ..., or what a person called it."""
    side: str | None
    """'L' or 'R'; None where it is not known."""
    key: str
    """Of its layers in the cache; see `joint_key`."""
    film: str
    """sha256 of the film's shape and intensities."""
    weights_sha256: str
    """Of the network that separated it."""
    layers_sha256: str
    """Of the layers themselves."""
    unit: LengthUnit
    """Of its lengths: 'mm', or 'px' of the film where its pixel spacing is unknown."""
    jsw: float | None
    """Mean JSW of the film, in ``unit``; None where it can't be told."""
    quality: Quality
    """How far that can be trusted."""
    findings: tuple[str, ...]
    """What to look at, or why it can't be told."""
    series: SeriesLabel
    """What inputs of one patient or series share; its texts stay out of the plan."""
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

    Examples
    --------
    >>> phantom, separator = make_joint("PIP", seed=1), Separator("cpu")
    >>> caching = CachingSeparator(separator.separate, separator.weights.sha256, LayerCache(Path("layers")))
    >>> layers = caching.separate(phantom.radiograph, phantom.pose)
    >>> joint = caching.describe(Path("film.png"), layers, SeriesLabel(("patient 7",), "expression"))
    >>> joint.unit, LayerCache(Path("layers")).path(joint.key).exists()
    ('mm', True)
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
        layers = []
        for done, (radiograph, pose) in enumerate(joints, 1):
            layers.append(self.separate(radiograph, pose))
            if progress:
                progress(done, len(joints))
        return layers

    def separate(self, radiograph: Radiograph, pose: JointPose) -> JointLayers:
        """Return the layers of a joint as the cache holds them; see `Separator.separate`."""
        film, header = film_sha256(radiograph), _dicom_header(radiograph, self._keep_patient)
        key = joint_key(film, radiograph.spacing, pose, self._weights, header)
        cached = self._cache.load(key)
        if cached is None:
            cached = self._cache.store(key, film, self._separate(radiograph, pose), header)
        self._known[cached.layers] = key, cached
        return cached.layers

    def describe(
        self, path: Path, layers: JointLayers, series: SeriesLabel, film_findings: tuple[str, ...] = ()
    ) -> InputJoint:
        """Return what a plan has to know of layers that this object gave out.

        Parameters
        ----------
        path
            Of the input that they come from.
        layers
            The very object.
        series
            Of the input; see `label_series`.
        film_findings
            What the film's other joints say against its JSW; see `measurement.check_film`.

        Raises
        ------
        KeyError
            If they are not from here.
        """
        key, cached = self._known[layers]
        return _describe(path, key, cached, series, film_findings)


class LayersInput:
    """A joint whose layers are at hand, as in 3D Slicer, and perhaps corrected by a person.

    Parameters
    ----------
    layers
        Of the joint.
    keep_patient
        Whether patient and study of a DICOM source are kept.
    film_findings
        What the film's other joints say against its JSW; see `measurement.check_film`.
    """

    def __init__(
        self, layers: JointLayers, keep_patient: bool = False, film_findings: tuple[str, ...] = ()
    ) -> None:
        self._layers, self._film_findings = layers, film_findings
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
            cached = cache.store(self.key, self._film, self._layers, self._header)
        name = self._layers.radiograph.name
        series = SeriesLabel((name,), "file")
        described = _describe(Path(name), self.key, cached, series, self._film_findings)
        return replace(described, edits=tuple(edits))


def _dicom_header(radiograph: Radiograph, keep_patient: bool) -> Mapping[str, Any] | None:
    origin = radiograph.origin
    if origin.format != "DICOM" or origin.path is None:
        return None
    header = source_header(origin.path, keep_patient)
    return header if keep_patient else without_uids(header)


def _describe(
    path: Path, key: str, cached: CachedJoint, series: SeriesLabel, film_findings: tuple[str, ...]
) -> InputJoint:
    layers = cached.layers
    jsw = measure_jsw(layers).with_findings(*film_findings)
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
        quality=jsw.quality,
        findings=jsw.findings,
        series=series,
    )


def make_plan(
    inputs: Iterable[InputJoint],
    options: DatasetOptions,
    on_refused: Callable[[InputJoint, LayerSeparationError], None] | None = None,
) -> Plan:
    """Return the plan for some joints.

    Parameters
    ----------
    inputs
        What there is; taken one by one, so that they may be separated meanwhile. A joint that comes twice
        (the same film under two names) counts once.
    options
        What is asked for.
    on_refused
        Is told of every joint that can't be used, and why, and the others are planned; by default, the first
        such joint is an error.

    Raises
    ------
    InputError
        If no joint can be used, or one can't and `on_refused` is None.

    Examples
    --------
    >>> joint = InputJoint(
    ...     *(Path("film.png"), "MCP2", "L", "0f" * 32, "1e" * 32, "2d" * 32, "3c" * 32),
    ...     *("mm", 1.6, Quality.MEASURED, (), SeriesLabel(("film",), "file")),
    ... )
    >>> plan = make_plan([joint], DatasetOptions(per_joint=3, jsw=(0.5, 2.0)))
    >>> sorted(plan.sample(number).edit.target_jsw for number in range(plan.samples))  # one in each third
    [0.9229, 1.1467, 1.7017]
    """
    usable: dict[str, InputJoint] = {}
    labels: list[tuple[str, Sequence[str]]] = []
    for one in inputs:
        # A film that comes twice, or of which nothing can be used, may tell that others are one patient's.
        labels.append((one.film, one.series.texts))
        if _is_usable(one, options, on_refused):
            usable.setdefault(one.key, one)
    if not usable:
        raise InputError("There is nothing to make a data set of: no joint of any input can be used.")
    refuse_empty(options, np.array([one.jsw for one in usable.values() if one.jsw is not None]))
    series_of = series_of_films(labels)
    joints_of_series = Counter(series_of[one.film] for one in usable.values())
    split_of = split_of_series(joints_of_series, options.split, options.seed)
    joints = [
        PlannedJoint(
            key=one.key,
            film=one.film,
            name=one.name,
            side=one.side,
            series=series_of[one.film],
            series_known_by=one.series.known_by,
            split=split_of[series_of[one.film]],
            unit=one.unit,
            jsw=one.jsw,
            quality=one.quality,
            findings=one.findings,
            weights_sha256=one.weights_sha256,
            layers_sha256=one.layers_sha256,
            edits=one.edits,
        )
        for one in usable.values()
    ]
    # By key, not by the order of the inputs: the same films make the same data set.
    joints.sort(key=lambda joint: (SPLITS.index(joint.split), joint.key))
    return Plan(options, tuple(joints))


def _is_usable(
    one: InputJoint,
    options: DatasetOptions,
    on_refused: Callable[[InputJoint, LayerSeparationError], None] | None,
) -> bool:
    try:
        refuse_impossible(options, one.name, one.unit, one.jsw, "; ".join(one.findings))
        refuse_doubtful(options, one.quality, one.findings)
    except InputError as error:
        if on_refused is None:
            raise InputError(f"{one.name}: {error}") from error
        on_refused(one, error)
        return False
    return True
