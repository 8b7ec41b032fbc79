"""Where what a node shows comes from: one attribute, which is saved with the scene."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import vtk

from ..errors import InputError
from ..files.provenance import SYNTHETIC_KEY
from ..radiograph import SpacingSource
from ..separation import JointLayers
from ..synthesis import GapEdit
from ..version import __version__
from .node_attributes import grouped_changes, read_json, write_attribute, write_json

PROVENANCE = "LayerSeparation.provenance"


@dataclass(frozen=True)
class Provenance:
    """What is known of how a node was made; what does not apply to it is None."""

    synthetic: bool = False
    """Whether the node shows something else than the film as it was taken."""
    joint: str | None = None
    """Name of the joint that the node belongs to."""
    weights_sha256: str | None = None
    """Of the network that separated the joint."""
    spacing_source: SpacingSource | None = None
    """Where the film's pixel spacing came from when the joint was separated."""
    edit: GapEdit | None = None
    """The edit that the node shows."""
    version: str = __version__
    """Of the extension."""

    @classmethod
    def of_layers(cls, layers: JointLayers, edit: GapEdit, synthetic: bool) -> Provenance:
        """Return that of a node which shows an edit of a joint's layers."""
        source = layers.radiograph.spacing.source
        return cls(synthetic, layers.pose.name, layers.weights_sha256, source, edit)

    @classmethod
    def from_json(cls, value: dict[str, Any]) -> Provenance:
        """Return what `as_json` made.

        Raises
        ------
        InputError
            If it is not that.
        """
        texts = {name: value.get(name) for name in ("joint", "weights_sha256", "version")}
        wrong = [name for name, text in texts.items() if not isinstance(text, str | None)]
        synthetic, source, edit = value.get("synthetic"), value.get("spacing_source"), value.get("edit")
        if wrong or texts["version"] is None or not isinstance(synthetic, bool):
            raise InputError(f"This is no provenance of a node: {value}.")
        try:
            return cls(
                synthetic,
                texts["joint"],
                texts["weights_sha256"],
                None if source is None else SpacingSource(source),
                None if edit is None else GapEdit.from_json(edit),
                texts["version"],
            )
        except ValueError as error:
            raise InputError(f"This is no provenance of a node: {error}.") from error

    def as_json(self) -> dict[str, Any]:
        """Return it as a JSON object."""
        return {
            "version": self.version,
            "synthetic": self.synthetic,
            "joint": self.joint,
            "weights_sha256": self.weights_sha256,
            "spacing_source": None if self.spacing_source is None else self.spacing_source.value,
            "edit": None if self.edit is None else self.edit.as_json(),
        }


def read_provenance(node: vtk.vtkObject) -> Provenance | None:
    """Return what a node says of where it comes from; None where it says nothing that can be understood."""
    value = read_json(node, PROVENANCE)
    try:
        return None if value is None else Provenance.from_json(value)
    except InputError:
        return None


def write_provenance(node: vtk.vtkObject, provenance: Provenance) -> None:
    """Let a node say where it comes from, unless it says so already.

    Whether it is synthetic stands in an attribute of its own, too, by the name that files have it.
    """
    with grouped_changes(node):
        write_json(node, PROVENANCE, provenance.as_json())
        write_attribute(node, SYNTHETIC_KEY, "true" if provenance.synthetic else "false")


def write_synthetic(node: vtk.vtkObject, synthetic: bool) -> None:
    """Let a node say whether it shows something else than the film as it was taken."""
    if node.GetAttribute(SYNTHETIC_KEY) != ("true" if synthetic else "false"):
        write_provenance(node, replace(read_provenance(node) or Provenance(), synthetic=synthetic))
