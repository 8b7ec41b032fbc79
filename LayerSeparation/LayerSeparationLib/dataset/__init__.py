"""Data sets of synthetic joints: a plan, a seed and a run."""

from .dataset_run import Outcome, available_cores, begin, go_on, make, samples_done
from .film_data_set import FilmDataSet, data_sets_folder, left_out, make_film_data_set, unfinished_data_sets
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
    "FilmDataSet",
    "InputJoint",
    "LayerCache",
    "Outcome",
    "Places",
    "Plan",
    "available_cores",
    "begin",
    "data_sets_folder",
    "go_on",
    "left_out",
    "make",
    "make_film_data_set",
    "make_plan",
    "own_folder",
    "run_locally",
    "samples_done",
    "series_label",
    "unfinished_data_sets",
    "verify",
]
