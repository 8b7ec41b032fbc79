"""How the bones of a joint moved from one film to another: a transform node a bone."""

from __future__ import annotations

import numpy as np
import vtk
from numpy.typing import NDArray

from ..follow_up import JointChange
from ..follow_up.bone_image import BONES, BoneName
from ..joints.affine import compose
from ..translation import tr as _
from .film import Film
from .film_geometry import FilmGeometry, to_numpy, to_vtk
from .node_attributes import BASELINE_REFERENCE, LOWER_MOTION, UPPER_MOTION
from .node_references import remove_node
from .provenance import Provenance, write_provenance
from .scene_joint import SceneJoint

_ROLES: dict[BoneName, str] = {"upper": UPPER_MOTION, "lower": LOWER_MOTION}


def write_motions(joint: SceneJoint, change: JointChange, baseline: Film) -> None:
    """Give a joint the motions of its bones since an earlier film, in place of those it had.

    Each is a vtkMRMLLinearTransformNode in the joint's folder. It moves what lies where the bone is on the
    baseline to where it is on the joint's film, in RAS, magnification included: the baseline under it lies
    with this bone on the film's, and what belongs to the film goes the other way with its inverse.

    Parameters
    ----------
    joint
        Of the later film.
    change
        Of this joint; where it is not registered, no transform stays.
    baseline
        The earlier film.
    """
    if change.registration is None or change.weights_sha256 is None:
        remove_motions(joint)
        return
    bone_titles = dict(zip(BONES, joint.bone_names, strict=True))
    for bone, role in _ROLES.items():
        matrix = to_vtk(motion_in_ras(change, bone, baseline.geometry, joint.film.geometry))
        title = _("{bone} since {film}").format(bone=bone_titles[bone], film=baseline.name)
        node, made = joint.references.find_or_make(role, "vtkMRMLLinearTransformNode", title)
        if not made and node.GetNodeReference(BASELINE_REFERENCE) is not baseline.node:
            node.SetName(joint.references.full_name(title))
        node.SetMatrixTransformToParent(matrix)
        node.SetNodeReferenceID(BASELINE_REFERENCE, baseline.node.GetID())
        write_provenance(node, Provenance(joint=joint.name, weights_sha256=change.weights_sha256[1]))


def motions_of(joint: SceneJoint) -> dict[BoneName, NDArray[np.float64]]:
    """Return the motion (4, 4) of each bone that has a transform, in RAS."""
    found = {}
    for bone, role in _ROLES.items():
        node = joint.references.find(role)
        if node is not None:
            matrix = vtk.vtkMatrix4x4()
            node.GetMatrixTransformToParent(matrix)
            found[bone] = to_numpy(matrix)
    return found


def remove_motions(joint: SceneJoint) -> None:
    """Remove the transforms of a joint's bones."""
    for role in _ROLES.values():
        node = joint.references.find(role)
        if node is not None:
            remove_node(node)


def motion_in_ras(
    change: JointChange, bone: BoneName, baseline: FilmGeometry, follow_up: FilmGeometry
) -> NDArray[np.float64]:
    """Return the motion (4, 4) of a registered bone from the place of one film to that of the other, in RAS.

    What is off the baseline's plane comes to lie as far off the other's.
    """
    assert change.crops is not None
    assert change.registration is not None
    before, after = change.crops
    motion = getattr(change.registration, bone)
    on_film = compose(after.canonical_to_film, compose(motion, before.film_to_canonical))
    ends = follow_up.grid_matrix(on_film), baseline.grid_matrix(np.eye(2, 3))
    for matrix in ends:
        matrix[:3, 2] /= np.linalg.norm(matrix[:3, 2])
    return ends[0] @ np.linalg.inv(ends[1])
