package io.github.djlqat.onnx;

import io.github.djlqat.graph.Graph;
import java.util.Comparator;
import java.util.List;

/** The versions of ONNX's operators that models are written in. */
final class Opset {

    static final int LOWEST = 17;
    static final int HIGHEST = 21;

    private Opset() {}

    /**
     * Chooses the opset to write a graph in.
     *
     * @throws OnnxExportException if an operation needs a later one than is asked for
     */
    static int choose(Graph graph, ExportOptions options) {
        Integer opset = options.opset();
        List<OpsetNeed> needs =
                graph.nodes().stream()
                        .flatMap(node -> OpsetNeed.of(node, options.packed(), options.weightOnly()))
                        .toList();
        OpsetNeed highest =
                needs.stream().max(Comparator.comparingInt(OpsetNeed::opset)).orElse(null);
        if (opset == null) {
            int lowest = highest == null ? LOWEST : Math.max(LOWEST, highest.opset());
            // Lower opsets have codes of 16 bits in ONNX Runtime's operators only.
            return graph.nodes().stream().anyMatch(ActivationQuantizer::hasHalves)
                    ? Math.max(lowest, ActivationQuantizer.OPSET_OF_16_BITS)
                    : lowest;
        }
        if (highest != null && opset < highest.opset()) {
            throw highest.refusal(opset);
        }
        return opset;
    }

    /** Returns the first file version that may name an opset. */
    static int irVersion(int opset) {
        if (opset >= 21) {
            return 10;
        }
        return opset >= 19 ? 9 : 8;
    }
}
