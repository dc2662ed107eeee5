"""Where in this package the names are that v1 has in its inner modules."""

from __future__ import annotations

from typing import Final

__all__ = ["is_folder", "places_of"]

# By the last part of v1's module: the namespaces in which its names are looked up, in order; "" is the top
# level, and what begins with ":" a module of this package.
_PLACES: Final = {
    # tensorflow.python.framework
    "ops": " :unchanged.inner",
    "device_spec": " :unchanged.inner",
    "dtypes": "",
    "constant_op": " :unchanged.inner",
    "common_shapes": "",
    "errors": "errors",
    "errors_impl": "errors",
    "function": ":derivatives.defun ",
    "graph_util": "graph_util",
    "graph_util_impl": "graph_util",
    "importer": "",
    "importer_lib": "",
    "meta_graph": "train",
    "random_seed": "random ",
    "sparse_tensor": "",
    "tensor_shape": "",
    "tensor_util": "",
    "test_util": "test",
    # tensorflow.python.ops
    "array_ops": " :unchanged.inner",
    "candidate_sampling_ops": "nn random",
    "check_ops": "",
    "confusion_matrix": " :unchanged.measures",
    "clip_ops": "",
    "control_flow_ops": " :unchanged.tools",
    "control_flow_util": " :unchanged.inner",
    "ctc_ops": "nn",
    "custom_gradient": "",
    "data_flow_ops": "",
    "dataset_ops": "data",
    "embedding_ops": "nn",
    "functional_ops": "",
    "gen_array_ops": "",
    "gen_math_ops": "math ",
    "gen_nn_ops": "nn",
    "gradient_checker": "test",
    "gradients": "",
    "gradients_impl": " :unchanged.inner",
    "histogram_ops": "",
    "image_ops": "image",
    "image_ops_impl": "image",
    "init_ops": " initializers",
    "inplace_ops": "",
    "io_ops": "",
    "linalg_ops": " linalg",
    "logging_ops": " summary",
    "lookup_ops": ":unchanged.tables",
    "losses": "losses",
    "losses_impl": "losses",
    "map_fn": "",
    "math_grad": "",
    "math_ops": " math",
    "metrics": "metrics",
    "metrics_impl": "metrics :unchanged.measures",
    "nn": "nn",
    "nn_impl": "nn",
    "nn_ops": "nn ",
    "numerics": "",
    "parsing_ops": "",
    "partitioned_variables": "",
    "random_ops": "random ",
    "resource_variable_ops": " :unchanged.inner",
    "rnn": "nn",
    "rnn_cell": "nn.rnn_cell :unchanged.cells",
    "rnn_cell_impl": "nn.rnn_cell :unchanged.cells",
    "script_ops": "",
    "smart_cond": ":unchanged.inner",
    "session_ops": "",
    "sparse_ops": "",
    "special_math_ops": "math ",
    "standard_ops": "",
    "state_ops": "",
    "string_ops": " strings",
    "summary_ops": "summary",
    "template": "",
    "tensor_array_ops": "",
    "util": "",
    "variable_scope": " :unchanged.inner",
    "variables": " :unchanged.inner",
    "weights_broadcast_ops": ":unchanged.tools",
    # tensorflow.python.layers (and the module of Keras that those import)
    "input_spec": "layers",
    "base": "layers",
    "convolutional": "layers :unchanged.inner",
    "core": "layers",
    "layers": "layers",
    "normalization": "layers",
    "pooling": "layers",
    # tensorflow.python.training
    "adagrad": "train",
    "adam": "train",
    "basic_session_run_hooks": "train",
    "checkpoint_management": "train",
    "checkpoint_utils": "train",
    "coordinator": "train",
    "device_setter": "train",
    "evaluation": ":contrib.training.evaluating",
    "ftrl": "train",
    "gradient_descent": "train",
    "input": "train",
    "learning_rate_decay": "train",
    "momentum": "train",
    "monitored_session": "train",
    "moving_averages": ":train.moving_averages train",
    "optimizer": "train",
    "queue_runner": "train",
    "queue_runner_impl": "train",
    "rmsprop": "train",
    "saver": "train",
    "session_manager": "train",
    "session_run_hook": "train",
    # tensorflow.python.estimator
    "estimator": "estimator",
    "estimator_lib": "estimator",
    "model_fn": "estimator",
    "numpy_io": "estimator.inputs",
    "pandas_io": "estimator.inputs",
    "run_config": "estimator",
    # the rest of tensorflow.python.training
    "slot_creator": "train",
    "summary_io": "summary train",
    "supervisor": "train",
    "sync_replicas_optimizer": ":unchanged.replicas train",
    "training": "train",
    "training_ops": "train",
    "training_util": "train",
    # the others
    "all_util": ":unchanged.inner",
    "app": "app",
    "backprop": "",
    "client": "client ",
    "compat": "compat",
    "context": " :unchanged.tools",
    "debug": ":unchanged.debugging",
    "debug_data": ":unchanged.debugging",
    "deprecation": ":unchanged.decorators",
    "device": "",
    "device_lib": ":unchanged.tools",
    "file_io": ":unchanged.files gfile",
    "flags": "flags",
    "framework": "",
    "gfile": "gfile",
    "init": "",
    "input_data": ":unchanged.mnist",
    "inspect_checkpoint": ":unchanged.tools",
    "logging": "logging",
    "nest": "contrib.framework.nest",
    "platform": "",
    "python": "",
    "pywrap_tensorflow": "train",
    "pywrap_tensorflow_internal": "train",
    "session": " :execution.sessions.conversions",
    "summary": "summary",
    "test": "test",
    "tf_contextlib": ":unchanged.decorators",
    "tf_decorator": ":unchanged.decorators",
    "tf_export": ":unchanged.decorators",
    "tf_inspect": ":unchanged.decorators",
    "tf_logging": "logging",
    "timeline": "client.timeline",
    "tf2": ":unchanged.inner",
    "tools": "",
    "writer": "summary",
}
# Folders of modules in v1, and what else is looked up in them.
_FOLDERS: Final = {
    "examples": ":unchanged.mnist",
    "examples.tutorials": ":unchanged.mnist",
    "examples.tutorials.mnist": ":unchanged.mnist",
    "core": "",
    "core.framework": "",
    "core.protobuf": "",
    "core.util": "",
    "python": "",
    "python.client": "client ",
    "python.data": "data",
    "python.debug": ":unchanged.debugging",
    "python.debug.lib": ":unchanged.debugging",
    "python.debug.wrappers": ":unchanged.debugging",
    "python.data.ops": "data",
    "python.data.util": "",
    "python.eager": "",
    "python.framework": "",
    "python.keras": "keras",
    "python.keras.engine": "keras",
    "python.layers": "layers",
    "python.lib": "",
    "python.lib.io": "gfile",
    "python.ops": "",
    "python.estimator": "estimator",
    "python.estimator.inputs": "estimator.inputs",
    "python.ops.losses": "losses",
    "python.platform": "",
    "python.summary": "summary",
    "python.summary.writer": "summary",
    "python.tools": "",
    "python.training": "train",
    "python.util": "compat  :unchanged.decorators",
}
# contrib's modules of cells, of which programs import more than public names.
_CELLS: Final = ("core_rnn_cell", "core_rnn_cell_impl")
# The modules below "python" in a namespace of contrib.
_INNER: Final = frozenset(
    """
    arg_scope attention_wrapper basic_decoder beam_search_decoder beam_search_ops checkpoint_ops core_rnn
    core_rnn_cell core_rnn_cell_impl data decoder embedding_ops encoders evaluation evaluation_lib framework
    fused_rnn_cell gru_ops helper hparam initializers layers learning loss loss_ops lstm_ops metric_ops
    metrics model_analyzer nets normalization ops optimizers regularizers rnn rnn_cell rnn_cell_impl seq2seq
    slim summaries tpu tpu_config tpu_context tpu_estimator tpu_optimizer training util utils variables
    """.split()
)
# Messages, by v1's module.
_MESSAGES: Final = {
    "attr_value_pb2": "",
    "config_pb2": "",
    "event_pb2": "summary",
    "graph_pb2": "",
    "meta_graph_pb2": "",
    "node_def_pb2": "",
    "rewriter_config_pb2": ":execution.sessions.config",
    "saver_pb2": "train",
    "summary_pb2": "summary",
    "tensor_pb2": "",
    "tensor_shape_pb2": "",
    "types_pb2": "",
}


