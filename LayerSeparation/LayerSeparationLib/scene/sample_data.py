"""The phantoms that come with the module, in Slicer's module Sample Data: offline, checked, marked."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import slicer
import vtk

from ..errors import InputError
from ..translation import tr as _

RESOURCES = Path(__file__).parents[2] / "Resources"
CATEGORY = "Layer Separation"


@dataclass(frozen=True)
class Sample:
    """A film that comes with the module; a phantom, no patient."""

    name: str
    file: Path
    thumbnail: Path
    sha256: str
    spacing_mm: tuple[float, float]
    shape: tuple[int, int]
    joints: dict[str, list[list[float]]]
    """Name -> ends of a line along the finger through the joint, (x, y) in px, the proximal one first."""

    @property
    def description(self) -> str:
        """What people read under the thumbnail."""
        return {
            "PhantomHand": _("Phantom hand (synthetic)"),
            "PhantomJoint": _("Phantom MCP joint (synthetic)"),
        }.get(self.name, self.name)


def samples() -> list[Sample]:
    """List the samples that come with the module.

    Raises
    ------
    InputError
        If the list of them is missing or damaged.
    """
    listed = RESOURCES / "SampleData" / "sample_data.json"
    try:
        return [
            Sample(
                name=entry["name"],
                file=listed.parent / entry["file"],
                thumbnail=RESOURCES / "Icons" / entry["thumbnail"],
                sha256=entry["sha256"],
                spacing_mm=tuple(entry["spacing_mm"]),
                shape=tuple(entry["shape"]),
                joints=entry["joints"],
            )
            for entry in json.loads(listed.read_text(encoding="utf-8"))
        ]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise InputError(
            _("The sample data can't be found ({error}): install the extension again.").format(error=error)
        ) from error


def register_sample_data() -> bool:
    """Offer the samples in Slicer's module Sample Data; once, however often it is called.

    Returns
    -------
    bool
        False where that module is not there; `load_sample` works all the same.
    """
    try:
        import SampleData
    except ImportError:
        return False
    known = {source.sampleName for source in _registered()}
    for sample in samples():
        if sample.name not in known:
            SampleData.SampleDataLogic.registerCustomSampleDataSource(
                category=CATEGORY,
                sampleName=sample.name,
                uris=sample.file.as_uri(),
                fileNames=sample.file.name,
                nodeNames=sample.name,
                checksums=f"SHA256:{sample.sha256}",
                thumbnailFileName=str(sample.thumbnail),
                loadFileType="VolumeFile",
                loadFileProperties={"singleFile": True},
            )
    # Slicer's function takes no description; the button shows the one that the source has.
    described = {sample.name: sample.description for sample in samples()}
    for source in _registered():
        if source.sampleName in described:
            source.sampleDescription = described[source.sampleName]
    return True


def load_sample(name: str) -> vtk.vtkObject:
    """Load a sample into the scene straight from the module's files, for scripts and tests.

    Raises
    ------
    InputError
        If there is no such sample, or its file is missing or damaged.
    """
    for sample in samples():
        if sample.name == name:
            _check(sample)
            node = slicer.util.loadVolume(str(sample.file), {"name": name, "singleFile": True})
            node.SetAttribute("LayerSeparation.phantom", "true")
            return node
    offered = ", ".join(sample.name for sample in samples())
    raise InputError(
        _("There is no sample {name}: choose among {offered}.").format(name=name, offered=offered)
    )


def _registered() -> list[Any]:
    sources = getattr(slicer.modules, "sampleDataSources", {})
    return list(sources.get(CATEGORY, []))


def _check(sample: Sample) -> None:
    try:
        found = hashlib.sha256(sample.file.read_bytes()).hexdigest()
    except OSError as error:
        raise InputError(
            _("{file} is missing: install the extension again.").format(file=sample.file)
        ) from error
    if found != sample.sha256:
        raise InputError(_("{file} is damaged: install the extension again.").format(file=sample.file))
