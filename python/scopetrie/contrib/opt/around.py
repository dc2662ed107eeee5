"""Optimizers around another one: averages of variables, bounds of their norms; and SciPy's minimizers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from importlib import import_module
from typing import Any

import numpy as np

from ...derivatives.backprop import gradients
from ...execution import get_default_session
from ...graph import get_default_graph
from ...ops.array.gather import gather
from ...ops.constant import convert_to_tensor
from ...ops.control.flow import group
from ...ops.math.clipping import clip_by_norm
from ...ops.state.scatter import scatter_update
from ...ops.state.variable import assign
from ...public import v1
from ...train.moving_averages import ExponentialMovingAverage
from ...train.optimizers.optimizer import Optimizer
from ...train.saving.saved_variables import all_saved
from ...train.saving.saver import Saver
from ...variables import trainable_variables

__all__ = ["MovingAverageOptimizer", "ScipyOptimizerInterface", "VariableClippingOptimizer"]


@v1("contrib.opt.MovingAverageOptimizer")
class MovingAverageOptimizer(Optimizer):
    """An optimizer that keeps moving averages of what another one trains.

    Args:
        opt: The other optimizer.
        average_decay: How much of an average stays at each step.
        num_updates: A count of steps; if given, the decay is less at the beginning.
        sequential_update: Whether averages are taken after the step.

    >>> import scopetrie as tf
    >>> w = tf.get_variable("w", initializer=1.0)
    >>> opt = tf.contrib.opt.MovingAverageOptimizer(tf.train.GradientDescentOptimizer(0.5), average_decay=0.5)
    >>> step = opt.minimize(w)
    >>> with tf.Session() as session:
    ...     session.run(tf.global_variables_initializer())
    ...     session.run(step)
    ...     print(*session.run([w, "w/ExponentialMovingAverage:0"]))
    0.5 0.75
    """

    def __init__(
        self, opt: Any, average_decay: Any = 0.9999, num_updates: Any = None, sequential_update: bool = True
    ) -> None:
        super().__init__(False, type(self).__name__)
        self._optimizer = opt
        self._average = ExponentialMovingAverage(average_decay, num_updates=num_updates)
        self._sequential = sequential_update
        self._swaps: dict[str, str] | None = None

    def compute_gradients(self, *args: Any, **kwargs: Any) -> Any:
        """Returns the gradients that the other optimizer computes.

        Args:
            *args: Its arguments.
            **kwargs: The same, by name.
        """
        return self._optimizer.compute_gradients(*args, **kwargs)

    def apply_gradients(
        self, grads_and_vars: Iterable[Any], global_step: Any = None, name: str | None = None
    ) -> Any:
        """Builds the operation that changes variables and then their averages.

        Args:
            grads_and_vars: Pairs of a gradient and its variable.
            global_step: A variable that counts the steps.
            name: The name of the other optimizer's operation.

        Returns:
            The operation.
        """
        pairs = list(grads_and_vars)
        graph = get_default_graph()
        with graph.transaction():
            step = self._optimizer.apply_gradients(pairs, global_step=global_step, name=name)
            variables = [each for grad, each in pairs if grad is not None]
            with graph.control_dependencies([step] if self._sequential else []):
                averaged = self._average.apply(variables)
            self._swaps = {}
            for each in variables:
                mean = self._average.average(each)
                self._swaps[each.op.name], self._swaps[mean.op.name] = mean.op.name, each.op.name
            return group(step, averaged, name="train_with_avg")

    def swapping_saver(self, var_list: Any = None, name: str = "swapping_saver", **kwargs: Any) -> Saver:
        """Returns a Saver that writes averages under the names of the variables, and the other way round.

        Args:
            var_list: What is saved: variables, or a dictionary; all by default.
            name: The name of its operations' scope.
            **kwargs: More arguments of `train.Saver`.

        Raises:
            RuntimeError: If there are no averages yet.
            ValueError: If one of a variable and its average is not saved.
        """
        if self._swaps is None:
            raise RuntimeError(
                "Must call apply_gradients or minimize before creating the swapping_saver: there are no "
                "averages yet."
            )
        chosen = all_saved() if var_list is None else var_list
        named = dict(chosen) if isinstance(chosen, Mapping) else {each.op.name: each for each in chosen}
        by_op = {each.op.name: key for key, each in named.items()}
        for one, other in self._swaps.items():
            if one in by_op and other not in by_op:
                raise ValueError(f"Variable to swap {other} is not in the variables to save, as {one} is.")
        swapped = {by_op[self._swaps.get(each.op.name, each.op.name)]: each for each in named.values()}
        return Saver(swapped, name=name, **kwargs)


@v1("contrib.opt.VariableClippingOptimizer")
class VariableClippingOptimizer(Optimizer):
    """An optimizer that bounds norms of variables after each step of another one.

    Args:
        opt: The other optimizer.
        vars_to_clip_dims: For each variable the dimensions over which a norm is taken.
        max_norm: The bound.
        use_locking: Accepted for v1's sake.
        colocate_clip_ops_with_vars: Accepted for v1's sake.
        name: The optimizer's name.
    """

    def __init__(
        self, opt: Any, vars_to_clip_dims: Mapping[Any, Sequence[int]], max_norm: Any,
        use_locking: bool = False, colocate_clip_ops_with_vars: bool = False, name: str = "VariableClipping",
    ) -> None:  # fmt: skip
        super().__init__(use_locking, name)
        self._opt, self._max_norm = opt, max_norm
        self._dims = {each.op.name: list(dims) for each, dims in vars_to_clip_dims.items()}

    def compute_gradients(self, *args: Any, **kwargs: Any) -> Any:
        """Returns the gradients that the other optimizer computes.

        Args:
            *args: Its arguments.
            **kwargs: The same, by name.
        """
        return self._opt.compute_gradients(*args, **kwargs)

    def get_slot(self, var: Any, name: str) -> Any:
        """Returns a slot of the other optimizer, or None.

        Args:
            var: The variable.
            name: The slot's name.
        """
        return self._opt.get_slot(var, name)

    def get_slot_names(self) -> Any:
        """Returns the names of the other optimizer's slots."""
        return self._opt.get_slot_names()

    def apply_gradients(
        self, grads_and_vars: Iterable[Any], global_step: Any = None, name: str | None = None
    ) -> Any:
        """Builds the operation that changes variables, and then bounds their norms.

        Args:
            grads_and_vars: Pairs of a gradient and its variable.
            global_step: A variable that counts the steps.
            name: The operation's name.

        Returns:
            The operation.
        """
        pairs, graph = list(grads_and_vars), get_default_graph()
        with graph.transaction():
            step = self._opt.apply_gradients(pairs, global_step=global_step)
            with graph.control_dependencies([step]):
                bounded = [self._bounded(*each) for each in pairs if each[0] is not None]
            return group(step, *bounded, name=name or self._name)

    def _bounded(self, grad: Any, var: Any) -> Any:
        dims = self._dims.get(var.op.name)
        if dims is None:
            return group()
        if not hasattr(grad, "indices"):
            return assign(var, clip_by_norm(var.read_value(), self._max_norm, dims))
        if 0 in dims:
            raise ValueError(f"Cannot clip {var.op.name} over dimension 0 by the rows of a sparse gradient.")
        rows = gather(var, grad.indices)
        return scatter_update(var, grad.indices, clip_by_norm(rows, self._max_norm, dims))


