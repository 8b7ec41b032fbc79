"""How the gap of one joint changed between two films."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..joints.affine import pixel_grid, resample
from ..joints import CANONICAL_SIZE_PX
from ..measurement import JointSpaceWidth, Margins, measure_jsw
from ..radiograph import LengthUnit
from ..separation import JointLayers
from .coarse_search import BoneNotRegisteredError
from .registration import JointRegistration, register_joint
from .verdict import (
    GREATEST_ASYMMETRY_MM,
    GREATEST_DISAGREEMENT_MM,
    GREATEST_MAGNIFICATION,
    LEAST_CORRELATION,
    Verdict,
    judge,
)
