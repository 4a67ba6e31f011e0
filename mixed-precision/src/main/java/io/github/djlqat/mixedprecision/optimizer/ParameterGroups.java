package io.github.djlqat.mixedprecision.optimizer;

import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import ai.djl.util.Pair;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiPredicate;

/**
 * Divides the parameters of a block into groups that an optimizer treats differently.
 *
 * <p>The block has to be complete: parameters that are made later, such as the learned scales of a
 * model that is prepared for quantization afterwards, are unknown to the groups, and the optimizer
 * refuses them.
 */
public final class ParameterGroups {

    private final Map<String, ParameterGroup> byId;

    private ParameterGroups(Map<String, ParameterGroup> byId) {
        this.byId = Map.copyOf(byId);
    }

    /**
     * Returns groups that decay the weights of layers only: not biases, not the gains and offsets
     * of norms, not learned scales.
     *
     * @param block the block whose parameters are trained
     * @return the groups
     */
    public static ParameterGroups decayWeightsOnly(Block block) {
        return builder(block)
                .addGroup(
                        ParameterGroup.NO_WEIGHT_DECAY,
                        (name, parameter) -> parameter.getType() != Parameter.Type.WEIGHT)
                .build();
    }

    /**
     * Creates a builder.
     *
     * @param block the block whose parameters are trained
     * @return a builder
     */
    public static Builder builder(Block block) {
        return new Builder(block);
    }

    /**
     * Returns a parameter's group.
     *
     * @param parameterId the id of the parameter
     * @return its group
     * @throws IllegalArgumentException if the block has no such parameter
     */
    ParameterGroup of(String parameterId) {
        ParameterGroup group = byId.get(parameterId);
        if (group == null) {
            throw new IllegalArgumentException(
                    "The parameter with id "
                            + parameterId
                            + " is none of the block that the parameter groups were made of: make"
                            + " them after the block is complete.");
        }
        return group;
    }

    /** The builder of {@link ParameterGroups}. */
    public static final class Builder {

        private record Rule(BiPredicate<String, Parameter> members, ParameterGroup group) {}

        private final Block block;
        private final List<Rule> rules = new ArrayList<>();

        Builder(Block block) {
            this.block = block;
        }

        /**
         * Adds a group. A parameter belongs to the first group that takes it, or else is trained
         * with the optimizer's own settings.
         *
         * @param group what its parameters are trained with
         * @param members which parameters it takes, by full name, such as {@code 01Conv2d_weight},
         *     and parameter
         * @return this builder
         */
        public Builder addGroup(ParameterGroup group, BiPredicate<String, Parameter> members) {
            rules.add(new Rule(members, group));
            return this;
        }

        /**
         * Builds the groups.
         *
         * @return the groups
         */
        public ParameterGroups build() {
            Map<String, ParameterGroup> byId = new HashMap<>();
            for (Pair<String, Parameter> pair : block.getParameters()) {
                Parameter parameter = pair.getValue();
                // A shared parameter has several names; the first one decides.
                byId.computeIfAbsent(parameter.getId(), id -> group(pair.getKey(), parameter));
            }
            return new ParameterGroups(byId);
        }

        private ParameterGroup group(String name, Parameter parameter) {
            return rules.stream()
                    .filter(rule -> rule.members().test(name, parameter))
                    .map(Rule::group)
                    .findFirst()
                    .orElse(ParameterGroup.DEFAULT);
        }
    }
}
