"""Records the answers of TensorFlow's v1 mode. Needs TensorFlow 2.21 (`pip install tensorflow-cpu`).

python tests/conformance/record.py [TOPIC ...]           write recorded/TOPIC.json
python tests/conformance/record.py --check [TOPIC ...]   only compare with the recording
python tests/conformance/record.py --fuzz [SEED COUNT]   write recorded/fuzz.json.xz, random programs
"""

import json
import os
import pathlib
import random
import sys
import traceback

sys.path.insert(0, str(pathlib.Path(__file__).parents[1]))
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"

from conformance import fuzz_player
from conformance.fuzz_programs import make_program
from conformance.library import HERE, programs, recorded, topics, write_fuzz
from conformance.script import play


def tensorflow_v1():
    """TensorFlow in v1 mode: graphs, sessions, reference variables."""
    import tensorflow

    tf = tensorflow.compat.v1
    tf.disable_v2_behavior()
    tf.logging.set_verbosity(tf.logging.ERROR)
    return tf


def record_fuzz(tf, first, count):
    """Runs random programs of seeds first, first + 1, ... and writes them with their traces."""
    cases = []
    for seed in range(first, first + count):
        steps = make_program(random.Random(seed))
        cases.append({"seed": seed, "steps": steps, "trace": fuzz_player.run(tf, steps)})
    size = write_fuzz(cases)
    print("fuzz", count, "programs,", sum(len(c["trace"]) for c in cases), "lines,", size, "bytes")
    return 0


def record(tf, wanted, check):
    """Records or checks topics; returns how many programs differ or fail."""
    different = 0
    for topic in wanted:
        answers = {}
        for name, program in programs(topic).items():
            try:
                answers[name] = play(program, tf)
            except Exception as error:
                different += 1
                frames = traceback.extract_tb(error.__traceback__)
                where = [f.lineno for f in frames if f.filename.endswith(f"{topic}.py")]
                print(f"{topic}::{name} does not run on TensorFlow: line {where}: {error!r}")
        if check:
            wrong = [name for name, lines in answers.items() if recorded(topic).get(name) != lines]
            different += len(wrong)
            print(topic, len(answers), "programs", *(f"DIFFERENT {name}" for name in wrong))
            continue
        text = json.dumps(answers, indent=0, ensure_ascii=False)
        (HERE / "recorded" / f"{topic}.json").write_text(text + "\n")
        print(topic, len(answers), "programs,", sum(map(len, answers.values())), "lines")
    return different


def main(arguments):
    """The command line; see the module's docstring."""
    tf = tensorflow_v1()
    words = [a for a in arguments if not a.startswith("-")]
    if "--fuzz" in arguments:
        first, count = map(int, words or (1000, 300))
        return record_fuzz(tf, first, count)
    return record(tf, words or topics(), "--check" in arguments) != 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
