package io.github.djlqat.onnx;

import ai.onnx.proto.OnnxMl.ModelProto;
import io.github.djlqat.graph.Graph;
import io.github.djlqat.graph.pass.DeadCode;
import io.github.djlqat.graph.pass.GraphPass;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Writes traced models as ONNX files.
 *
 * <p>Fake-quantized activations become QuantizeLinear and DequantizeLinear, and quantized weights
 * become integer initializers with a DequantizeLinear, the form in which runtimes find what they
 * can compute in integers. Clamps before a quantizer become clamps of its codes. The bias of a
 * layer whose input and weight are quantized is stored in 32-bit integers with the scale \( s_x s_w
 * \). Where an operation only moves elements of a quantized tensor, such as a maximum pool, its
 * output is quantized again with the same parameters.
 *
 * <pre>{@code
 * Graph graph = GraphTracer.trace(block, manager, new NDList(manager.ones(new Shape(2, 3, 32, 32))));
 * OnnxExporter.builder().optModelName("resnet20").build().export(graph, Path.of("resnet20.onnx"));
 * }</pre>
 */
public final class OnnxExporter {

    private final ExportOptions options;
    private final ModelWriter writer;
    private final ModelConversion conversion;
    private final @Nullable Simplification simplification;
    private final List<GraphPass> passes;

    private OnnxExporter(Builder builder) {
        options =
                new ExportOptions(
                        builder.opset,
                        builder.dynamicBatch,
                        builder.axes.isEmpty() ? List.of(DynamicAxis.BATCH) : builder.axes,
                        builder.modelName,
                        builder.inputNames,
                        builder.outputNames,
                        builder.container,
                        builder.packed,
                        builder.weightOnly);
        writer = new ModelWriter(builder.externalDataThreshold);
        conversion = new ModelConversion(options, new OpConverters(builder.converters));
        simplification =
                builder.simplified
                        ? new Simplification(Set.copyOf(builder.converters.keySet()))
                        : null;
        passes = List.copyOf(builder.passes);
    }

    /**
     * Returns a builder.
     *
     * @return a builder
     */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * Writes a model, after it was checked.
     *
     * @param graph the traced model
     * @param path the file, replaced at once if it is there
     * @throws IOException if the file cannot be written; it is then as it was before
     * @throws OnnxExportException if the model holds something that has no ONNX form
     */
    public void export(Graph graph, Path path) throws IOException {
        writer.write(toModelProto(graph), path);
    }

    /**
     * Writes a model that was traced at two batch sizes, which tells exactly what grows with the
     * batch.
     *
     * @param graph the traced model
     * @param other the same model traced at another batch size
     * @param path the file, replaced at once if it is there
     * @throws IOException if the file cannot be written; it is then as it was before
     * @throws OnnxExportException if the model holds something that has no ONNX form
     */
    public void export(Graph graph, Graph other, Path path) throws IOException {
        export(List.of(graph, other), path);
    }

    /**
     * Writes a model that was traced once, and again for each dynamic axis with this axis alone at
     * another size.
     *
     * @param traces the traced model, followed by the other traces in the order of the axes
     * @param path the file, replaced at once if it is there
     * @throws IOException if the file cannot be written; it is then as it was before
     * @throws OnnxExportException if the model holds something that has no ONNX form
     */
    public void export(List<Graph> traces, Path path) throws IOException {
        writer.write(toModelProto(traces), path);
    }

    /**
     * Makes the ONNX model of a graph, with a leading dimension that equals the traced batch size
     * taken for the batch.
     *
     * @param graph the traced model
     * @return the model, checked in its structure
     * @throws OnnxExportException if the model holds something that has no ONNX form
     */
    public ModelProto toModelProto(Graph graph) {
        return toModelProto(List.of(graph));
    }

