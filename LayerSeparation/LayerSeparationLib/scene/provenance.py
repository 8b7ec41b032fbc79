"""What a node says of where it comes from, as attributes that are saved with the scene."""

from __future__ import annotations

import vtk

from ..files.provenance import SYNTHETIC_KEY
from ..separation import JointLayers
from ..version import __version__

_VERSION = "LayerSeparation.version"
_WEIGHTS = "LayerSeparation.weights_sha256"
_SPACING_SOURCE = "LayerSeparation.spacing_source"


def write_version(node: vtk.vtkObject) -> None:
    """Say which version of the extension made or wrote a node."""
    node.SetAttribute(_VERSION, __version__)


def write_origin(node: vtk.vtkObject, layers: JointLayers) -> None:
    """Say which version, weights and pixel spacing a node of a joint comes from."""
    write_version(node)
    node.SetAttribute(_WEIGHTS, layers.weights_sha256)
    node.SetAttribute(_SPACING_SOURCE, layers.radiograph.spacing.source.value)


def write_synthetic(node: vtk.vtkObject, synthetic: bool) -> None:
    """Say whether a node shows something else than the film as it was taken."""
    node.SetAttribute(SYNTHETIC_KEY, "true" if synthetic else "false")
