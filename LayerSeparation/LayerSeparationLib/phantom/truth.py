"""What is known exactly about a phantom's joint."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..joints.pose import JointPose
from ..radiograph import Radiograph, Rectangle
from .joint_kind import JointKind


@dataclass(frozen=True, eq=False)
class PhantomJointTruth:
    """Exact layers, silhouettes, margins and joint space of one joint on a procedural film.

    Parameters
    ----------
    kind
        Which joint it is modelled on.
    pose
        Name (such as "MCP3"), centre of the joint space and distal direction, in pixels of the whole film.
    region
        Slices (rows, columns) into the film to which the arrays belong.
    soft_tissue, upper_bone, lower_bone
        float32 attenuation without noise. Soft tissue holds everything but the two bones: air, neighbouring
        bones, sesamoids, letters. "Upper" is the distal bone, "lower" the proximal one.
    upper_silhouette, lower_silhouette
        bool, pixels whose centres are within the bone's outline; they may overlap.
    upper_margin_px, lower_margin_px
        Articular margins, polylines (n, 2) as (x, y) in pixels of the whole film: the joint side of the
        subchondral plate of the upper bone, and the contour of the lower bone's head.
    jsw_profile_mm
        Joint space width along the distal direction at 101 places over the central half of the joint, left to
        right when distal is up; negative where the margins cross.
    spacing_mm
        Pixel spacing.
    """

    kind: JointKind
    pose: JointPose
    region: Rectangle
    soft_tissue: NDArray[np.float32]
    upper_bone: NDArray[np.float32]
    lower_bone: NDArray[np.float32]
    upper_silhouette: NDArray[np.bool_]
    lower_silhouette: NDArray[np.bool_]
    upper_margin_px: NDArray[np.float64]
    lower_margin_px: NDArray[np.float64]
    jsw_profile_mm: NDArray[np.float64]
    spacing_mm: float

    @property
    def jsw_mean_mm(self) -> float:
        """Mean joint space width over the central half."""
        return float(self.jsw_profile_mm.mean())

    @property
    def jsw_min_mm(self) -> float:
        """Least joint space width over the central half."""
        return float(self.jsw_profile_mm.min())


@dataclass(frozen=True, eq=False)
class PhantomJoint(PhantomJointTruth):
    """A crop of one procedural joint, distal up, with its truth on the whole crop.

    Parameters
    ----------
    radiograph
        The film. `soft_tissue + upper_bone + lower_bone + noise` is its attenuation, in every pixel.
    noise
        float32 attenuation of noise (and of clipping to the film's range); it belongs to no layer.
    seed
        What it was made from: the same arguments give the same bytes.
    """

    radiograph: Radiograph
    noise: NDArray[np.float32]
    seed: int
