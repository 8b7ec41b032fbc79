"""Data sets of synthetic joints: a plan, a seed and a run.

`plan` decides what every sample is, `run` makes the samples, `report` says of the whole what was made; what
stands beside these folders puts them together.
"""

from .estimate import RunEstimate, estimate_run
from .film_dataset import (
    FilmDataset,
    datasets_folder,
    make_film_dataset,
    read_failed_inputs,
    unfinished_datasets,
)
from .make_dataset import (
    DatasetOutcome,
    Runner,
    available_cores,
    count_samples,
    make_dataset,
    resume_dataset,
)
from .plan.dataset_paths import DatasetPaths
from .plan.layer_cache import LayerCache
from .plan.options import BALANCES, DatasetOptions
from .plan.plan import Plan
from .plan.plan_file import read_plan
from .plan.plan_inputs import CachingSeparator, InputJoint, make_plan
from .plan.series import SeriesLabel, label_series
from .report.verify import verify
from .run.folder_check import check_folder
from .run.local_workers import run_locally

__all__ = [
    "BALANCES",
    "CachingSeparator",
    "DatasetOptions",
    "DatasetOutcome",
    "DatasetPaths",
    "FilmDataset",
    "InputJoint",
    "LayerCache",
    "Plan",
    "RunEstimate",
    "Runner",
    "SeriesLabel",
    "available_cores",
    "check_folder",
    "count_samples",
    "datasets_folder",
    "estimate_run",
    "label_series",
    "make_dataset",
    "make_film_dataset",
    "make_plan",
    "read_failed_inputs",
    "read_plan",
    "resume_dataset",
    "run_locally",
    "unfinished_datasets",
    "verify",
]
