"""The names by which the parts of a SavedModel are known."""

from __future__ import annotations

from typing import Final

from ..public import v1

__all__ = ["ASSETS", "FILE", "INIT_OPS", "MAIN_OP", "SCHEMA", "TEXT_FILE", "VARIABLES"]

CLASSIFY_INPUTS = v1("saved_model.signature_constants.CLASSIFY_INPUTS", "saved_model.CLASSIFY_INPUTS")(
    "inputs"
)
CLASSIFY_METHOD_NAME = v1(
    "saved_model.signature_constants.CLASSIFY_METHOD_NAME", "saved_model.CLASSIFY_METHOD_NAME"
)("tensorflow/serving/classify")
CLASSIFY_OUTPUT_CLASSES = v1(
    "saved_model.signature_constants.CLASSIFY_OUTPUT_CLASSES", "saved_model.CLASSIFY_OUTPUT_CLASSES"
)("classes")
CLASSIFY_OUTPUT_SCORES = v1(
    "saved_model.signature_constants.CLASSIFY_OUTPUT_SCORES", "saved_model.CLASSIFY_OUTPUT_SCORES"
)("scores")
DEFAULT_SERVING_SIGNATURE_DEF_KEY = v1(
    "saved_model.signature_constants.DEFAULT_SERVING_SIGNATURE_DEF_KEY",
    "saved_model.DEFAULT_SERVING_SIGNATURE_DEF_KEY",
)("serving_default")
PREDICT_INPUTS = v1("saved_model.signature_constants.PREDICT_INPUTS", "saved_model.PREDICT_INPUTS")("inputs")
PREDICT_METHOD_NAME = v1(
    "saved_model.signature_constants.PREDICT_METHOD_NAME", "saved_model.PREDICT_METHOD_NAME"
)("tensorflow/serving/predict")
PREDICT_OUTPUTS = v1("saved_model.signature_constants.PREDICT_OUTPUTS", "saved_model.PREDICT_OUTPUTS")(
    "outputs"
)
REGRESS_INPUTS = v1("saved_model.signature_constants.REGRESS_INPUTS", "saved_model.REGRESS_INPUTS")("inputs")
REGRESS_METHOD_NAME = v1(
    "saved_model.signature_constants.REGRESS_METHOD_NAME", "saved_model.REGRESS_METHOD_NAME"
)("tensorflow/serving/regress")
REGRESS_OUTPUTS = v1("saved_model.signature_constants.REGRESS_OUTPUTS", "saved_model.REGRESS_OUTPUTS")(
    "outputs"
)

GPU = v1("saved_model.tag_constants.GPU", "saved_model.GPU")("gpu")
SERVING = v1("saved_model.tag_constants.SERVING", "saved_model.SERVING")("serve")
TPU = v1("saved_model.tag_constants.TPU", "saved_model.TPU")("tpu")
TRAINING = v1("saved_model.tag_constants.TRAINING", "saved_model.TRAINING")("train")

ASSETS_DIRECTORY = v1("saved_model.constants.ASSETS_DIRECTORY", "saved_model.ASSETS_DIRECTORY")("assets")
ASSETS_KEY = v1("saved_model.constants.ASSETS_KEY", "saved_model.ASSETS_KEY")("saved_model_assets")
LEGACY_INIT_OP_KEY = v1("saved_model.constants.LEGACY_INIT_OP_KEY", "saved_model.LEGACY_INIT_OP_KEY")(
    "legacy_init_op"
)
MAIN_OP_KEY = v1("saved_model.constants.MAIN_OP_KEY", "saved_model.MAIN_OP_KEY")("saved_model_main_op")
SAVED_MODEL_FILENAME_PB = v1(
    "saved_model.constants.SAVED_MODEL_FILENAME_PB", "saved_model.SAVED_MODEL_FILENAME_PB"
)("saved_model.pb")
SAVED_MODEL_FILENAME_PBTXT = v1(
    "saved_model.constants.SAVED_MODEL_FILENAME_PBTXT", "saved_model.SAVED_MODEL_FILENAME_PBTXT"
)("saved_model.pbtxt")
SAVED_MODEL_SCHEMA_VERSION = v1(
    "saved_model.constants.SAVED_MODEL_SCHEMA_VERSION", "saved_model.SAVED_MODEL_SCHEMA_VERSION"
)(1)
VARIABLES_DIRECTORY = v1("saved_model.constants.VARIABLES_DIRECTORY", "saved_model.VARIABLES_DIRECTORY")(
    "variables"
)
VARIABLES_FILENAME = v1("saved_model.constants.VARIABLES_FILENAME", "saved_model.VARIABLES_FILENAME")(
    "variables"
)

# The same, as constants that type checkers know.
ASSETS: Final = "assets"
FILE: Final = "saved_model.pb"
TEXT_FILE: Final = "saved_model.pbtxt"
SCHEMA: Final = 1
VARIABLES: Final = "variables"
MAIN_OP: Final = "saved_model_main_op"
# Collections that name the operation to be run after loading; TensorFlow 2 has a signature for it.
INIT_OPS: Final = (MAIN_OP, "legacy_init_op")
