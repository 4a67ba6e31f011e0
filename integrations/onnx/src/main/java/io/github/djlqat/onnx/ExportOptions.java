package io.github.djlqat.onnx;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What an exported model is to be like.
 *
 * @param opset the opset, or null for the lowest that the model can be written in
 * @param dynamicBatch whether dynamic axes may have any size, rather than the traced one
 * @param axes the dynamic axes, at least one
 * @param modelName the name of the ONNX graph
 * @param inputNames a name for each input, or none for the usual ones
 * @param outputNames a name for each output, or none for the usual ones
 * @param container how signed 8-bit weights are stored
 * @param packed whether codes of 2 to 4 bits are stored two in a byte
 * @param weightOnly how linear layers are written whose inputs are in floating point
 */
record ExportOptions(
        @Nullable Integer opset,
        boolean dynamicBatch,
        List<DynamicAxis> axes,
        String modelName,
        List<String> inputNames,
        List<String> outputNames,
        WeightContainer container,
        boolean packed,
        WeightOnlyForm weightOnly) {

    /** Copies the lists. */
    ExportOptions {
        axes = List.copyOf(axes);
        inputNames = List.copyOf(inputNames);
        outputNames = List.copyOf(outputNames);
    }
}
