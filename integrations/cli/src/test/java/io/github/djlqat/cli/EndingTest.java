package io.github.djlqat.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Whatever ends a command, it ends with words, and with the exit code that this has. */
class EndingTest {

    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    /** Runs a command that prints, whose first output fails. */
    private int run(Supplier<IOException> failure) {
        OutputStream failing =
                new OutputStream() {
                    private boolean failed;

                    @Override
                    public void write(int b) throws IOException {
                        if (!failed) {
                            failed = true;
                            throw failure.get();
                        }
                    }
                };
        Terminal terminal =
                new Terminal(
                        new PrintStream(failing, true, StandardCharsets.UTF_8),
                        new PrintStream(err, true, StandardCharsets.UTF_8),
                        false);
        return new Cli(terminal).run("recipe", "list");
    }

    private String words() {
        return err.toString(StandardCharsets.UTF_8);
    }

    @Test
    void outputThatIsLostIsNoSuccess() {
        int code = run(() -> new IOException("No space left on device"));
        assertThat(code).isEqualTo(ExitCode.USER_ERROR);
        assertThat(words()).isEqualTo("djl-qat: Standard output cannot be written.\n");
    }

    @ParameterizedTest
    @CsvSource({
        "java.lang.OutOfMemoryError, 2, by -Xmx",
        "java.lang.UnsatisfiedLinkError, 3, UnsatisfiedLinkError: why",
        "java.lang.NoClassDefFoundError, 3, NoClassDefFoundError: why"
    })
    void errorsOfTheMachineAreNoFailedChecks(Class<? extends Error> type, int code, String words)
            throws Exception {
        Error error = type.getConstructor(String.class).newInstance("why");
        int actual =
                run(
                        () -> {
                            throw error;
                        });
        assertThat(actual).isEqualTo(code);
        assertThat(words()).startsWith("djl-qat: ").contains("why", words).doesNotContain("\tat ");
    }
}