    /**
     * Makes the ONNX model of a graph.
     *
     * @param graph the traced model
     * @param other the same model traced at another batch size, or null
     * @return the model, checked in its structure
     * @throws OnnxExportException if the model holds something that has no ONNX form
     */
    public ModelProto toModelProto(Graph graph, @Nullable Graph other) {
        return toModelProto(other == null ? List.of(graph) : List.of(graph, other));
    }

    /**
     * Makes the ONNX model of a graph that was traced once, and again for each dynamic axis with
     * this axis alone at another size.
     *
     * @param traces the traced model, followed by the other traces in the order of the axes
     * @return the model, checked in its structure
     * @throws OnnxExportException if the model holds something that has no ONNX form
     * @throws IllegalArgumentException if there is no trace
     */
    public ModelProto toModelProto(List<Graph> traces) {
        if (traces.isEmpty()) {
            throw new IllegalArgumentException("A model is exported from one trace or more.");
        }
        List<Graph> live = new DeadCode().apply(traces);
        List<Graph> others = live.subList(1, live.size());
        // Passes rewrite alike only what is the same program.
        SizeScaling scaling =
                new SizeScaling(live.get(0), others, options.dynamicBatch(), options.axes());
        List<Graph> changed = options.dynamicBatch() ? live : live.subList(0, 1);
        for (GraphPass pass : passes) {
            changed = pass.apply(changed);
        }
        if (simplification != null && (scaling.compared() || !scaling.dynamic())) {
            changed = simplification.apply(changed);
        }
        return conversion.convert(changed.get(0), changed.subList(1, changed.size()));
    }

    /** Builds an exporter. */
    public static final class Builder {

        private @Nullable Integer opset;
        private boolean dynamicBatch = true;
        private final List<DynamicAxis> axes = new ArrayList<>();
        private String modelName = "model";
        private List<String> inputNames = List.of();
        private List<String> outputNames = List.of();
        private WeightContainer container = WeightContainer.INT8;
        private boolean packed = true;
        private WeightOnlyForm weightOnly = WeightOnlyForm.DEQUANTIZE_LINEAR;
        private @Nullable Long externalDataThreshold;
        private final Map<String, OpConverter> converters = new HashMap<>();
        private final List<GraphPass> passes = new ArrayList<>();
        private boolean simplified = true;

        Builder() {}

        /**
         * Sets the opset; by default the lowest that the model can be written in.
         *
         * @param version 17 to 21
         * @return this
         */
        public Builder optOpset(int version) {
            if (version < Opset.LOWEST || version > Opset.HIGHEST) {
                throw new IllegalArgumentException(
                        "Opset "
                                + version
                                + " is not written; legal are "
                                + Opset.LOWEST
                                + " to "
                                + Opset.HIGHEST
                                + ".");
            }
            opset = version;
            return this;
        }

        /**
         * Sets whether the first dimension may have any size, which is then named "batch"; by
         * default true.
         *
         * @param dynamic false to keep the traced batch size
         * @return this
         */
        public Builder optDynamicBatch(boolean dynamic) {
            dynamicBatch = dynamic;
            return this;
        }

        /**
         * Adds an axis that may have any size. The axes that are added stand in place of the batch,
         * which keeps its traced size unless it is one of them. Each needs a trace that differs
         * from the first in the size of this axis alone; what is as long as it elsewhere, in other
         * inputs too, is found by that.
         *
         * @param name the name of the size in the ONNX model, such as "sequence"
         * @param input the number of an input that has the axis, from 0
         * @param inputAxis the axis of that input, from 0
         * @return this
         * @throws IllegalArgumentException if a number is negative, the name is empty, or the name
         *     or the axis was added before
         */
        public Builder optDynamicAxis(String name, int input, int inputAxis) {
            if (name.isBlank() || input < 0 || inputAxis < 0) {
                throw new IllegalArgumentException(
                        "The axis "
                                + inputAxis
                                + " of input "
                                + input
                                + ", named \""
                                + name
                                + "\", cannot be dynamic: numbers are at least 0, and the name is not empty.");
            }
            for (DynamicAxis known : axes) {
                if (known.name().equals(name)
                        || known.input() == input && known.axis() == inputAxis) {
                    throw new IllegalArgumentException(
                            "The dynamic axis "
                                    + name
                                    + ", axis "
                                    + inputAxis
                                    + " of input "
                                    + input
                                    + ", was added before as "
                                    + known.name()
                                    + ", axis "
                                    + known.axis()
                                    + " of input "
                                    + known.input()
                                    + ".");
                }
            }
            axes.add(new DynamicAxis(name, input, inputAxis));
            return this;
        }

