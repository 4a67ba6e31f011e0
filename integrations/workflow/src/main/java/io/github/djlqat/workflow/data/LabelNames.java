package io.github.djlqat.workflow.data;

import java.util.Locale;
import java.util.Set;

/** The names by which readers know the labels among other arrays or columns. */
final class LabelNames {

    private static final Set<String> ALL = Set.of("labels", "label", "targets", "target", "y");

    private LabelNames() {}

    static boolean contains(String name) {
        return ALL.contains(name.toLowerCase(Locale.ROOT));
    }
}
