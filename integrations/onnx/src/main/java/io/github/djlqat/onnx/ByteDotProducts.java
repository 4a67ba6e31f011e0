package io.github.djlqat.onnx;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Stream;

/**
 * The instructions of x86-64 processors that sum products of bytes in 32 bits (VNNI).
 *
 * <p>Without them ONNX Runtime sums pairs of products in 16 bits, where those of uint8 activations
 * and int8 weights overflow.
 */
final class ByteDotProducts {

    private static final Path PROCESSORS = Path.of("/proc/cpuinfo");

    private ByteDotProducts() {}

    /** Whether this processor is known to have them. */
    static boolean areKnown() {
        if (!Files.isReadable(PROCESSORS)) {
            return false;
        }
        try (Stream<String> lines = Files.lines(PROCESSORS)) {
            return lines.filter(line -> line.startsWith("flags"))
                    .flatMap(line -> Arrays.stream(line.split("\\s+")))
                    .anyMatch(flag -> flag.equals("avx512_vnni") || flag.equals("avx_vnni"));
        } catch (IOException e) {
            return false;
        }
    }
}
