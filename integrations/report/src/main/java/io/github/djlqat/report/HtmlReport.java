package io.github.djlqat.report;

import io.github.djlqat.io.AtomicFile;
import io.github.djlqat.report.data.ReportData;
import io.github.djlqat.report.page.ReportPage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/**
 * A report as one HTML file that needs no other file and no network: light or dark as the reader
 * has chosen, fit for a phone and for paper, with a table for each figure.
 */
public final class HtmlReport {

    private HtmlReport() {}

    /**
     * Makes the page.
     *
     * @param report the data
     * @return the text of the file, which is well-formed XML too
     */
    public static String render(ReportData report) {
        return ReportPage.render(report);
    }

    /**
     * Writes the page into a file, beside which it is written first and then renamed.
     *
     * @param report the data
     * @param path the file, in a directory that is there
     * @throws IOException if it cannot be written; the file is then as it was
     */
    public static void write(ReportData report, Path path) throws IOException {
        AtomicFile.write(path, render(report).getBytes(StandardCharsets.UTF_8));
    }
}
