package io.github.djlqat.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** A command that ONNX Runtime would not survive is refused. */
class SharedEnvironmentTest {

    @Test
    void tellsHowLongACommandMayBe() {
        SharedEnvironment.requireLegal(3900);
        assertThatIllegalStateException()
                .isThrownBy(() -> SharedEnvironment.requireLegal(3901))
                .withMessageContaining("3901")
                .withMessageContaining("CLASSPATH");
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void aLongCommandGivesAnErrorAndAShortOneRuns() throws Exception {
        assertThat(run("-Dlong=" + "x".repeat(5000))).contains("5").contains("CLASSPATH");
        assertThat(run("-Dlong=" + "x".repeat(3000))).isEqualTo("made");
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
            try {
                SharedEnvironment.get();
                System.out.println("made");
            } catch (IllegalStateException e) {
                System.out.println(e.getMessage());
            }
        }
    }
}
