package io.github.djlqat.onnx;

import io.github.djlqat.graph.Argument;
import io.github.djlqat.graph.Node;
import io.github.djlqat.scheme.Granularity.PerGroup;
import io.github.djlqat.scheme.QuantizedTensor;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * Something that ONNX can say from an opset on.
 *
 * @param opset the first opset that can
 * @param reason what says it, as a clause
 * @param remedy a sentence that says what would need no such opset; may be empty
 */
record OpsetNeed(int opset, String reason, String remedy) {

    /** The first opset with 4-bit integers and blockwise dequantization. */
    private static final int BLOCKWISE = 21;

    /** Returns what a node needs. */
    static Stream<OpsetNeed> of(Node node, boolean packed, WeightOnlyForm form) {
        Stream<OpsetNeed> weights =
                node.arguments().stream()
                        .flatMap(OpsetNeed::quantized)
                        .filter(
                                quantized ->
                                        form != WeightOnlyForm.MAT_MUL_N_BITS
                                                || !MatMulNBits.holds(node))
                        .flatMap(quantized -> weight(node, quantized.tensor(), packed));
        Stream<OpsetNeed> floats =
                node.arguments().stream()
                        .map(FloatWeights::opset)
                        .map(first -> new OpsetNeed(first, node.site() + " has 8-bit floats", ""));
        Stream<OpsetNeed> tables =
                node.arguments().stream()
                        .filter(argument -> packed && TableWeights.holds(argument))
                        .map(argument -> ofFourBits(node));
        Stream<OpsetNeed> blocks =
                node.arguments().stream()
                        .map(argument -> BlockWeights.opset(argument, packed))
                        .map(
                                first ->
                                        new OpsetNeed(
                                                first, node.site() + " has weights in blocks", ""));
        OpsetNeed images =
                new OpsetNeed(
                        ResizeConverters.opset(node), node.site() + " interpolates images", "");
        return Stream.of(weights, floats, tables, blocks, Stream.of(images))
                .flatMap(Function.identity())
                .filter(need -> need.opset() > 0);
    }

    private static Stream<OpsetNeed> weight(Node node, QuantizedTensor tensor, boolean packed) {
        if (tensor.parameters().scheme().granularity() instanceof PerGroup) {
            return Stream.of(
                    new OpsetNeed(
                            BLOCKWISE,
                            node.site() + " has group-wise quantized weights",
                            " Linear layers with them can be written by"
                                    + " optWeightOnly(WeightOnlyForm.MAT_MUL_N_BITS), in groups of 16 to"
                                    + " 256 inputs."));
        }
        if (packed && tensor.parameters().scheme().format().bits() <= 4) {
            return Stream.of(ofFourBits(node));
        }
        return Stream.empty();
    }

    private static OpsetNeed ofFourBits(Node node) {
        return new OpsetNeed(
                BLOCKWISE,
                node.site() + " has weights of up to 4 bits",
                " They can be stored in 8 bits by optPackedWeights(false).");
    }

    private static Stream<Argument.Quantized> quantized(Argument argument) {
        if (argument instanceof Argument.Quantized quantized) {
            return Stream.of(quantized);
        }
        return argument instanceof Argument.Sequence sequence
                ? sequence.elements().stream().flatMap(OpsetNeed::quantized)
                : Stream.empty();
    }

    /** Returns the exception to throw where a lower opset was asked for. */
    OnnxExportException refusal(int asked) {
        return new OnnxExportException(
                reason + ", which needs opset " + opset + ", not " + asked + "." + remedy);
    }
}
