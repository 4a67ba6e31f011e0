package io.github.djlqat.torchscript.lift;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A tuple of a running program.
 *
 * @param items the items
 * @param names the names of the items of a named tuple, else empty
 */
record Tuple(List<@Nullable Object> items, List<String> names) {

    Tuple {
        items = Collections.unmodifiableList(new ArrayList<>(items));
        names = List.copyOf(names);
    }

    static Tuple of(@Nullable Object... items) {
        List<@Nullable Object> list = new ArrayList<>();
        for (Object item : items) {
            list.add(item);
        }
        return new Tuple(list, List.of());
    }
}
