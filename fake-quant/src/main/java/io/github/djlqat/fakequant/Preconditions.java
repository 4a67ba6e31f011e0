package io.github.djlqat.fakequant;

import ai.djl.Model;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import ai.djl.util.Pair;
import ai.djl.util.PairList;
import org.jspecify.annotations.Nullable;

/** What must hold for a block before it is quantized. */
final class Preconditions {

    private Preconditions() {}

    /**
     * Checks that a block holds nothing that quantizes already.
     *
     * @throws IllegalArgumentException if it is null, prepared or converted, or a block in it is
     */
    static void requireUnquantized(@Nullable Block block) {
        if (block == null) {
            throw new IllegalArgumentException("The block is null; there is nothing to prepare.");
        }
        if (block instanceof ConvertedBlock) {
            throw new IllegalArgumentException(
                    "The block is converted already; prepare the block that it was made from.");
        }
        if (block instanceof QuantizedBlock prepared) {
            throw new IllegalArgumentException(
                    "The block is prepared already, by the recipe \""
                            + prepared.getRecipe().name()
                            + "\".");
        }
        refuseQuantized("", block);
    }

    private static void refuseQuantized(String path, Block block) {
        if (block instanceof QuantizedBlock
                || block instanceof ConvertedBlock
                || block instanceof FakeQuantize) {
            throw new IllegalArgumentException(
                    (path.isEmpty() ? "The block" : "The child " + path)
                            + " is a "
                            + block.getClass().getSimpleName()
                            + ", which quantizes already; a recipe is for a model in floating point.");
        }
        for (Pair<String, Block> child : block.getChildren()) {
            refuseQuantized(
                    path.isEmpty() ? child.getKey() : path + "/" + child.getKey(),
                    child.getValue());
        }
    }

    /**
     * Returns the shapes that a block was initialized or loaded with.
     *
     * @throws IllegalArgumentException if they are unknown
     */
    static Shape[] inputShapes(Model model, Block block) {
        Shape[] shapes = block.isInitialized() ? described(model) : new Shape[0];
        if (shapes.length == 0) {
            throw new IllegalArgumentException(
                    "The shapes of the inputs of the model "
                            + model.getName()
                            + " are unknown: its block was neither initialized nor loaded; give"
                            + " them.");
        }
        return shapes;
    }

    private static Shape[] described(Model model) {
        PairList<String, Shape> inputs = model.describeInput();
        return inputs == null ? new Shape[0] : inputs.values().toArray(Shape[]::new);
    }

    /**
     * Checks that a block's floating-point parameters are finite.
     *
     * @throws IllegalArgumentException naming the first parameter that holds NaN or infinity
     */
    static void requireFinite(Block block) {
        for (Pair<String, Parameter> pair : block.getParameters()) {
            Parameter parameter = pair.getValue();
            if (parameter.isInitialized()) {
                requireFinite(pair.getKey(), parameter.getArray());
            }
        }
    }

    private static void requireFinite(String name, NDArray array) {
        if (array.getDataType() != DataType.FLOAT32) {
            return;
        }
        float[] values = array.toFloatArray();
        for (int i = 0; i < values.length; i++) {
            if (!Float.isFinite(values[i])) {
                throw new IllegalArgumentException(
                        "The parameter "
                                + name
                                + " of shape "
                                + array.getShape()
                                + " holds "
                                + values[i]
                                + " at element "
                                + i
                                + "; only finite values can be quantized.");
            }
        }
    }
}
