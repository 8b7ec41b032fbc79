"""Gap edits: bones are moved, the radiograph is recomposed, the truth moves with them."""

from .bone_motion import BoneMotion, RigidMotion
from .corrected_layers import correct_layers
from .film_synthesis import synthesize_film
from .gap_edit import EditLimits, GapEdit
from .movable_film import MovableFilm
from .movable_joint import MovableJoint
from .recomposition import synthesize
from .synthetic_film import FilmBone, SyntheticFilm
from .synthetic_joint import JointMasks, SyntheticJoint

__all__ = [
    "BoneMotion",
    "EditLimits",
    "FilmBone",
    "GapEdit",
    "JointMasks",
    "MovableFilm",
    "MovableJoint",
    "RigidMotion",
    "SyntheticFilm",
    "SyntheticJoint",
    "correct_layers",
    "synthesize",
    "synthesize_film",
]
