"""What files written by this library say of themselves, so that nobody takes them for what they are not."""

SYNTHETIC_KEY = "LayerSeparation.synthetic"
"""'true' or 'false', in every image that is written: a text chunk of PNG, a key of NRRD."""
PHANTOM_KEY = "LayerSeparation.phantom"
"""'true' where a synthetic image is a whole film to work with, made as input and not as a result."""
SOFTWARE = "LayerSeparation"
"""Name of the program: `Software` of PNG, Software Versions (0018,1020) and Manufacturer of DICOM."""
