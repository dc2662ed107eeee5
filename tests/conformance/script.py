"""Runs a conformance program and collects what it says, in a form independent of the library."""

import re
import warnings

import numpy as np

# Addresses and modules of classes are not compared.
_OBJECT = re.compile(r"<[\w.]*?(\w+)(?: object)? at 0x[0-9a-f]+(?:: [^<>]*)?>")
_FUNCTION = re.compile(r"<(?:function|bound method) .*? at 0x[0-9a-f]+>+")
_MODULE = re.compile(r"\b(?:scopetrie|tensorflow)(?:\.\w+)*\.(?=\w)")
# A failed run wraps the kernel's message in a long report on the node's origin; this line is the message.
_KERNEL_MESSAGE = re.compile(r"^(.*)\n\t \[\[", re.MULTILINE)


def tidy(text):
    """The text without addresses, module names and TensorFlow's names for the classes of v1."""
    text = text.replace("RefVariable", "Variable").replace("SymbolicTensor", "Tensor")
    return _MODULE.sub("", _OBJECT.sub(r"<\1>", _FUNCTION.sub("<function>", text)))


def first_line(error):
    """An error as one line: its class, and its message's first line (a failed kernel's own message)."""
    text = str(error.args[0]) if isinstance(error, KeyError) and error.args else str(error)
    kernel = _KERNEL_MESSAGE.search(text)
    line = kernel.group(1) if kernel else (text.splitlines() or [""])[0]
    name = type(error).__name__
    return f"{'error' if name == 'PatternError' else name}: {tidy(line)}"  # re.error, from Python 3.13 on


def show(value):
    """One value as text that does not depend on the library."""
    if isinstance(value, str | bytes | bool | int | type(None)):
        return repr(value)
    if isinstance(value, float):
        return f"{value:.6g}"
    if isinstance(value, np.ndarray | np.generic):
        return f"{value.dtype}({show(value.tolist())})"
    if isinstance(value, list):
        return "[" + ", ".join(show(v) for v in value) + "]"
    if isinstance(value, tuple):
        return "(" + ", ".join(show(v) for v in value) + ("," if len(value) == 1 else "") + ")"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{show(k)}: {show(v)}" for k, v in value.items()) + "}"
    if hasattr(value, "as_datatype_enum"):
        return value.name
    if hasattr(value, "as_list") and hasattr(value, "ndims"):
        return str(value)
    if hasattr(value, "name") and hasattr(value, "dtype"):
        return value.name
    if hasattr(value, "name") and hasattr(value, "control_inputs"):
        return "op " + value.name
    return tidy(repr(value))


class Script:
    """The `say` of a program: collects its lines.

    Attributes:
      lines: what has been said, one string each.
    """

    def __init__(self, tf):
        self.tf = tf
        self.lines = []

    def __call__(self, *values):
        """Says the values: strings unchanged, others through `show`."""
        self.lines.append(" ".join(tidy(v) if isinstance(v, str) else show(v) for v in values))

    def of(self, label, function, *args, **kwargs):
        """Says the result of a call, or its error; returns the result (None on error)."""
        try:
            result = function(*args, **kwargs)
        except Exception as error:
            self.lines.append(f"{label} raises {first_line(error)}")
            return None
        self.lines.append(f"{label} -> {show(result)}")
        return result

    def ops(self, start=0, graph=None):
        """Says the operations from the given one on: name, type, inputs, dependencies, device."""
        graph = graph or self.tf.get_default_graph()
        for op in graph.get_operations()[start:]:
            words = [op.name, op.type]
            if op.inputs:
                words += ["<-", ", ".join(t.name for t in op.inputs)]
            words += ["^" + c.name for c in op.control_inputs]
            if op.device:
                words.append("@" + op.device)
            words.append(" ".join(f"{t.dtype.name}{t.get_shape()}" for t in op.outputs))
            self.lines.append("  " + " ".join(words).rstrip())

    def collections(self, graph=None):
        """Says the content of every collection."""
        graph = graph or self.tf.get_default_graph()
        for key in sorted(graph.get_all_collection_keys(), key=str):
            self(f"  {key}:", *(show(x) for x in graph.get_collection(key)))


def play(program, tf):
    """Runs a program in a new graph and returns its lines."""
    script = Script(tf)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with tf.Graph().as_default():
            program(tf, script)
    return script.lines
