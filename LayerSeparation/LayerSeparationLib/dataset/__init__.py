"""Data sets of synthetic joints: a plan, a seed and a run."""

from .dataset_run import Outcome, available_cores, begin, make
from .intake import CachingSeparator, InputJoint, make_plan
from .layer_cache import LayerCache
from .local_workers import run_locally
from .options import BALANCES, DatasetOptions
from .own_folder import own_folder
from .places import Places
from .plan import Plan
from .series import series_label
from .verify import verify

__all__ = [
    "BALANCES",
    "CachingSeparator",
    "DatasetOptions",
    "InputJoint",
    "LayerCache",
    "Outcome",
    "Places",
    "Plan",
    "available_cores",
    "begin",
    "make",
    "make_plan",
    "own_folder",
    "run_locally",
    "series_label",
    "verify",
]
