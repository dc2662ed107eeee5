"""`Tensor.eval` and `Operation.run`: running one thing in the default session, or a given one."""

from __future__ import annotations

from typing import Any

from .default import get_default_session
from .session import BaseSession


def eval_tensor(tensor: Any, feed_dict: Any = None, session: BaseSession | None = None) -> Any:
    """Returns a tensor's value; what `Tensor.eval` calls.

    Args:
        tensor: The tensor.
        feed_dict: What `Session.run` takes.
        session: The session; by default the default one.

    Raises:
        ValueError: If there is no session, or it runs another graph.
    """
    if session is None:
        session = get_default_session()
        if session is None:
            raise ValueError(
                "Cannot evaluate tensor using `eval()`: No default session is registered. Use `with "
                "sess.as_default()` or pass an explicit session to `eval(session=sess)`"
            )
        if session.graph is not tensor.graph:
            raise ValueError(
                "Cannot use the default session to evaluate tensor: the tensor's graph is different from the "
                "session's graph. Pass an explicit session to `eval(session=sess)`."
            )
    elif session.graph is not tensor.graph:
        raise ValueError(
            "Cannot use the given session to evaluate tensor: the tensor's graph is different from the "
            "session's graph."
        )
    return session.run(tensor, feed_dict)


def run_operation(op: Any, feed_dict: Any = None, session: BaseSession | None = None) -> None:
    """Runs an operation; what `Operation.run` calls.

    Args:
        op: The operation.
        feed_dict: What `Session.run` takes.
        session: The session; by default the default one.

    Raises:
        ValueError: If there is no session, or it runs another graph.
    """
    if session is None:
        session = get_default_session()
        if session is None:
            raise ValueError(
                "Cannot execute operation using `run()`: No default session is registered. Use `with "
                "sess.as_default():` or pass an explicit session to `run(session=sess)`"
            )
        if session.graph is not op.graph:
            raise ValueError(
                "Cannot use the default session to execute operation: the operation's graph is different "
                "from the session's graph. Pass an explicit session to run(session=sess)."
            )
    elif session.graph is not op.graph:
        raise ValueError(
            "Cannot use the given session to execute operation: the operation's graph is different from the "
            "session's graph."
        )
    session.run(op, feed_dict)
