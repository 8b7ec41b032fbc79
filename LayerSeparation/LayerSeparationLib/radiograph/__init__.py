"""What comes in: reading radiographs, pixel spacing and its source, polarity, intensity <-> attenuation."""

from LayerSeparationLib.radiograph.attenuation import attenuation_from_intensity, intensity_from_attenuation
from LayerSeparationLib.radiograph.film_finding import find_radiographs
from LayerSeparationLib.radiograph.intensity_map import IntensityMap
from LayerSeparationLib.radiograph.polarity import Polarity
from LayerSeparationLib.radiograph.radiograph import Origin, Radiograph
from LayerSeparationLib.radiograph.reading import read_radiograph
from LayerSeparationLib.radiograph.spacing import UNKNOWN_SPACING, PixelSpacing, SpacingSource

__all__ = [
    "UNKNOWN_SPACING",
    "IntensityMap",
    "Origin",
    "PixelSpacing",
    "Polarity",
    "Radiograph",
    "SpacingSource",
    "attenuation_from_intensity",
    "find_radiographs",
    "intensity_from_attenuation",
    "read_radiograph",
]
