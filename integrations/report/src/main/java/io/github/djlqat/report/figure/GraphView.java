package io.github.djlqat.report.figure;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Boxes and arrows, each arrow from a box to a later one.
 *
 * @param boxes the boxes
 * @param arrows the arrows
 */
record GraphView(List<Box> boxes, List<Arrow> arrows) {

    /** What a box stands for. */
    enum Kind {
        OPERATION,
        QUANTIZED_WEIGHT,
        MODULE,
        /** An operation of another part of the model. */
        OUTSIDE
    }

    /**
     * A box.
     *
     * @param title its upper line
     * @param subtitle its lower line
     * @param kind what it stands for
     */
    record Box(String title, String subtitle, Kind kind) {}

    /**
     * An arrow.
     *
     * @param from the index of a box
     * @param to the index of a later one
     * @param format the number format of the tensor, or null for floating point
     */
    record Arrow(int from, int to, @Nullable String format) {}

    /** Collects boxes and arrows by the keys of what they stand for. */
    static final class Builder {

        private final Map<String, Integer> indices = new LinkedHashMap<>();
        private final List<Box> boxes = new ArrayList<>();
        private final Set<Arrow> arrows = new LinkedHashSet<>();

        void add(String key, Box box) {
            if (indices.putIfAbsent(key, boxes.size()) == null) {
                boxes.add(box);
            }
        }

        /** Adds an arrow, unless it leads from a box to itself or is there already. */
        void connect(String from, String to, @Nullable String format) {
            Integer source = indices.get(from);
            Integer target = indices.get(to);
            if (source != null && target != null && !source.equals(target)) {
                arrows.add(new Arrow(source, target, format));
            }
        }

        GraphView build() {
            return new GraphView(List.copyOf(boxes), List.copyOf(arrows));
        }
    }
}
