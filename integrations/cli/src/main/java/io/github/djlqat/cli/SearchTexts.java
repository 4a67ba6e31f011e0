package io.github.djlqat.cli;

import io.github.djlqat.workflow.SearchResult;
import java.io.PrintStream;

/** What a search found, in words. */
final class SearchTexts {

    private SearchTexts() {}

    static void print(SearchResult result, PrintStream out) {
        TextTable table = new TextTable("layer", "bits");
        result.layers().forEach(table::add);
        out.print(table.format());
        out.println();
        result.budget().forEach(check -> out.println(Texts.check(check)));
        out.println(
                "Searched on "
                        + result.samples()
                        + " samples in "
                        + Texts.seconds(result.seconds())
                        + ": "
                        + result.output());
    }
}
