"""Op types that are not exported, each with the reason and what to do instead."""

from __future__ import annotations

from typing import Final

__all__ = ["REFUSED"]

_GROUPS: Final = {
    "it changes a variable, and a model's values are constant. Export what is computed from variables.": """
        Assign AssignAdd AssignSub CountUpTo ScatterAdd ScatterDiv ScatterMax ScatterMin ScatterMul
        ScatterNdAdd ScatterNdSub ScatterNdUpdate ScatterSub ScatterUpdate StridedSliceAssign
        ApplyAdadelta ApplyAdagrad ApplyAdagradDA ApplyAdam ApplyCenteredRMSProp ApplyFtrl
        ApplyFtrlV2 ApplyGradientDescent ApplyMomentum ApplyProximalAdagrad
        ApplyProximalGradientDescent ApplyRMSProp SparseApplyAdadelta SparseApplyAdagrad
        SparseApplyAdagradDA SparseApplyAdam SparseApplyCenteredRMSProp SparseApplyFtrl
        SparseApplyFtrlV2 SparseApplyGradientDescent SparseApplyMomentum SparseApplyProximalAdagrad
        SparseApplyProximalGradientDescent SparseApplyRMSProp""",
    "it asks about a session's variables, and a model has none without a value.": "IsVariableInitialized",
    "it is of a backward pass, and models are for inference. Export the forward pass.": """
        GatherGrad ConcatOffset MirrorPadGrad StridedSliceGrad SumToShape IfGrad WhileGrad FoldGrad
        MapGrad TensorArrayGradConcat TensorArrayGradCut TensorArrayGradGather TensorArrayGradJoin
        TensorArrayGradRead TensorArrayGradScatter TensorArrayGradSplit TensorArrayGradWrite
        CropAndResizeGradBoxes CropAndResizeGradImage RGBToHSVGrad ResizeBicubicGrad ResizeBilinearGrad
        ResizeNearestNeighborGrad ReducedShape SparseSegmentMeanGrad SparseSegmentMeanGradV2
        SparseSegmentSqrtNGrad SparseSegmentSqrtNGradV2 SparseSegmentSumGrad SparseSegmentSumGradV2
        IgammaGradA ReciprocalGrad RsqrtGrad SigmoidGrad SqrtGrad TanhGrad BiasAddGrad EluGrad
        LeakyReluGrad Relu6Grad ReluGrad SeluGrad SoftplusGrad SoftsignGrad Conv2DBackpropFilter
        Conv3DBackpropFilterV2 DepthwiseConv2dNativeBackpropFilter
        DepthwiseConv2dNativeBackpropInput FusedBatchNormGradV3 LRNGrad AvgPool3DGrad AvgPoolGrad
        ExtractImagePatchesGrad MaxPool3DGrad MaxPool3DGradGrad MaxPoolGrad MaxPoolGradGrad
        SparseAddGrad SparseFillEmptyRowsGrad SparseSliceGrad""",
    "its random numbers would differ from one runtime to the next. Feed them, or build it for inference.": """
        RandomStandardNormal RandomUniform RandomUniformInt TruncatedNormal Multinomial
        RandomShuffle AllCandidateSampler FixedUnigramCandidateSampler LogUniformCandidateSampler
        UniformCandidateSampler ComputeAccidentalHits""",
    "it runs Python, and a model is without it.": "PyFunc PyFuncStateless",
    "it has an effect, and gives nothing.": "Assert NoOp PrintV2",
    "its data comes from outside, and does so by the inputs of a model.": """
        ReduceDataset IteratorFromStringHandleV2 IteratorGetNext IteratorToStringHandle IteratorV2
        MakeIterator OneShotIterator FIFOQueueV2 PaddingFIFOQueueV2 PriorityQueueV2 QueueCloseV2
        QueueDequeueManyV2 QueueDequeueUpToV2 QueueDequeueV2 QueueEnqueueManyV2 QueueEnqueueV2
        QueueIsClosedV2 QueueSizeV2 RandomShuffleQueueV2 FixedLengthRecordReaderV2 IdentityReaderV2
        ReaderNumRecordsProducedV2 ReaderNumWorkUnitsCompletedV2 ReaderReadUpToV2 ReaderReadV2
        ReaderResetV2 TFRecordReaderV2 TextLineReaderV2 WholeFileReaderV2 MatchingFiles ReadFile
        WriteFile RestoreV2 SaveV2 ParseExampleV2 ParseSequenceExampleV2 DecodeCSV""",
    "tables of texts and numbers are not exported. Look up before feeding.": """
        HashTableV2 InitializeTableFromTextFileV2 LookupTableExportV2
        LookupTableFindV2 LookupTableImportV2 LookupTableInsertV2
        LookupTableRemoveV2 LookupTableSizeV2 MutableHashTableV2""",
    "it is the argument of a branch or loop.": "_Arg Entry",
    "a placeholder is an input of the model.": "Placeholder",
    "constants and variables are initializers of the model.": "Const VariableV2",
    "it writes for TensorBoard, and a model does not.": """
        AudioSummaryV2 HistogramSummary ImageSummary MergeSummary ScalarSummary TensorSummaryV2""",
    "arrays of rows of several lengths are not exported. Use tf.concat and tf.split.": (
        "TensorArrayConcat TensorArraySplit"
    ),
    "ONNX computes with no complex numbers. Compute with the real and imaginary parts.": """
        Angle Complex Conj ConjugateTranspose Imag Real ComplexAbs FFT FFT2D FFT3D IFFT IFFT2D
        IFFT3D""",
    "ONNX computes with no texts. Do it before feeding.": """
        StringToHashBucket StringToHashBucketFast StringToHashBucketStrong StringFormat ReduceJoin
        StringJoin UnsortedSegmentJoin AsString DecodeRaw StringToNumber RegexFullMatch RegexReplace
        StaticRegexFullMatch StaticRegexReplace DecodeBase64 EncodeBase64 StringLength StringLower
        StringSplit StringSplitV2 StringStrip StringUpper Substr""",
    "ONNX reads and writes no image files. Do it before feeding.": """
        EncodeJpeg EncodePng DecodeAndCropJpeg DecodeBmp DecodeGif DecodeImage DecodeJpeg DecodePng
        ExtractJpegShape""",
    "ONNX has no ops of sparse tensors. Use dense ones.": """
        SparseDenseCwiseAdd SparseDenseCwiseDiv SparseDenseCwiseMul SparseTensorDenseAdd
        SparseToDense SparseAdd SparseConcat SparseSparseMaximum SparseSparseMinimum SparseSplit
        SparseTensorDenseMatMul SparseReduceMax SparseReduceMaxSparse SparseReduceSum
        SparseReduceSumSparse SparseSoftmax SparseFillEmptyRows SparseReorder SparseReshape
        SparseSlice SparseSegmentMean SparseSegmentMeanWithNumSegments SparseSegmentSqrtN
        SparseSegmentSqrtNWithNumSegments SparseSegmentSum SparseSegmentSumWithNumSegments""",
    "ONNX decomposes and inverts no matrices. Do it before feeding, or by tf.py_func in a session.": """
        Qr SelfAdjointEigV2 Svd Cholesky LogMatrixDeterminant MatrixInverse MatrixSolve
        MatrixTriangularSolve""",
    "ONNX does not have this function. Compute it before feeding, or approximate it.": """
        BesselI0 BesselI0e BesselI1 BesselI1e Betainc Digamma Erfinv Igamma Igammac Lgamma Ndtri
        Polygamma Zeta NextAfter Bitcast""",
    "v1 rounds its weights, and ONNX does not: results differ by 1e-3. Use tf.image.resize_bilinear.": (
        "ResizeBicubic"
    ),
    "ONNX has nothing like it but a loop. Use tf.scan.": "Cumprod CumulativeLogsumexp",
    "ONNX has nothing like it. Use tf.unsorted_segment_sum and its like.": """
        SegmentMax SegmentMean SegmentMin SegmentProd""",
    "ONNX has nothing like it. Compute it from ops that it has, or before feeding.": """
        ParallelConcat DynamicPartition DynamicStitch ParallelDynamicStitch ListDiff
        CropAndResize DrawBoundingBoxes DrawBoundingBoxesV2 GatherTree NonMaxSuppressionV5 AdjustContrastv2
        AdjustHue AdjustSaturation HSVToRGB RGBToHSV ResizeArea UnravelIndex DenseBincount
        HistogramFixedWidth InTopKV2 LowerBound UpperBound ExtractImagePatches MaxPoolWithArgmax""",
}  # fmt: skip
REFUSED: Final = {name: reason for reason, names in _GROUPS.items() for name in names.split()}
