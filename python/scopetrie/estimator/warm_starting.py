"""`tf.estimator.WarmStartSettings`: with which values of another model the training of a new one begins."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any, NamedTuple

from ..public import v1

__all__ = ["WarmStartSettings", "warm_start_settings"]


class _Fields(NamedTuple):
    ckpt_to_initialize_from: Any
    vars_to_warm_start: Any
    var_name_to_vocab_info: Mapping[str, Any]
    var_name_to_prev_var_name: Mapping[str, str]


@v1("estimator.WarmStartSettings")
class WarmStartSettings(_Fields):
    """Says with which values of a checkpoint the variables of a new model begin.

    Args:
        ckpt_to_initialize_from: The checkpoint, or a folder, for the latest in it.
        vars_to_warm_start: Which variables: a regular expression, which chooses among those that are
            trained; a list of such expressions, which choose among all; or a list of variables.
        var_name_to_vocab_info: Only None: rows are not sorted anew by vocabularies.
        var_name_to_prev_var_name: Names in the checkpoint, by names of variables, where they differ.

    Raises:
        ValueError: If there is no checkpoint, or vocabularies are given.

    >>> import scopetrie as tf
    >>> tf.estimator.WarmStartSettings("runs/old", vars_to_warm_start=".*kernel").vars_to_warm_start
    '.*kernel'
    """

    __slots__ = ()

    def __new__(
        cls,
        ckpt_to_initialize_from: Any,
        vars_to_warm_start: Any = ".*",
        var_name_to_vocab_info: Mapping[str, Any] | None = None,
        var_name_to_prev_var_name: Mapping[str, str] | None = None,
    ) -> WarmStartSettings:
        """Checks what is given."""
        if not ckpt_to_initialize_from:
            raise ValueError("`ckpt_to_initialize_from` MUST be set in WarmStartSettings")
        return super().__new__(
            cls,
            ckpt_to_initialize_from,
            vars_to_warm_start,
            var_name_to_vocab_info or {},
            var_name_to_prev_var_name or {},
        )


def warm_start_settings(given: Any) -> WarmStartSettings | None:
    """The settings that `warm_start_from` stands for.

    Raises:
        ValueError: If it is neither a path nor settings, or a SavedModel's folder.
    """
    if given is None or isinstance(given, WarmStartSettings):
        return given
    if not isinstance(given, (str, bytes, os.PathLike)):
        raise ValueError(
            f"warm_start_from must be a string or a WarmStartSettings, instead got {type(given)}"
        )
    folder = os.fsdecode(given)
    inner = os.path.join(folder, "variables", "variables")
    is_saved_model = any(
        os.path.exists(os.path.join(folder, f"saved_model.{end}")) for end in ("pb", "pbtxt")
    )
    return WarmStartSettings(inner if is_saved_model else folder)
