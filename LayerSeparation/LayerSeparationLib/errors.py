"""Errors that a user can cause or mend.

Every message says what is wrong, where, and what to do. The command line prints them without a traceback;
anything that is not a `LayerSeparationError` is a defect of the program.
"""


class LayerSeparationError(Exception):
    """Base class of everything that this library raises on purpose."""


class InputError(LayerSeparationError):
    """A file, an array or a value that was handed in can't be used."""


class HandNotFoundError(InputError):
    """No hand was found on a film, and nothing else says where its joints are."""


class JointNotFoundError(InputError):
    """A joint that was asked for is not among those of a film."""


class WeightsError(LayerSeparationError):
    """Network weights are missing, damaged, or belong to another architecture."""


class DependencyError(LayerSeparationError):
    """An optional package is needed for what was asked, and is not installed."""


class DeviceError(LayerSeparationError):
    """The compute device that was asked for can't be used."""


class OutputError(LayerSeparationError):
    """A result can't be written where it was asked for."""


class OutputExistsError(OutputError):
    """Something stands where a result would go, and replacing it was not asked for."""