def is_folder(name: str) -> bool:
    """Whether a module of v1, by its name below "tensorflow", is a folder of modules."""
    return name in _FOLDERS


def places_of(name: str) -> list[str] | None:
    """Returns the namespaces that a module of v1 stands for, in which names are looked up in order.

    Args:
        name: The module's name below "tensorflow": "python.ops.rnn_cell".

    Returns:
        Names of namespaces: "" for the top level, ":unchanged.mnist" for a module of this package. None if
        there is no such module in v1, as far as is known.

    >>> places_of("python.ops.math_ops"), places_of("python.ops.no_such_ops")
    (['', 'math'], None)
    >>> places_of("contrib.layers.python.layers.initializers")
    ['contrib.layers.initializers', 'contrib.layers']
    """
    if name == "compat.v1" or name.startswith("compat.v1."):
        return places_of(name[10:]) if len(name) > 9 else [""]
    parts = name.split(".")
    if name in _FOLDERS:
        return _FOLDERS[name].split(" ")
    if parts[:2] == ["contrib", "eager"]:
        return [":unchanged.eager"] if parts[2:] in ([], ["python"], ["python", "tfe"]) else None
    if parts[:2] == ["python", "keras"]:  # its layers are not v1's of the same names
        is_inner = parts[2:] == ["engine", "input_spec"]
        return [_PLACES["input_spec"] if is_inner else name.removeprefix("python.")]
    if parts[:3] == ["python", "layers", "utils"]:
        return [":unchanged.inner", "contrib.layers.utils", ""]
    if parts[0] == "contrib":
        # What is below contrib.layers.python is what contrib.layers has.
        if "python" not in parts or parts[-1] == "python":
            return [".".join(parts[: -1 if parts[-1] == "python" else None])]
        owner = ".".join(parts[: parts.index("python")])
        if parts[-1] not in _INNER:
            return None
        return [owner, ":unchanged.cells"] if parts[-1] in _CELLS else [f"{owner}.{parts[-1]}", owner]
    if parts[0] == "examples":
        inner = parts[1:]
        is_there = inner[:2] == ["tutorials", "mnist"][: len(inner)] and inner[2:] in ([], ["input_data"])
        return [_PLACES["input_data"]] if is_there else None
    if parts[0] == "core":
        found = _MESSAGES.get(parts[-1])
        return None if found is None else [found]
    if parts[0] == "python":
        found = _PLACES.get(parts[-1])
        return None if found is None else found.split(" ")
    return [name]
