package io.github.djlqat.torchscript.export;

import io.github.djlqat.graph.Graph;
import io.github.djlqat.torchscript.error.TorchScriptException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * The sizes by which several traces of one model differ: behind the first, each has one dynamic
 * axis at another size.
 */
final class DynamicSizes {

    private static final String VARIABLE = "size";

    private final List<DynamicAxis> axes;
    private final long[] sizes;
    private final long[] others;

    /**
     * Compares the inputs of traces.
     *
     * @param traces the first trace, and one for each axis
     * @throws TorchScriptException if there are fewer, or an axis has not got another size
     */
    DynamicSizes(List<DynamicAxis> axes, List<Graph> traces) {
        if (traces.size() != axes.size() + 1) {
            throw new TorchScriptException(
                    "There are "
                            + traces.size()
                            + " traces; the model is traced once, and again for each dynamic axis with this"
                            + " axis alone at another size: "
                            + (axes.size() + 1)
                            + " times.");
        }
        this.axes = axes;
        sizes = new long[axes.size()];
        others = new long[sizes.length];
        for (int i = 0; i < sizes.length; i++) {
            sizes[i] = axes.get(i).size(traces.get(0));
            others[i] = axes.get(i).size(traces.get(i + 1));
            if (sizes[i] == others[i]) {
                throw new TorchScriptException(
                        "The "
                                + axes.get(i).name()
                                + " is "
                                + sizes[i]
                                + " in both traces, where the inputs have the shapes "
                                + traces.get(0).inputs().get(axes.get(i).input()).shape()
                                + " and "
                                + traces.get(i + 1).inputs().get(axes.get(i).input()).shape()
                                + "; they must differ in it.");
            }
        }
    }

    /**
     * Returns the expression of a whole number that was seen in all traces: a constant, a multiple
     * of sizes, or sizes multiplied with something added. So few traces do not tell other formulas
     * apart.
     *
     * @param number the number in the first trace
     * @param again the numbers in the others
     * @return the expression, or empty where none of these fits
     */
    Optional<String> expression(long number, long... again) {
        int[] followed = IntStream.range(0, again.length).filter(i -> again[i] != number).toArray();
        if (followed.length == 0) {
            return Optional.of(Long.toString(number));
        }
        long product = IntStream.of(followed).mapToLong(i -> sizes[i]).reduce(1, (a, b) -> a * b);
        if (number % product == 0 && follows(number, number / product * product, again, followed)) {
            long factor = number / product;
            String all = product(followed);
            return Optional.of(factor == 1 ? all : "torch.mul(" + all + ", " + factor + ")");
        }
        return follows(number, product, again, followed)
                ? Optional.of("torch.add(" + product(followed) + ", " + (number - product) + ")")
                : Optional.empty();
    }

    /** Whether a number differs by what a multiple of the sizes does. */
    private boolean follows(long number, long multiple, long[] again, int[] followed) {
        return IntStream.of(followed)
                .allMatch(i -> again[i] - number == multiple / sizes[i] * (others[i] - sizes[i]));
    }

    private String product(int[] followed) {
        return IntStream.of(followed)
                .mapToObj(i -> VARIABLE + i)
                .reduce((a, b) -> "torch.mul(" + a + ", " + b + ")")
                .orElseThrow();
    }

    /** The statements that read the sizes that a script mentions. */
    String statements(String script) {
        StringBuilder statements = new StringBuilder();
        for (int i = 0; i < sizes.length; i++) {
            if (script.matches("(?s).*\\b" + VARIABLE + i + "\\b.*")) {
                DynamicAxis axis = axes.get(i);
                String input = TorchScriptExporter.INPUT + axis.input();
                String read = "torch.size(" + input + ", " + axis.axis() + ")";
                statements.append(ScriptBody.INDENT + VARIABLE + i + " = " + read + '\n');
            }
        }
        return statements.toString();
    }

    /** Says at which sizes two values were seen, the first that differ. */
    String seen(Object value, List<?> again) {
        List<String> seen = new ArrayList<>();
        for (int i = 0; i < sizes.length && seen.isEmpty(); i++) {
            if (!value.equals(again.get(i))) {
                seen.add(
                        value
                                + " at the "
                                + axes.get(i).name()
                                + " "
                                + sizes[i]
                                + " and "
                                + again.get(i)
                                + " at "
                                + others[i]);
            }
        }
        return String.join("", seen) + "; export the model with optDynamicBatch(false)";
    }
}
