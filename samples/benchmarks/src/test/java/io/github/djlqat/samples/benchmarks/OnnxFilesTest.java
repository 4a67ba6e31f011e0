package io.github.djlqat.samples.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.djlqat.onnx.OnnxVerifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OnnxFilesTest {

    @TempDir Path folder;

    @ParameterizedTest
    @CsvSource({"RES_NET_20, 19, 9, 8", "MOBILE_NET_V2, 53, 10, 8"})
    void whatIsTimedRunsInIntegers(OnnxNetwork network, int convolutions, int additions, int images)
            throws Exception {
        OnnxFiles files = new OnnxFiles(folder);
        files.write(network, null, null);
        try (OnnxVerifier verifier = OnnxVerifier.load(files.int8(network))) {
            Map<String, Integer> ops = verifier.opTypes();
            assertThat(ops)
                    .containsEntry("QLinearConv", convolutions)
                    .containsEntry("QLinearAdd", additions)
                    .containsEntry("QLinearGlobalAveragePool", 1)
                    .containsEntry("QGemm", 1)
                    .containsEntry("QuantizeLinear", 1);
            assertThat(ops)
                    .doesNotContainKeys(
                            "Conv", "FusedConv", "Gemm", "Add", "Relu", "Clip", "DequantizeLinear");
            // One where the first convolution begins, one behind the last.
            assertThat(ops.get("Transpose")).isLessThanOrEqualTo(2);
        }
        assertThat(Files.size(folder.resolve(network.label() + "-calibration.f32")))
                .isEqualTo(4 * network.input(images).size());
    }
}
