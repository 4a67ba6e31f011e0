package io.github.djlqat.samples.common;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;

/** Finds real data that is not part of the project. */
public final class TestData {

    private TestData() {}

    /**
     * The folder of that name under the system property {@code djlqat.data}, or beside the
     * repository.
     */
    public static Path require(String name) {
        Path found = null;
        String configured = System.getProperty("djlqat.data");
        if (configured != null) {
            found = Path.of(configured, name);
        } else {
            for (Path at = Path.of("").toAbsolutePath();
                    at != null && found == null;
                    at = at.getParent()) {
                if (Files.exists(at.resolve(".git"))) {
                    found = at.resolveSibling("shared").resolve("data").resolve(name);
                }
            }
        }
        Assumptions.assumeTrue(found != null && Files.isDirectory(found), "real data is absent");
        return found;
    }
}
