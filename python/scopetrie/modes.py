"""v1's enumerations and switches around variables."""

from __future__ import annotations

import enum
from typing import Any

from .public import v1


class _ReuseMode(enum.Enum):
    """What `reuse` may be besides True and False."""

    AUTO_REUSE = 1


AUTO_REUSE = _ReuseMode.AUTO_REUSE
v1("AUTO_REUSE")(AUTO_REUSE)


@v1("VariableSynchronization", note="accepted: remembered; there are no replicas")
class VariableSynchronization(enum.Enum):
    """How copies of a variable on several devices are kept equal; recorded: a variable has one copy here."""

    AUTO = 0
    NONE = 1
    ON_WRITE = 2
    ON_READ = 3


@v1("VariableAggregation", note="accepted: remembered; there are no replicas")
class VariableAggregation(enum.Enum):
    """How changes from several devices are combined; recorded: a variable has one copy here."""

    NONE = 0
    SUM = 1
    MEAN = 2
    ONLY_FIRST_REPLICA = 3
    ONLY_FIRST_TOWER = 3  # noqa: PIE796 (an alias, as in v1)


def check_policy(
    name: str, synchronization: object, aggregation: object, trainable: Any
) -> tuple[VariableSynchronization, VariableAggregation, Any]:
    """Checks v1's three arguments against each other.

    Args:
        name: The variable's name, for the errors.
        synchronization: A VariableSynchronization, or None.
        aggregation: A VariableAggregation, or None.
        trainable: Whether the variable is trainable; None leaves it to `synchronization`.

    Returns:
        The three, with defaults in place of None.

    Raises:
        ValueError: If one is unknown.
    """
    if aggregation is None:
        aggregation = VariableAggregation.NONE
    elif not isinstance(aggregation, VariableAggregation):
        try:
            aggregation = VariableAggregation(aggregation)
        except ValueError:
            raise ValueError(
                f"Invalid variable aggregation mode: {aggregation} for variable: {name}"
            ) from None
    if synchronization is None:
        synchronization = VariableSynchronization.AUTO
    else:
        try:
            synchronization = VariableSynchronization(synchronization)
        except ValueError:
            raise ValueError(
                f"Invalid variable synchronization mode: {synchronization} for variable: {name}"
            ) from None
    if trainable is None:
        trainable = synchronization is not VariableSynchronization.ON_READ
    return synchronization, aggregation, trainable


def check_call_policy(
    name: str, synchronization: object, aggregation: object, trainable: Any
) -> tuple[VariableSynchronization, VariableAggregation, Any]:
    """`check_policy` of what a call itself asks for, which may contradict itself.

    What a getter or a creator makes of a call is not looked at: v1 gives them its default for `trainable`.

    Raises:
        ValueError: If one is unknown, or a trainable variable is to be synchronized on reading.
    """
    refuse_trained_on_read(trainable, synchronization)
    return check_policy(name, synchronization, aggregation, trainable)


def refuse_trained_on_read(trainable: object, synchronization: object) -> None:
    """Refuses a call that asks for a trainable variable which is synchronized on reading.

    What a getter or a creator makes of a call is not looked at: v1 gives them its default for `trainable`.

    Raises:
        ValueError: If both are asked for.
    """
    if trainable and synchronization in (
        VariableSynchronization.ON_READ,
        VariableSynchronization.ON_READ.value,
    ):
        raise ValueError(
            "Synchronization value can be set to VariableSynchronization.ON_READ only for non-trainable "
            "variables. You have specified trainable=True and "
            "synchronization=VariableSynchronization.ON_READ."
        )


class _Switches:
    """v1's process-wide switches."""

    resource_variables = False


@v1(
    "enable_resource_variables",
    note="accepted: remembered for `resource_variables_enabled`; the variables are the same",
)
def enable_resource_variables() -> None:
    """Accepted as in v1: variables are of one kind here, whose reads and writes are ordered as v1's are."""
    _Switches.resource_variables = True


@v1("disable_resource_variables", note="accepted: variables are always v1's reference variables")
def disable_resource_variables() -> None:
    """Accepted as in v1; see `enable_resource_variables`."""
    _Switches.resource_variables = False


@v1("resource_variables_enabled", note="accepted: what was asked for last")
def resource_variables_enabled() -> bool:
    """Returns which of `enable_resource_variables` and `disable_resource_variables` was called last.

    >>> resource_variables_enabled()
    False
    """
    return _Switches.resource_variables
