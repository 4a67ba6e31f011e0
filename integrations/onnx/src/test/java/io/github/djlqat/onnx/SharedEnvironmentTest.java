package io.github.djlqat.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** ONNX Runtime is loaded however long the command is. */
class SharedEnvironmentTest {

    @ParameterizedTest
    @ValueSource(ints = {1, 5000, 100_000})
    @EnabledOnOs(OS.LINUX)
    void commandsMayBeLong(int length) throws Exception {
        assertThat(run("-Dlong=" + "x".repeat(length))).isEqualTo("made");
    }

    private static String run(String option) throws Exception {
        ProcessBuilder builder =
                new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        option,
                        Maker.class.getName());
        Map<String, String> environment = builder.environment();
        environment.put("CLASSPATH", System.getProperty("java.class.path"));
        Process process = builder.redirectErrorStream(true).start();
        String printed =
                new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).as(printed).isZero();
        return printed.lines().reduce((first, last) -> last).orElse("").strip();
    }

    /** Makes the environment in a process of its own. */
    static final class Maker {

        private Maker() {}

        public static void main(String[] arguments) {
            SharedEnvironment.get();
            System.out.println("made");
        }
    }
}
