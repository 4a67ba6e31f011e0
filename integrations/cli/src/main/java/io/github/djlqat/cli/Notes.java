package io.github.djlqat.cli;

import java.io.PrintStream;
import java.util.List;

/** What commands have to say besides their results. */
final class Notes {

    private Notes() {}

    static void unseen(List<String> unseen, PrintStream out) {
        if (!unseen.isEmpty()) {
            out.println("Not reached by the data, and left in floating point: " + unseen);
        }
    }
}
