"""The global step, as contrib names what is in tf.train."""

from __future__ import annotations

from ...public import v1
from ...train.steps import (
    assert_global_step,
    create_global_step,
    get_global_step,
    get_or_create_global_step,
)

__all__ = ["assert_global_step", "create_global_step", "get_global_step", "get_or_create_global_step"]

assert_global_step = v1("contrib.framework.assert_global_step")(assert_global_step)
create_global_step = v1("contrib.framework.create_global_step", "contrib.slim.create_global_step")(
    create_global_step
)
get_global_step = v1("contrib.framework.get_global_step", "contrib.slim.get_global_step")(get_global_step)
get_or_create_global_step = v1(
    "contrib.framework.get_or_create_global_step", "contrib.slim.get_or_create_global_step"
)(get_or_create_global_step)
