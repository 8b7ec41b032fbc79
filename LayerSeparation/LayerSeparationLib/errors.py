"""Errors that a user can cause or mend.

Every message says what is wrong, where, and what to do. The command line prints them without a traceback;
anything that is not a `LayerSeparationError` is a defect of the program.
"""

REPORT_ADDRESS = "https://github.com/LayerSeparation/SlicerLayerSeparation/issues"


class LayerSeparationError(Exception):
    """Base class of everything that this library raises on purpose."""


class InputError(LayerSeparationError):
    """A file, an array or a value that was handed in can't be used."""


class NotRadiographError(InputError):
    """A file says of itself that it shows something else than a projection radiograph."""


class UnexpectedError(LayerSeparationError):
    """What one film of many led the program into, though nothing raised it on purpose: a defect to report."""

    @classmethod
    def of(cls, where: object, error: Exception) -> "UnexpectedError":
        """Say where what happened, and how to report it."""
        what = f"{type(error).__name__}: {error}".strip()[:300]
        return cls(
            f"{where}: unexpected: {what}. Please report it at {REPORT_ADDRESS}, with the command and "
            "what kind of file it is; never attach a patient's film."
        )


class VisitMismatchError(InputError):
    """Two films are not of one patient's hand by their headers, or in the reverse order."""


class UnknownSpacingError(InputError):
    """A length in mm is asked for of a film whose pixel spacing is unknown; px would do."""


class UnknownJointSizeError(InputError):
    """Neither the pixel spacing of a film is known nor how wide the joint's crop is in px."""


class HandNotFoundError(InputError):
    """No hand was found on a film, and nothing else says where its joints are."""


class JointNotFoundError(InputError):
    """A joint that was asked for is not among those of a film."""


class DoubtfulJointError(InputError):
    """A joint is left out because its joint space width is to be checked by a person first."""


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
