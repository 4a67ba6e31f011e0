package io.github.djlqat.recipe;

import org.jspecify.annotations.Nullable;

/**
 * An exception from a recipe's defaults for the layers, or the operations without weights, that it
 * matches. Later rules win over earlier ones.
 *
 * <p>A layer matches where every one of name, op and position that is given holds. An operation
 * without weights matches only a rule that names its op, and by the name of its site: the op's
 * name, {@code add} for the first addition in the order of execution, {@code add#2} for the second.
 *
 * @param name a glob over the layer's or site's name ({@code *} any run of characters, {@code ?}
 *     one), or null for any name
 * @param op one of {@link LayerOps#NAMES} such as {@code convolution} or {@code linear}, one of
 *     {@link ElementwiseOps#NAMES} such as {@code add}, or null for any layer
 * @param position first or last layer with weights in the order of execution, or null for any
 * @param exclude whether matched layers and operations stay in floating point
 * @param weights the weights of matched layers, or null to keep the recipe's
 * @param activations the input activations of matched layers, or null to keep the recipe's
 */
public record Rule(
        @Nullable String name,
        @Nullable String op,
        @Nullable Position position,
        boolean exclude,
        @Nullable TensorQuantization weights,
        @Nullable TensorQuantization activations) {

    /**
     * Checks the rule.
     *
     * @param name a glob over the layer's or site's name ({@code *} any run of characters, {@code
     *     ?} one), or null for any name
     * @param op one of {@link LayerOps#NAMES} such as {@code convolution} or {@code linear}, one of
     *     {@link ElementwiseOps#NAMES} such as {@code add}, or null for any layer
     * @param position first or last layer with weights in the order of execution, or null for any
     * @param exclude whether matched layers and operations stay in floating point
     * @param weights the weights of matched layers, or null to keep the recipe's
     * @param activations the input activations of matched layers, or null to keep the recipe's
     * @throws IllegalArgumentException if the rule matches by nothing or changes nothing, if it
     *     both excludes layers and gives them formats, if it gives an operation without weights a
     *     position or weights, or if its pattern, op or formats are not legal
     */
    public Rule {
        if (name == null && op == null && position == null) {
            throw new IllegalArgumentException(
                    "A rule matches by a name, an op or a position; what holds for every layer is the recipe's own.");
        }
        if (exclude && (weights != null || activations != null)) {
            throw new IllegalArgumentException(
                    "A rule either excludes layers or gives formats for their weights and activations, not both.");
        }
        if (!exclude && weights == null && activations == null) {
            throw new IllegalArgumentException(
                    "A rule changes something: legal are exclude, or formats for weights or activations.");
        }
        if (name != null) {
            new Glob(name);
        }
        if (op != null && !ElementwiseOps.AND_LAYER_OPS.contains(op)) {
            throw new IllegalArgumentException(
                    Names.quote(op)
                            + " is not an op that rules can name; "
                            + Names.legal(op, ElementwiseOps.AND_LAYER_OPS));
        }
        if (op != null
                && ElementwiseOps.NAMES.contains(op)
                && (position != null || weights != null)) {
            throw new IllegalArgumentException(
                    "The op "
                            + op
                            + " has no weights and no position among layers with weights; legal beside it are a name,"
                            + " and exclude or activations.");
        }
        if (op != null
                && ElementwiseOps.NAMES.contains(op)
                && activations != null
                && !(activations instanceof TensorRecipe)) {
            throw new IllegalArgumentException(
                    "The inputs of "
                            + op
                            + " are quantized to integers or not at all, not to "
                            + activations
                            + ".");
        }
        TensorRecipes.checkWeights(weights);
        TensorRecipes.checkActivations(activations, "activations");
    }

    /**
     * Tells whether the rule is about operations without weights.
     *
     * @return whether the op is one of {@link ElementwiseOps#NAMES}
     */
    public boolean isElementwise() {
        return op != null && ElementwiseOps.NAMES.contains(op);
    }

    /**
     * Returns a rule that keeps layers in floating point.
     *
     * @param name a glob over the layers' names
     * @return the rule
     */
    public static Rule excluding(String name) {
        return new Rule(name, null, null, true, null, null);
    }

    /**
     * Returns a rule for the first or last layer.
     *
     * @param position the layer's position
     * @param weights the layer's weights, or null to keep the recipe's
     * @param activations the layer's input activations, or null to keep the recipe's
     * @return the rule
     */
    public static Rule at(
            Position position,
            @Nullable TensorQuantization weights,
            @Nullable TensorQuantization activations) {
        return new Rule(null, null, position, false, weights, activations);
    }
}
