package io.github.djlqat.recipe;

import org.jspecify.annotations.Nullable;

/** Decides whether a rule holds for a layer. */
public final class RuleMatcher {

    private final Rule rule;
    private final @Nullable Glob name;

    /**
     * Prepares a rule for matching.
     *
     * @param rule the rule
     */
    public RuleMatcher(Rule rule) {
        this.rule = rule;
        String pattern = rule.name();
        this.name = pattern == null ? null : new Glob(pattern);
    }

    /**
     * Returns the rule.
     *
     * @return the rule
     */
    public Rule rule() {
        return rule;
    }

    /**
     * Tells whether the rule holds for an operation without weights.
     *
     * @param siteName the name of the operation's site, such as {@code add#2}
     * @param op one of {@link ElementwiseOps#NAMES}
     * @return whether the rule names the op, and its pattern matches the site
     */
    public boolean matchesElementwise(String siteName, String op) {
        return op.equals(rule.op()) && (name == null || name.matches(siteName));
    }

    /**
     * Tells whether the rule holds for a layer.
     *
     * @param layerName the full name of the layer, such as {@code 02Conv2d}
     * @param op the op that uses the layer's weights, such as {@code convolution}
     * @param first whether it is the first layer with weights in the order of execution
     * @param last whether it is the last layer with weights in the order of execution
     * @return whether everything holds that the rule asks for
     */
    public boolean matches(String layerName, String op, boolean first, boolean last) {
        String wantedOp = rule.op();
        Position position = rule.position();
        return !rule.isElementwise()
                && (name == null || name.matches(layerName))
                && (wantedOp == null || wantedOp.equals(op))
                && (position == null || (position == Position.FIRST ? first : last));
    }
}
