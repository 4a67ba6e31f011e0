package io.github.djlqat.samples.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.djlqat.samples.benchmarks.BenchmarkOptions.Part;
import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BenchmarkOptionsTest {

    @Test
    void argumentsChooseWhatIsMeasured() {
        BenchmarkOptions options =
                BenchmarkOptions.parse(
                        "--only", "memory", "--quick", "--threads", "2", "--output", "there");
        assertThat(options)
                .isEqualTo(
                        new BenchmarkOptions(
                                Set.of(Part.MEMORY), true, 2, Path.of("there"), null, null));
        assertThat(options.machineOptions()).containsExactly("-Dai.djl.pytorch.num_threads=2");
    }

    @Test
    void everythingIsMeasuredUnlessAsked() {
        BenchmarkOptions options = BenchmarkOptions.parse();
        assertThat(options.parts()).containsExactlyInAnyOrder(Part.values());
        assertThat(options.quick()).isFalse();
        assertThat(options.machineOptions()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "--fast,--fast",
        "--only,--only",
        "--only speed,speed",
        "--only '',\"\"",
        "--threads 0,0",
        "--threads x,x"
    })
    void whatIsNoArgumentIsNamed(String line, String named) {
        String[] args = line.replace("''", "").split(" ", -1);
        assertThatThrownBy(() -> BenchmarkOptions.parse(args))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(named);
    }
}