        /**
         * Sets the name of the ONNX graph; by default "model".
         *
         * @param name the name
         * @return this
         */
        public Builder optModelName(String name) {
            modelName = name;
            return this;
        }

        /**
         * Sets the names of the inputs; by default "input", or "input_0" and so on.
         *
         * @param names as many names as the model has inputs
         * @return this
         */
        public Builder optInputNames(String... names) {
            inputNames = List.of(names);
            return this;
        }

        /**
         * Sets the names of the outputs; by default "output", or "output_0" and so on.
         *
         * @param names as many names as the model has outputs
         * @return this
         */
        public Builder optOutputNames(String... names) {
            outputNames = List.of(names);
            return this;
        }

        /**
         * Sets how signed 8-bit weights are stored; by default as int8.
         *
         * @param type the element type
         * @return this
         */
        public Builder optWeightContainer(WeightContainer type) {
            container = type;
            return this;
        }

        /**
         * Sets whether codes of 2 to 4 bits are stored two in a byte, which needs opset 21; by
         * default true.
         *
         * @param pack false to store them as bytes
         * @return this
         */
        public Builder optPackedWeights(boolean pack) {
            packed = pack;
            return this;
        }

        /**
         * Sets how linear layers are written whose weights have a scale for each group of inputs
         * and whose inputs are in floating point; by default with DequantizeLinear.
         *
         * @param form the form
         * @return this
         */
        public Builder optWeightOnly(WeightOnlyForm form) {
            weightOnly = form;
            return this;
        }

        /**
         * Sets from which size on tensors are written into a second file beside the model, named
         * after the model and the data's digest, such as {@code model.onnx-0123456789abcdef.data};
         * the two have to stay together. By default that is done only where the tensors exceed what
         * one file can hold, 2 GiB. What an earlier export to the same path wrote there is deleted.
         *
         * @param threshold the size of a tensor in bytes, at least 0
         * @return this
         * @throws IllegalArgumentException if the threshold is negative
         */
        public Builder optExternalData(long threshold) {
            if (threshold < 0) {
                throw new IllegalArgumentException(
                        "Tensors of at least "
                                + threshold
                                + " bytes cannot be chosen; legal are 0 bytes and more.");
            }
            externalDataThreshold = threshold;
            return this;
        }

        /**
         * Adds or replaces the converter of an operation.
         *
         * @param op the name of the method of {@code NDArray}, {@code NDArrayEx} or {@code
         *     NDManager}
         * @param converter what writes it
         * @return this
         */
        public Builder addConverter(String op, OpConverter converter) {
            converters.put(op, converter);
            return this;
        }

        /**
         * Adds a rewrite of the traced program, such as {@link
         * io.github.djlqat.graph.pass.BatchNormFolding} for models in floating point. The passes
         * are applied in the order in which they are added. Behind them, what is not needed, is
         * computed twice or depends on constants alone is simplified.
         *
         * @param pass the rewrite
         * @return this
         */
        public Builder addPass(GraphPass pass) {
            passes.add(pass);
            return this;
        }

        /** Sets whether programs are simplified; by default true. */
        Builder optSimplified(boolean simplify) {
            simplified = simplify;
            return this;
        }

        /**
         * Builds the exporter.
         *
         * @return the exporter
         */
        public OnnxExporter build() {
            return new OnnxExporter(this);
        }
    }
}
