"""`Tensor.eval`, `Operation.run` and `Variable.load`, in the default session or a given one."""

from __future__ import annotations

from typing import Any

from .default import get_default_session
from .session import BaseSession


def eval_tensor(tensor: Any, feed_dict: Any = None, session: BaseSession | None = None) -> Any:
    """Returns a tensor's value; implements `Tensor.eval`.

    Args:
        tensor: The tensor.
        feed_dict: What `Session.run` takes.
        session: The session; by default the default one.

    Raises:
        ValueError: If there is no session, or it runs another graph.
    """
    running = _session_for(
        tensor.graph,
        session,
        "Cannot evaluate tensor using `eval()`: No default session is registered. Use `with "
        "sess.as_default()` or pass an explicit session to `eval(session=sess)`",
        "evaluate tensor: the tensor's graph",
        "`eval(session=sess)`",
    )
    return running.run(tensor, feed_dict)


def run_operation(op: Any, feed_dict: Any = None, session: BaseSession | None = None) -> None:
    """Runs an operation; implements `Operation.run`.

    Args:
        op: The operation.
        feed_dict: What `Session.run` takes.
        session: The session; by default the default one.

    Raises:
        ValueError: If there is no session, or it runs another graph.
    """
    running = _session_for(
        op.graph,
        session,
        "Cannot execute operation using `run()`: No default session is registered. Use `with "
        "sess.as_default():` or pass an explicit session to `run(session=sess)`",
        "execute operation: the operation's graph",
        "run(session=sess)",
    )
    running.run(op, feed_dict)


def load_variable(variable: Any, value: Any, session: Any = None) -> None:
    """Sets a variable to a value; implements `Variable.load`.

    Args:
        variable: The variable.
        value: What is fed for its initial value.
        session: The session; by default the default one.

    Raises:
        ValueError: If there is no session, or it runs another graph, or the value does not fit.
    """
    running = get_default_session() if session is None else session
    if running is None:
        raise ValueError(
            "Either session argument should be provided or default session should be established"
        )
    if not (
        isinstance(running, BaseSession)
        and running.graph is variable.graph
        and running._load(variable, value)
    ):
        initializer = variable.initializer
        initializer.run({initializer.inputs[1]: value}, session)


def _session_for(
    graph: Any, session: BaseSession | None, none_open: str, what: str, call: str
) -> BaseSession:
    """Returns the session to run in; the last three arguments are parts of v1's message for the caller."""
    is_default = session is None
    if session is None:
        session = get_default_session()
        if session is None:
            raise ValueError(none_open)
    if session.graph is graph:
        return session
    which = "default" if is_default else "given"
    text = f"Cannot use the {which} session to {what} is different from the session's graph."
    raise ValueError(f"{text} Pass an explicit session to {call}." if is_default else text)
