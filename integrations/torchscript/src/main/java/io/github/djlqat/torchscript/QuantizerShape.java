package io.github.djlqat.torchscript;

import io.github.djlqat.scheme.Granularity;
import io.github.djlqat.torchscript.error.TorchScriptException;
import java.util.ArrayList;
import java.util.List;

/**
 * How the scales of a tensor are laid out.
 *
 * @param scale the shape of the scales
 * @param groups the shape that the tensor takes so that the scales broadcast, empty for its own
 * @param reduced the axes of that shape that share a scale, empty for all
 */
record QuantizerShape(List<Long> scale, List<Long> groups, List<Long> reduced) {

    static final QuantizerShape SINGLE = new QuantizerShape(List.of(1L), List.of(), List.of());

    /**
     * Lays out the scales.
     *
     * @throws TorchScriptException if groups do not divide the tensor
     */
    static QuantizerShape of(Granularity granularity, List<Long> shape, String name) {
        List<Long> scale = new ArrayList<>();
        List<Long> reduced = new ArrayList<>();
        if (granularity instanceof Granularity.PerChannel channel) {
            for (int axis = 0; axis < shape.size(); axis++) {
                boolean kept = axis == channel.axis();
                scale.add(kept ? shape.get(axis) : 1L);
                if (!kept) {
                    reduced.add((long) axis);
                }
            }
            return reduced.isEmpty() ? SINGLE : new QuantizerShape(scale, List.of(), reduced);
        }
        if (!(granularity instanceof Granularity.PerGroup group)) {
            return SINGLE;
        }
        if (group.axis() >= shape.size() || shape.get(group.axis()) % group.size() != 0) {
            throw new TorchScriptException(
                    "The tensor "
                            + name
                            + " of shape "
                            + shape
                            + " does not divide into groups of "
                            + group.size()
                            + " along axis "
                            + group.axis()
                            + "; legal is another size, or a rule that excludes the layer.");
        }
        List<Long> groups = new ArrayList<>();
        for (int axis = 0; axis < shape.size(); axis++) {
            if (axis == group.axis()) {
                long count = shape.get(axis) / group.size();
                groups.addAll(List.of(count, (long) group.size()));
                scale.addAll(List.of(count, 1L));
            } else {
                groups.add(shape.get(axis));
                scale.add(shape.get(axis));
            }
        }
        return new QuantizerShape(scale, groups, List.of(group.axis() + 1L));
    }

    int count() {
        return Math.toIntExact(scale.stream().reduce(1L, (a, b) -> a * b));
    }
}
