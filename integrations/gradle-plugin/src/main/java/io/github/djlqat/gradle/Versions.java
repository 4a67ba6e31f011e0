package io.github.djlqat.gradle;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Properties;

/** The versions that this plugin was built with. */
final class Versions {

    private static final String RESOURCE = "versions.properties";

    private final Properties properties = new Properties();

    Versions() {
        try (InputStream in = Versions.class.getResourceAsStream(RESOURCE)) {
            if (in == null) {
                throw new IllegalStateException("The resource " + RESOURCE + " is missing.");
            }
            properties.load(in);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    String of(String name) {
        String version = properties.getProperty(name);
        if (version == null) {
            throw new IllegalArgumentException("No version of " + name + " is known.");
        }
        return version;
    }
}