@v1("contrib.opt.ScipyOptimizerInterface", "contrib.opt.ExternalOptimizerInterface")
class ScipyOptimizerInterface:
    """Minimizes a loss by `scipy.optimize.minimize`, which a session asks for losses and gradients.

    Args:
        loss: The loss, a scalar.
        var_list: The variables; the trainable ones by default.
        equalities: Tensors that are to be 0, for methods that take constraints.
        inequalities: Tensors that are to be at least 0.
        var_to_bounds: For variables a pair of bounds, which broadcast to their shapes.
        **optimizer_kwargs: More arguments of SciPy's function, as `method` ("L-BFGS-B" by default, "SLSQP"
            where there are constraints) and `options`.

    Raises:
        ValueError: If there are no variables, or the method takes no constraints.

    >>> import scopetrie as tf
    >>> w = tf.get_variable("w", initializer=[7.0, 7.0])
    >>> optimizer = tf.contrib.opt.ScipyOptimizerInterface(tf.reduce_sum(tf.square(w - 2.0)))
    >>> with tf.Session() as session:
    ...     session.run(w.initializer)
    ...     optimizer.minimize(session)
    ...     print(session.run(w).round(3).tolist())
    [2.0, 2.0]
    """

    def __init__(
        self, loss: Any, var_list: Any = None, equalities: Any = None, inequalities: Any = None,
        var_to_bounds: Mapping[Any, Any] | None = None, **optimizer_kwargs: Any,
    ) -> None:  # fmt: skip
        self._variables = list(trainable_variables() if var_list is None else var_list)
        if not self._variables:
            raise ValueError("No variables to optimize: make variables first, or give var_list.")
        self._loss, self._options = loss, dict(optimizer_kwargs)
        self._constraints = [("eq", each) for each in equalities or ()]
        self._constraints += [("ineq", each) for each in inequalities or ()]
        method = self._options.setdefault("method", "SLSQP" if self._constraints else "L-BFGS-B")
        if self._constraints and method not in ("SLSQP", "COBYLA", "trust-constr"):
            raise ValueError(f"The method {method} takes no constraints: use 'SLSQP'.")
        self._asked = [self._with_gradients(each) for each in (loss, *(one for _, one in self._constraints))]
        self._bounds: list[Any] | None = None
        if var_to_bounds is not None:
            self._bounds = []
            for each in self._variables:
                low, high = var_to_bounds.get(each, (-np.inf, np.inf))
                shape = each.shape.as_list()
                pairs = zip(
                    np.broadcast_to(low, shape).ravel(), np.broadcast_to(high, shape).ravel(), strict=True
                )
                self._bounds += [(float(a), float(b)) for a, b in pairs]

    def _with_gradients(self, value: Any) -> tuple[Any, list[Any]]:
        found = gradients(value, self._variables)
        zeros = zip(found, self._variables, strict=True)
        return value, [0.0 * var if grad is None else convert_to_tensor(grad) for grad, var in zeros]

    def _set(self, session: Any, flat: Any) -> None:
        at = 0
        for each in self._variables:
            count = each.shape.num_elements()
            part = np.reshape(flat[at : at + count], each.shape.as_list())
            each.load(part.astype(each.dtype.as_numpy_dtype), session)
            at += count

    def minimize(
        self, session: Any = None, feed_dict: Any = None, fetches: Any = None, step_callback: Any = None,
        loss_callback: Any = None, **run_kwargs: Any,
    ) -> None:  # fmt: skip
        """Minimizes the loss; then the session's variables have the values that were found.

        Args:
            session: The session; the default one if left out.
            feed_dict: What is fed to each run.
            fetches: What `loss_callback` is called with.
            step_callback: A function of the values after each of SciPy's steps.
            loss_callback: A function of the values of `fetches`, at each evaluation.
            **run_kwargs: More arguments of `Session.run`.

        Raises:
            ValueError: If there is no session.
            ImportError: If SciPy is not installed.
        """
        optimize: Any = import_module("scipy.optimize")
        session = session or get_default_session()
        if session is None:
            raise ValueError(
                "ScipyOptimizerInterface.minimize needs a session: give one, or call it in a block."
            )
        more = list(fetches or ())

        def asked(which: int, flat: Any) -> tuple[Any, Any]:
            self._set(session, flat)
            value, grads = self._asked[which]
            found, parts, others = session.run(
                [value, grads, more if not which else []], feed_dict, **run_kwargs
            )
            if loss_callback is not None and not which:
                loss_callback(*others)
            return float(found), np.concatenate([np.ravel(each) for each in parts]).astype(np.float64)

        constraints = [
            {"type": kind, "fun": lambda x, at=at: asked(at, x)[0], "jac": lambda x, at=at: asked(at, x)[1]}
            for at, (kind, _) in enumerate(self._constraints, 1)
        ]
        given = {"constraints": constraints} if constraints else {}
        first = np.concatenate([np.ravel(each) for each in session.run(self._variables)]).astype(np.float64)
        result = optimize.minimize(
            lambda flat: asked(0, flat), first, jac=True, bounds=self._bounds, callback=step_callback,
            **given, **self._options,
        )  # fmt: skip
        self._set(session, result.x)
