"""Data sets of synthetic joints: a plan, a seed and a run."""

from .film_data_set import FilmDataSet, data_sets_folder, left_out, make_film_data_set, unfinished_data_sets
from .make_dataset import Outcome, available_cores, begin_dataset, make_dataset, resume_dataset, samples_done
from .plan.dataset_paths import DatasetPaths
from .plan.layer_cache import LayerCache
from .plan.options import BALANCES, DatasetOptions
from .plan.plan import Plan
from .plan.plan_inputs import CachingSeparator, InputJoint, make_plan
from .plan.series import series_label
from .report.verify import verify
from .run.folder_check import own_folder
from .run.local_workers import run_locally

__all__ = [
    "BALANCES",
    "CachingSeparator",
    "DatasetOptions",
    "FilmDataSet",
    "InputJoint",
    "LayerCache",
    "Outcome",
    "DatasetPaths",
    "Plan",
    "available_cores",
    "begin_dataset",
    "data_sets_folder",
    "resume_dataset",
    "left_out",
    "make_dataset",
    "make_film_data_set",
    "make_plan",
    "own_folder",
    "run_locally",
    "samples_done",
    "series_label",
    "unfinished_data_sets",
    "verify",
]
