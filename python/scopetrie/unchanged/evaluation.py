"""v1's inner module of evaluation (tensorflow.python.training.evaluation)."""

from __future__ import annotations

from ..contrib.training.evaluating import (
    StopAfterNEvalsHook as _StopAfterNEvalsHook,
)
from ..contrib.training.evaluating import (
    evaluate_once as _evaluate_once,
)
from ..contrib.training.evaluating import (
    get_or_create_eval_step as _get_or_create_eval_step,
)

__all__ = ["_StopAfterNEvalsHook", "_evaluate_once", "_get_or_create_eval_step"]
