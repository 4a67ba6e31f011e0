package io.github.djlqat.kernel;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/**
 * TorchScript source that lies beside a class.
 *
 * <p>The source is in TorchScript's serialization dialect and defines a class {@code Kernels} that
 * extends {@code Module} and holds no tensors.
 *
 * @param owner the class whose package and class loader hold the resource
 * @param resource the name of the resource, relative to the class
 */
public record ScriptModule(Class<?> owner, String resource) {

    /**
     * Reads the source.
     *
     * @return the source
     * @throws IllegalStateException if there is no such resource
     */
    String source() {
        try (InputStream in = owner.getResourceAsStream(resource)) {
            if (in == null) {
                throw new IllegalStateException(
                        "The resource " + resource + " is missing beside " + owner + ".");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
