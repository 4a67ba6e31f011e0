package io.github.djlqat.workflow;

import io.github.djlqat.workflow.model.ParameterInfo;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a model is.
 *
 * @param path its file or folder
 * @param format its kind, such as {@code djl} or {@code torchscript}
 * @param state {@code float}, {@code prepared} or {@code converted}
 * @param recipe the name of the recipe that it was prepared by, or null
 * @param bytes the size of its files
 * @param parameters the number of values in its parameters and buffers
 * @param inputShapes the shapes of its inputs with a batch of 1; empty where they are not known
 * @param layers what recipes can quantize; empty where the inputs' shapes are not known
 * @param quantizers the quantizers of a prepared model of blocks
 * @param tensors its parameters and buffers
 */
public record InspectResult(
        String path,
        String format,
        String state,
        @Nullable String recipe,
        long bytes,
        long parameters,
        List<List<Long>> inputShapes,
        List<LayerInfo> layers,
        List<QuantizerInfo> quantizers,
        List<ParameterInfo> tensors) {}
