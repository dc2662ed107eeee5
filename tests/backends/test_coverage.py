"""The table of docs/backends.md is what was measured; a part of it is measured again where libraries are."""

from __future__ import annotations

import json

import pytest
from backends.coverage import ASKED, LIBRARIES, PAGE, RECORDED, coverage, with_table
from backends.programs import FOLDED
from every_op import every_op

RECORDED_COVERAGE = json.loads(RECORDED.read_text(encoding="utf-8"))
# Types that are in the programs of others.
IN_OTHERS = {"TensorArraySize", "VariableV2"}
# What is on the host with each library: files, queues, iterators, tables, text, summaries.
ON_HOST = {
    "AudioSummaryV2", "DecodeAndCropJpeg", "DecodeBase64", "DecodeBmp", "DecodeCSV", "DecodeGif",
    "DecodeImage", "DecodeJpeg", "DecodePng", "EncodeBase64", "EncodeJpeg", "EncodePng",
    "ExtractJpegShape", "FIFOQueueV2", "FixedLengthRecordReaderV2", "HashTableV2", "HistogramSummary",
    "IdentityReaderV2", "ImageSummary", "InitializeTableFromTextFileV2", "IteratorFromStringHandleV2",
    "IteratorGetNext",
    "IteratorToStringHandle", "IteratorV2", "LookupTableExportV2", "LookupTableFindV2",
    "LookupTableImportV2", "LookupTableInsertV2", "LookupTableRemoveV2", "LookupTableSizeV2",
    "MakeIterator", "MatchingFiles", "MergeSummary", "MutableHashTableV2",
    "OneShotIterator", "PaddingFIFOQueueV2", "ParseExampleV2", "ParseSequenceExampleV2",
    "PriorityQueueV2", "QueueCloseV2",
    "QueueDequeueManyV2", "QueueDequeueUpToV2", "QueueDequeueV2", "QueueEnqueueManyV2",
    "QueueEnqueueV2", "QueueIsClosedV2", "QueueSizeV2", "RandomShuffleQueueV2", "ReadFile",
    "ReaderNumRecordsProducedV2", "ReaderNumWorkUnitsCompletedV2", "ReaderReadUpToV2", "ReaderReadV2",
    "ReaderResetV2", "ReduceDataset", "RegexFullMatch", "RegexReplace", "RestoreV2", "SaveV2",
    "ScalarSummary", "StaticRegexFullMatch", "StaticRegexReplace", "StringFormat", "StringLength",
    "StringLower", "StringSplit", "StringSplitV2", "StringStrip", "StringToHashBucket",
    "StringToHashBucketFast", "StringToHashBucketStrong", "StringUpper", "Substr", "TFRecordReaderV2",
    "TensorSummaryV2",
    "PrintV2", "TextLineReaderV2", "WholeFileReaderV2", "WriteFile",
}  # fmt: skip
# What has no program here, and so is not in the table: updates of optimizers, and gradients of sparse
# segments that are IndexedSlices.
NOT_MEASURED = {
    "ApplyAdadelta", "ApplyAdagrad", "ApplyAdagradDA", "ApplyAdam", "ApplyCenteredRMSProp", "ApplyFtrl",
    "ApplyFtrlV2", "ApplyGradientDescent", "ApplyMomentum", "ApplyProximalAdagrad",
    "ApplyProximalGradientDescent", "ApplyRMSProp", "SparseApplyAdadelta", "SparseApplyAdagrad",
    "SparseApplyAdagradDA", "SparseApplyAdam", "SparseApplyCenteredRMSProp", "SparseApplyFtrl",
    "SparseApplyFtrlV2", "SparseApplyGradientDescent", "SparseApplyMomentum",
    "SparseApplyProximalAdagrad", "SparseApplyProximalGradientDescent", "SparseApplyRMSProp",
    "SparseSegmentMeanGradV2", "SparseSegmentSqrtNGradV2", "SparseSegmentSumGradV2",
}  # fmt: skip
# One type in so many is measured again: JAX compiles each program.
EVERY = {"torch": 6, "jax": 120}


def test_table_of_the_docs() -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert page == with_table(page, RECORDED_COVERAGE)


def test_every_op_is_in_it() -> None:
    without = FOLDED | IN_OTHERS | ON_HOST | NOT_MEASURED
    ours = {name for name, op in every_op().items() if op.kernel is not None}
    for library in LIBRARIES:
        assert ours - RECORDED_COVERAGE[library].keys() <= without
    assert without <= every_op().keys()


@pytest.mark.parametrize("library", LIBRARIES)
def test_a_part_of_it(library: str) -> None:
    pytest.importorskip(library, reason=f"{library} is not installed")
    recorded = RECORDED_COVERAGE[library]
    for type in sorted(recorded)[:: EVERY[library]]:
        found = coverage(library, type)
        lost = {asked for asked in ASKED if recorded[type][asked] == "yes" and found[asked] != "yes"}
        assert not lost, f"{type}: {found}"
