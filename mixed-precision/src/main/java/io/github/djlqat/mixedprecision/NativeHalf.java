package io.github.djlqat.mixedprecision;

import ai.djl.Device;
import ai.djl.ndarray.NDManager;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/** Where half-precision kernels are faster than single-precision ones. */
final class NativeHalf {

    private static final Path PROCESSOR = Path.of("/proc/cpuinfo");
    private static final List<String> BFLOAT16_FEATURES =
            List.of("avx512_bf16", "amx_bf16", "bf16");
    private static final boolean BFLOAT16_ON_CPU = processorHasBfloat16();

    private NativeHalf() {}

    static boolean isChosen(Autocast settings, NDManager manager) {
        if (!settings.precision().isHalf()) {
            return false;
        }
        return switch (settings.computation()) {
            case NATIVE -> true;
            case SIMULATED -> false;
            case AUTO ->
                    isGpu(manager.getDevice())
                            || settings.precision() == Precision.BFLOAT16 && BFLOAT16_ON_CPU;
        };
    }

    private static boolean isGpu(Device device) {
        return Device.Type.GPU.equals(device.getDeviceType());
    }

    private static boolean processorHasBfloat16() {
        try (Stream<String> lines = Files.lines(PROCESSOR)) {
            return lines.filter(line -> line.startsWith("flags") || line.startsWith("Features"))
                    .flatMap(line -> Arrays.stream(line.split("\\s+")))
                    .anyMatch(BFLOAT16_FEATURES::contains);
        } catch (IOException | UncheckedIOException e) {
            // Other systems do not say; native computation can be asked for.
            return false;
        }
    }
}
