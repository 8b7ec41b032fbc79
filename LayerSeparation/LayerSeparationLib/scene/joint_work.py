"""What of a joint in the scene is the user's work, which no separation brings back."""

from __future__ import annotations

from . import node_attributes
from .canonical_store import SeparationRecord
from .edit_record import read_edit
from .node_references import NodeReferences


def holds_edit_or_correction(references: NodeReferences) -> bool:
    """Tell whether a joint's nodes keep an edit, or silhouettes that the user corrected."""
    output = references.find(node_attributes.CANONICAL)
    if output is None:
        return False
    separation = SeparationRecord.read(output)
    return not read_edit(output).is_neutral or (separation is not None and separation.corrected)
