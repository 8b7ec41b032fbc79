"""The phantoms that come with the module, in Slicer's module Sample Data: offline, checked, marked."""

from __future__ import annotations

from typing import Any

import numpy as np
import slicer
import vtk

from ..files.provenance import PHANTOM_KEY
from ..phantom import find_sample_film, make_joint, sample_films

CATEGORY = "Layer Separation"


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
    known = {source.sampleName for source in _our_sources()}
    films = sample_films()
    for sample in films:
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
    described = {sample.name: sample.description for sample in films}
    for source in _our_sources():
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
    sample = find_sample_film(name)
    node = slicer.util.loadVolume(str(sample.file), {"name": name, "singleFile": True})
    node.SetAttribute(PHANTOM_KEY, "true")
    return node


def add_phantom_film() -> vtk.vtkObject:
    """Add a film of one phantom joint to the scene, made now; return its volume node."""
    radiograph = make_joint("MCP", 20, jsw_mm=1.6).radiograph
    spacing = radiograph.spacing.row_mm or 1.0
    matrix = np.array([[-spacing, 0, 0, 0], [0, 0, -1, 0], [0, -spacing, 0, 0], [0, 0, 0, 1.0]])
    pixels = np.round(radiograph.intensity * 4095).astype(np.uint16)[np.newaxis]
    return slicer.util.addVolumeFromArray(pixels, matrix, "Phantom joint")


def _our_sources() -> list[Any]:
    sources = getattr(slicer.modules, "sampleDataSources", {})
    return list(sources.get(CATEGORY, []))
