package io.github.djlqat.block;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.github.djlqat.kernel.Kernels;
import io.github.djlqat.kernel.NDArrayKernels;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Array rounding against the scalar codecs, to the last bit. */
class BlockRoundingTest {

    private static final NDManager ROOT = NDManager.newBaseManager();
    private static final Kernels KERNELS = Kernels.forManager(ROOT);
    private static final int LENGTH = 256;

    @AfterAll
    static void closeAll() {
        KERNELS.close();
        ROOT.close();
    }

    static Stream<BlockFormat> formats() {
        return BlockFormat.names().stream().map(BlockFormat::parse);
    }

    /** Rows of 256: the goldens' inputs, boundaries of scales, and magnitudes of every exponent. */
    private static float[] finite() {
        List<float[]> parts = new ArrayList<>();
        parts.add(BlockSamples.inputs());
        parts.add(BlockSamples.boundaryBlocks());
        Random random = new Random(9);
        float[] exponents = new float[277 * LENGTH];
        for (int i = 0; i < exponents.length; i++) {
            float value = (float) random.nextGaussian();
            // Half of a row is coarse, and so full of ties.
            value = i % 2 == 0 ? value : Math.round(value * 4) / 4f;
            exponents[i] = Math.scalb(value, i / LENGTH - 149);
        }
        parts.add(exponents);
        int count = parts.stream().mapToInt(part -> part.length).sum();
        float[] values = new float[(count + LENGTH - 1) / LENGTH * LENGTH];
        int next = 0;
        for (float[] part : parts) {
            System.arraycopy(part, 0, values, next, part.length);
            next += part.length;
        }
        for (int i = 0; i < values.length; i++) {
            values[i] = Math.max(-1e38f, Math.min(1e38f, values[i]));
        }
        return values;
    }

    private static void assertRoundsAsTheCodec(Kernels kernels, BlockFormat format, float[] x) {
        try (NDManager manager = ROOT.newSubManager()) {
            NDArray rows = manager.create(x, new Shape(x.length / LENGTH, LENGTH));
            float[] actual = new BlockRounding(kernels).round(rows, format).toFloatArray();
            float[] expected = format.decode(format.encode(x), x.length);
            for (int i = 0; i < x.length; i++) {
                if (Float.floatToIntBits(actual[i]) != Float.floatToIntBits(expected[i])) {
                    throw new AssertionError(
                            format.formatName()
                                    + " of "
                                    + x[i]
                                    + " at "
                                    + i
                                    + ": "
                                    + actual[i]
                                    + ", not "
                                    + expected[i]);
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("formats")
    void roundsAsTheCodec(BlockFormat format) {
        assertRoundsAsTheCodec(KERNELS, format, finite());
        assertRoundsAsTheCodec(new NDArrayKernels(), format, BlockSamples.inputs());
    }

    /** Values that lie in memory of Java's would be overwritten once it is collected. */
    @Test
    void keepsItsValuesThroughGarbageCollection() {
        float[] x = finite();
        try (NDManager manager = ROOT.newSubManager()) {
            NDArray rows = manager.create(x, new Shape(x.length / LENGTH, LENGTH));
            Map<BlockFormat, NDArray> rounded = new LinkedHashMap<>();
            Map<BlockFormat, float[]> before = new LinkedHashMap<>();
            formats()
                    .forEach(
                            format -> {
                                NDArray result = new BlockRounding(KERNELS).round(rows, format);
                                rounded.put(format, result);
                                before.put(format, result.toFloatArray());
                            });
            for (int i = 0; i < 3; i++) {
                System.gc();
                overwriteFreedMemory(x.length * Float.BYTES);
                rounded.forEach(
                        (format, result) ->
                                assertThat(result.toFloatArray())
                                        .as(format.toString())
                                        .isEqualTo(before.get(format)));
            }
        }
    }

    private static void overwriteFreedMemory(int size) {
        for (int i = 0; i < 8; i++) {
            ByteBuffer buffer = ByteBuffer.allocateDirect(size);
            while (buffer.hasRemaining()) {
                buffer.put((byte) 0x92);
            }
        }
    }

    /** Of those that say what becomes of them. */
    @ParameterizedTest
    @MethodSource("formats")
    void treatsValuesThatAreNotFiniteAsTheCodec(BlockFormat format) {
        float[] x = BlockSamples.inputs();
        x[7] = Float.NaN;
        x[5 * LENGTH + 40] = Float.POSITIVE_INFINITY;
        x[9 * LENGTH] = Float.NEGATIVE_INFINITY;
        String refusal = refusal(() -> format.encode(x));
        if (refusal == null) {
            assertRoundsAsTheCodec(KERNELS, format, x);
        } else {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> assertRoundsAsTheCodec(KERNELS, format, x))
                    .withMessage(refusal);
        }
    }

    private static @Nullable String refusal(Runnable action) {
        try {
            action.run();
            return null;
        } catch (IllegalArgumentException e) {
            return e.getMessage();
        }
    }

    @ParameterizedTest
    @MethodSource("formats")
    void fillsRowsUpToWholeBlocks(BlockFormat format) {
        int length = 300;
        int size = format.blockSize();
        int padded = format.flattens() ? length : (length + size - 1) / size * size;
        float[] x = BlockSamples.stream(3, 5 * length);
        float[] whole = new float[5 * padded];
        for (int row = 0; row < 5; row++) {
            System.arraycopy(x, row * length, whole, row * padded, length);
        }
        float[] decoded = format.decode(format.encode(whole), whole.length);
        try (NDManager manager = ROOT.newSubManager()) {
            float[] actual =
                    new BlockRounding(KERNELS)
                            .round(manager.create(x, new Shape(5, length)), format)
                            .toFloatArray();
            for (int row = 0; row < 5; row++) {
                assertThat(Arrays.copyOfRange(actual, row * length, (row + 1) * length))
                        .containsExactly(
                                Arrays.copyOfRange(decoded, row * padded, row * padded + length));
            }
        }
    }

    @Test
    void roundsNothingToNothing() {
        try (NDManager manager = ROOT.newSubManager()) {
            NDArray none = manager.create(new Shape(0, 64));
            for (String name : List.of("mxfp4-floor", "nf4-64", "ggml-q4_k")) {
                assertThat(
                                new BlockRounding(KERNELS)
                                        .round(none, BlockFormat.parse(name))
                                        .getShape())
                        .isEqualTo(new Shape(0, 64));
            }
        }
    }

    @Test
    void leavesNoArraysBehind() {
        try (NDManager manager = ROOT.newSubManager()) {
            NDArray rows = manager.create(BlockSamples.stream(3, 6400), new Shape(64, 100));
            int before = manager.getManagedArrays().size();
            for (int i = 0; i < 20; i++) {
                for (String name : List.of("mxint8-even", "nvfp4-modelopt-tensor", "nf4-64-dq")) {
                    new BlockRounding(KERNELS).round(rows, BlockFormat.parse(name)).close();
                }
            }
            assertThat(manager.getManagedArrays()).hasSize(before);
        }
    }
}
