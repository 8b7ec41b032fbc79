"""What comes in: reading radiographs, pixel spacing and its source, polarity, intensity <-> attenuation."""

from .attenuation import attenuation_from_intensity, intensity_from_attenuation
from .finding import find_radiographs
from .intensity_map import IntensityMap
from .own_output import is_synthetic_file
from .polarity import Polarity
from .radiograph import Origin, Radiograph, common_intensity_map
from .reading import read_radiograph
from .rectangle import NOWHERE, Rectangle
from .spacing import UNKNOWN_SPACING, LengthUnit, PixelSpacing, SpacingSource

__all__ = [
    "NOWHERE",
    "UNKNOWN_SPACING",
    "IntensityMap",
    "LengthUnit",
    "Origin",
    "PixelSpacing",
    "Polarity",
    "Radiograph",
    "Rectangle",
    "SpacingSource",
    "attenuation_from_intensity",
    "common_intensity_map",
    "find_radiographs",
    "intensity_from_attenuation",
    "is_synthetic_file",
    "read_radiograph",
]
