"""Names of files that match a pattern, found in a run."""

from __future__ import annotations

import glob
from typing import Any

import numpy as np

from .. import dtypes
from ..graph import Tensor
from ..ops.constant import convert_to_tensor
from ..ops.declare import tensor
from ..ops.registry import define_op
from ..public import v1, whole


def _kernel(xp: Any, state: Any) -> Any:
    def find(patterns: Any) -> Any:
        given = [each.decode() for each in np.atleast_1d(patterns).ravel().tolist()]
        names = sorted(name.encode() for each in given for name in glob.glob(each))
        made = np.empty(len(names), object)
        made[:] = names
        return made

    return find


_matching = define_op(
    "MatchingFiles", tensor("pattern", (dtypes.string,), attr=None),
    rule=lambda pattern: (dtypes.string, (None,)), kernel=_kernel, stateful=True, host_outputs=True,
)  # fmt: skip


@v1("matching_files")
@whole
def matching_files(pattern: Any, name: str | None = None) -> Tensor:
    """Makes a tensor of the names of the files that match a pattern when it is run.

    Args:
        pattern: A pattern, or several, as the shell's.
        name: The operation's name.

    Returns:
        A string vector, sorted.
    """
    made: Tensor = _matching(convert_to_tensor(pattern, dtypes.string, name="pattern"), name=name)
    return made
