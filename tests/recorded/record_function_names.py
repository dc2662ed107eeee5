"""Records the functions of TensorFlow's v1 mode and the names of their arguments.

Usage, with a Python that has TensorFlow:

    python tests/recorded/record_function_names.py

v1_function_names.json maps each namespace ("" is v1's top level) to its functions, and each of these to the
names of its arguments; null where Python cannot inspect them. Classes, modules and constants are listed under
the namespace's name and "others"; of tf.summary and tf.train, all names are.
"""

import inspect
import json
import os
from pathlib import Path

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"

import tensorflow

tf = tensorflow.compat.v1
tf.disable_v2_behavior()


def arguments(function):
    """The names of a function's arguments."""
    try:
        return list(inspect.signature(function).parameters)
    except (TypeError, ValueError):
        return None


def members(module):
    """The public names of a namespace."""
    return {name: getattr(module, name) for name in sorted(dir(module)) if not name.startswith("_")}


def is_function(member):
    """Whether it is callable and not a class."""
    return callable(member) and not inspect.isclass(member)


names = ("bitwise", "image", "io", "linalg", "math", "nn", "python_io", "random", "sparse", "strings")
namespaces = {"": tf} | {name: getattr(tf, name) for name in names}
tables = []
for namespace, module in namespaces.items():
    found = members(module)
    named = {name: arguments(member) for name, member in found.items() if is_function(member)}
    lines = ",\n".join(f"{json.dumps(name)}: {json.dumps(taken)}" for name, taken in named.items())
    tables.append(f"{json.dumps(namespace)}: {{\n{lines}\n}}")
    others = [name for name, member in found.items() if not is_function(member)]
    tables.append(f"{json.dumps(namespace + ' others')}: {json.dumps(others)}")
tables += [  # their functions are on pages of their own
    f"{json.dumps(namespace + ' others')}: {json.dumps(list(members(getattr(tf, namespace))))}"
    for namespace in ("summary", "train")
]
path = Path(__file__).parent / "v1_function_names.json"
path.write_text("{\n" + ",\n".join(tables) + "\n}\n")
print(f"{path}: {len(namespaces)} namespaces, TensorFlow {tensorflow.__version__}")
