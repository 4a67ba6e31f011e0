package io.github.djlqat.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import io.github.djlqat.block.BlockFormat;
import io.github.djlqat.format.CodebookFormat;
import io.github.djlqat.format.FloatCodec;
import io.github.djlqat.format.FloatFormat;
import io.github.djlqat.format.IntegerFormat;
import io.github.djlqat.format.Overflow;
import io.github.djlqat.format.Rounding;
import io.github.djlqat.scheme.Granularity;
import io.github.djlqat.scheme.IntegerCodec;
import io.github.djlqat.scheme.QuantizedTensor;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class PackedTensorTest {

    static List<PackedTensor> tensors() {
        return PackedTensors.all();
    }

    /** Elements, scales and what else there is, in bits, on a tensor of 2^20 elements. */
    @ParameterizedTest
    @CsvSource({
        "nf4-64, 4 + 32.0 / 64",
        "fp4-4096, 4 + 32.0 / 4096",
        "mxfp4-floor, 4 + 8.0 / 32",
        "mxfp6-e2m3-even, 6 + 8.0 / 32",
        "mxfp6-e3m2-ceil, 6 + 8.0 / 32",
        "mxfp8-e4m3-rceil, 8 + 8.0 / 32",
        "mxfp8-e5m2-floor, 8 + 8.0 / 32",
        "mxint8-floor, 8 + 8.0 / 32",
        "nvfp4-torchao, 4 + 8.0 / 16",
        "nvfp4-modelopt-tensor, 4 + 8.0 / 16 + 32.0 / 1048576",
        "ggml-q4_0, 4 + 16.0 / 32",
        "ggml-q4_1, 4 + 32.0 / 32",
        "ggml-q5_0, 5 + 16.0 / 32",
        "ggml-q5_1, 5 + 32.0 / 32",
        "ggml-q8_0, 8 + 16.0 / 32",
        "ggml-iq4_nl, 4 + 16.0 / 32",
        "ggml-q4_k, 4 + 8 * 12.0 / 256 + 32.0 / 256",
        "ggml-q6_k, 6 + 16 * 8.0 / 256 + 16.0 / 256",
        "ggml-tq1_0, 52 * 8.0 / 256 + 16.0 / 256",
        "ggml-tq2_0, 2 + 16.0 / 256",
        "ggml-mxfp4, 4 + 8.0 / 32",
        "ggml-nvfp4, 4 + 8.0 / 16",
        "nf4-64-dq, 4 + 8.0 / 64 + 32.0 / 64 / 256 + 32.0 / 1048576"
    })
    void memoryIsThatOfTheFormula(String name, String formula) {
        PackedTensor tensor =
                PackedTensor.encode(
                        new float[1 << 20], new Shape(1024, 1024), BlockFormat.parse(name));
        assertThat(tensor.bitsPerWeight()).isEqualTo(evaluate(formula), within(1e-12));
    }

    /** Sums of products and quotients. */
    private static double evaluate(String formula) {
        return Arrays.stream(formula.split("\\+"))
                .mapToDouble(
                        term -> {
                            double value = 1;
                            char operator = '*';
                            for (String word : term.trim().split(" ")) {
                                if (word.equals("*") || word.equals("/")) {
                                    operator = word.charAt(0);
                                } else {
                                    double number = Double.parseDouble(word);
                                    value = operator == '*' ? value * number : value / number;
                                }
                            }
                            return value;
                        })
                .sum();
    }

    @Test
    void nf4WithDoubleQuantizationTakes4127ThousandthsOfABit() {
        PackedTensor tensor =
                PackedTensor.encode(
                        new float[1 << 20], new Shape(1 << 20), BlockFormat.parse("nf4-64-dq"));
        assertThat(tensor.bitsPerWeight()).isEqualTo(4.127, within(0.0005));
    }

    @ParameterizedTest
    @CsvSource({"2", "3", "4", "5", "6", "7", "8"})
    void integersTakeTheirBitsAndAScale(int bits) {
        IntegerFormat format = new IntegerFormat(bits, true, false);
        PackedTensor symmetric = PackedTensors.integers(format, Granularity.PER_TENSOR, 0);
        long elements = PackedTensors.SHAPE.size();
        assertThat(symmetric.size()).isEqualTo(elements * bits / 8 + 4);
        PackedTensor shifted = PackedTensors.integers(format, new Granularity.PerChannel(2), 1);
        assertThat(shifted.size()).isEqualTo(elements * bits / 8 + 256 * 4 + 256L * bits / 8);
    }

    @Test
    void integersAreThoseThatWerePacked() {
        PackedTensor tensor =
                PackedTensors.integers(IntegerFormat.UINT4, new Granularity.PerChannel(0), 2);
        QuantizedTensor unpacked = tensor.toQuantizedTensor();
        assertThat(PackedTensor.of(unpacked)).isEqualTo(tensor);
        float[] expected =
                IntegerCodec.fakeQuantize(
                        PackedTensors.values((int) PackedTensors.SHAPE.size()),
                        PackedTensors.SHAPE,
                        unpacked.parameters());
        assertThat(tensor.dequantize()).isEqualTo(expected);
    }

    @Test
    void scaledElementsAreTheCodecsTimesTheScale() {
        float[] values = PackedTensors.values(48);
        float[] scales = {0.01f, 3};
        PackedTensor tensor =
                PackedTensor.encode(
                        values,
                        new Shape(2, 24),
                        FloatFormat.FLOAT6_E3M2FN,
                        new Granularity.PerChannel(0),
                        scales);
        float[] decoded = tensor.dequantize();
        for (int i = 0; i < 48; i++) {
            float scale = scales[i / 24];
            float rounded =
                    FloatCodec.round(
                            FloatFormat.FLOAT6_E3M2FN,
                            values[i] / scale,
                            Rounding.HALF_EVEN,
                            Overflow.SATURATE);
            assertThat(decoded[i]).isEqualTo(rounded * scale);
        }
    }

    @ParameterizedTest
    @MethodSource("tensors")
    void slicesAreTheRowsOfTheWhole(PackedTensor tensor) {
        float[] whole = tensor.dequantize();
        for (int[] range : new int[][] {{0, 8}, {2, 5}, {7, 8}}) {
            int from = range[0] * 512;
            int to = range[1] * 512;
            if (tensor.toString().contains("doubleQuantization=true") && from % 16384 != 0) {
                assertThatIllegalArgumentException()
                        .isThrownBy(() -> tensor.slice(range[0], range[1]))
                        .withMessageContaining("share one of the absmax_scales");
                continue;
            }
            PackedTensor slice = tensor.slice(range[0], range[1]);
            assertThat(slice.shape()).isEqualTo(new Shape(range[1] - range[0], 2, 256));
            assertThat(slice.dequantize()).isEqualTo(Arrays.copyOfRange(whole, from, to));
        }
    }

    @Test
    void slicesDoNotCutBlocksGroupsOrTheAxis() {
        PackedTensor blocks =
                PackedTensor.encode(new float[192], new Shape(6, 32), BlockFormat.parse("nf4-64"));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> blocks.slice(1, 4))
                .withMessageContaining("cut through 64 that share one of the absmax");
        assertThat(blocks.slice(2, 6).dequantize()).hasSize(128);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> blocks.slice(2, 7))
                .withMessageContaining("not within the first axis");
        assertThatIllegalArgumentException().isThrownBy(() -> blocks.slice(-1, 2));
        assertThatIllegalArgumentException().isThrownBy(() -> blocks.slice(4, 4));
    }

    @Test
    void refusesWhatDoesNotFit() {
        assertThatIllegalArgumentException()
                .isThrownBy(
                        () ->
                                PackedTensor.encode(
                                        new float[80],
                                        new Shape(2, 40),
                                        BlockFormat.parse("mxfp4-floor")))
                .withMessageContaining("multiple of the 32 values");
        assertThatIllegalArgumentException()
                .isThrownBy(
                        () ->
                                PackedTensor.encode(
                                        new float[63],
                                        new Shape(2, 32),
                                        BlockFormat.parse("nf4-64")))
                .withMessageContaining("63 values");
        ScaledStorageFormat ternary =
                new ScaledStorageFormat(CodebookFormat.TERNARY, Granularity.PER_TENSOR);
        byte[] one = {0, 0, (byte) 0x80, 0x3f};
        assertThatIllegalArgumentException()
                .isThrownBy(
                        () -> PackedTensor.of(ternary, new Shape(1), List.of(new byte[] {3}, one)))
                .withMessageContaining("3 is no code of ternary");
        assertThatIllegalArgumentException()
                .isThrownBy(
                        () ->
                                PackedTensor.of(
                                        ternary, new Shape(1), List.of(new byte[1], new byte[4])))
                .withMessageContaining("Scale 0 is 0.0");
        assertThatIllegalStateException()
                .isThrownBy(() -> PackedTensors.all().get(0).toQuantizedTensor())
                .withMessageContaining("no integer codes");
    }

    @Test
    void bytesCannotBeChangedFromOutside() {
        byte[] codes = {0x12};
        byte[] scale = {0, 0, (byte) 0x80, 0x3f};
        ScaledStorageFormat format =
                new ScaledStorageFormat(CodebookFormat.NF4, Granularity.PER_TENSOR);
        PackedTensor tensor = PackedTensor.of(format, new Shape(2), List.of(codes, scale));
        codes[0] = 0;
        assertThat(tensor.plane("codes").get(0)).isEqualTo((byte) 0x12);
        assertThat(tensor.plane("codes").isReadOnly()).isTrue();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> tensor.plane("absmax"))
                .withMessageContaining("legal are [codes, scales]");
    }

    @Test
    void becomesAnArrayOfItsShape() {
        PackedTensor tensor = PackedTensors.all().get(3);
        try (NDManager manager = NDManager.newBaseManager();
                NDArray array = tensor.dequantize(manager)) {
            assertThat(array.getShape()).isEqualTo(tensor.shape());
            assertThat(array.getDataType()).isEqualTo(DataType.FLOAT32);
            assertThat(array.toFloatArray()).isEqualTo(tensor.dequantize());
        }
    }
}
