"""Ops that have no derivative, as in v1: nothing flows through them."""

from __future__ import annotations

from .declare import no_derivative

# What counts, picks, or takes its arguments for positions.
no_derivative("BitwiseAnd", "BitwiseOr", "BitwiseXor", "Invert", "LeftShift", "RightShift")
no_derivative("InvertPermutation", "LinSpace", "OneHot", "Range")
# What changes a variable: its new value counts as a constant.
no_derivative("Assign", "AssignAdd", "AssignSub")
no_derivative("ScatterAdd", "ScatterDiv", "ScatterMul", "ScatterNdAdd", "ScatterNdSub", "ScatterNdUpdate")
no_derivative("ScatterSub")
# What draws.
no_derivative("Multinomial", "RandomShuffle", "RandomStandardNormal", "RandomUniform", "TruncatedNormal")
# What makes texts of numbers, and what reads them.
no_derivative("AsString", "DecodeBase64", "DecodeRaw", "EncodeBase64", "ReduceJoin", "RegexReplace")
no_derivative("StringJoin", "StringToHashBucket", "StringToHashBucketFast", "StringToHashBucketStrong")
no_derivative("StringToNumber")
no_derivative("AudioSummaryV2", "HistogramSummary", "ImageSummary", "MergeSummary", "ScalarSummary")
no_derivative("TensorSummaryV2")
# What Python computes, and what computes nothing.
no_derivative("Assert", "PyFunc", "PyFuncStateless", "ReduceDataset")
