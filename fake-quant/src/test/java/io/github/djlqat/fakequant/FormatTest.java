package io.github.djlqat.fakequant;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.convolutional.Conv2d;
import ai.djl.nn.core.Linear;
import ai.djl.nn.norm.BatchNorm;
import ai.djl.training.GradientCollector;
import ai.djl.training.ParameterStore;
import io.github.djlqat.block.BlockFormat;
import io.github.djlqat.format.CodebookCodec;
import io.github.djlqat.format.CodebookFormat;
import io.github.djlqat.format.FloatCodec;
import io.github.djlqat.format.FloatFormat;
import io.github.djlqat.format.NumberFormat;
import io.github.djlqat.format.Overflow;
import io.github.djlqat.format.Rounding;
import io.github.djlqat.graph.Argument;
import io.github.djlqat.recipe.FormatRecipe;
import io.github.djlqat.recipe.Presets;
import io.github.djlqat.recipe.Recipe;
import io.github.djlqat.recipe.TensorFormat;
import io.github.djlqat.recipe.TensorQuantization;
import io.github.djlqat.recipe.TrainingOptions;
import io.github.djlqat.scheme.Granularity;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Tests of layers whose tensors are rounded to formats with scales of their own. */
class FormatTest {

    private static final int IN = 8;
    private static final int OUT = 5;

    static Stream<TensorFormat> formats() {
        return Stream.of(
                new TensorFormat.Unscaled(FloatFormat.FLOAT16),
                new TensorFormat.Unscaled(FloatFormat.BFLOAT16),
                new TensorFormat.Unscaled(FloatFormat.TF32),
                new TensorFormat.Scaled(FloatFormat.FLOAT8_E4M3FN, Granularity.PER_TENSOR),
                new TensorFormat.Scaled(FloatFormat.FLOAT8_E5M2, new Granularity.PerChannel(0)),
                new TensorFormat.Scaled(FloatFormat.FLOAT6_E3M2FN, new Granularity.PerGroup(1, 4)),
                new TensorFormat.Scaled(FloatFormat.FLOAT4_E2M1FN, new Granularity.PerChannel(0)),
                new TensorFormat.Scaled(CodebookFormat.NF4, new Granularity.PerGroup(1, 4)),
                new TensorFormat.Scaled(CodebookFormat.TERNARY, new Granularity.PerChannel(0)),
                new TensorFormat.Blocked(BlockFormat.parse("nf4-64-dq")),
                new TensorFormat.Blocked(BlockFormat.parse("mxfp4-floor")),
                new TensorFormat.Blocked(BlockFormat.parse("nvfp4-modelopt")));
    }

    @ParameterizedTest
    @MethodSource("formats")
    void weightsAreWhatTheScalarCodecMakesOfThem(TensorFormat format) {
        try (NDManager manager = NDManager.newBaseManager()) {
            Block linear = linear(manager);
            NDArray weight = linear.getParameters().valueAt(0).getArray();
            float[] expected = rounded(weight.toFloatArray(), format);
            QuantizedBlock prepared = prepare(linear, manager, recipe(format, null));
            NDArray identity = manager.eye(IN);
            float[] actual = forward(prepared, manager, identity, false).transpose().toFloatArray();
            assertThat(actual).containsExactly(expected, within(0f));
            assertThat(forward(prepared, manager, identity, true).transpose().toFloatArray())
                    .containsExactly(expected, within(0f));
            Argument constant =
                    Quantization.convert(prepared).graph().nodes().stream()
                            .flatMap(node -> node.arguments().stream())
                            .filter(Argument.Constant.class::isInstance)
                            .findFirst()
                            .orElseThrow();
            assertThat((float[]) ((Argument.Constant) constant).data())
                    .containsExactly(expected, within(0f));
        }
    }

    @Test
    void activationsAreWhatTheScalarCodecMakesOfThem() {
        TensorFormat format =
                new TensorFormat.Scaled(FloatFormat.FLOAT8_E4M3FN, Granularity.PER_TENSOR);
        try (NDManager manager = NDManager.newBaseManager()) {
            Block linear = linear(manager);
            linear.getParameters()
                    .valueAt(0)
                    .getArray()
                    .set(manager.eye(OUT, IN, 0, DataType.FLOAT32).toFloatArray());
            float[] values = values(3 * IN, 4);
            float[] expected = rounded(values, format);
            QuantizedBlock prepared = prepare(linear, manager, recipe(null, format));
            float[] actual =
                    forward(prepared, manager, manager.create(values, new Shape(3, IN)), false)
                            .toFloatArray();
            for (int i = 0; i < 3; i++) {
                for (int j = 0; j < OUT; j++) {
                    assertThat(actual[i * OUT + j]).isEqualTo(expected[i * IN + j]);
                }
            }
        }
    }

    @Test
    void theGradientPassesStraightThrough() {
        try (NDManager manager = NDManager.newBaseManager()) {
            Block linear = linear(manager);
            NDArray weight = linear.getParameters().valueAt(0).getArray();
            TensorFormat format =
                    new TensorFormat.Scaled(
                            FloatFormat.FLOAT4_E2M1FN, new Granularity.PerChannel(0));
            QuantizedBlock prepared = prepare(linear, manager, recipe(format, null));
            weight.setRequiresGradient(true);
            float[] values = values(3 * IN, 5);
            try (GradientCollector collector = Engine.getInstance().newGradientCollector()) {
                collector.backward(
                        forward(prepared, manager, manager.create(values, new Shape(3, IN)), true)
                                .sum());
            }
            float[] gradient = weight.getGradient().toFloatArray();
            for (int i = 0; i < OUT; i++) {
                for (int j = 0; j < IN; j++) {
                    float sum = values[j] + values[IN + j] + values[2 * IN + j];
                    assertThat(gradient[i * IN + j]).isCloseTo(sum, within(1e-5f));
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("presets")
    void convolutionsTrainAndKeepNoNativeArrays(String preset) {
        try (NDManager manager = NDManager.newBaseManager()) {
            Shape image = new Shape(2, 3, 8, 8);
            Block block =
                    new SequentialBlock()
                            .add(
                                    Conv2d.builder()
                                            .setFilters(4)
                                            .setKernelShape(new Shape(3, 3))
                                            .build())
                            .add(BatchNorm.builder().build())
                            .add(ai.djl.nn.Blocks.batchFlattenBlock())
                            .add(Linear.builder().setUnits(3).build());
            block.initialize(manager, DataType.FLOAT32, image);
            QuantizedBlock prepared =
                    Quantization.prepare(block, manager, Presets.named(preset), image);
            int before = -1;
            for (int step = 0; step < 6; step++) {
                try (NDManager scope = manager.newSubManager()) {
                    NDArray x = scope.create(values(2 * 3 * 64, step), image);
                    forward(prepared, scope, x, step % 2 == 0).toFloatArray();
                }
                if (step == 1) {
                    before = manager.getManagedArrays().size();
                }
            }
            assertThat(manager.getManagedArrays()).hasSize(before);
        }
    }

    static Stream<String> presets() {
        return Stream.of("bf16", "fp8-e4m3", "nf4-weight-only", "mxfp8", "mxfp4", "nvfp4");
    }

    @Test
    void aWeightThatCannotBeCutIntoGroupsIsNamed() {
        try (NDManager manager = NDManager.newBaseManager()) {
            Block linear = linear(manager);
            Recipe recipe =
                    recipe(
                            new TensorFormat.Scaled(
                                    CodebookFormat.NF4, new Granularity.PerGroup(1, 3)),
                            null);
            assertThatThrownBy(() -> prepare(linear, manager, recipe))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("weight")
                    .hasMessageContaining("3");
        }
    }

    private static Block linear(NDManager manager) {
        Block linear = Linear.builder().setUnits(OUT).optBias(false).build();
        linear.initialize(manager, DataType.FLOAT32, new Shape(1, IN));
        linear.getParameters().valueAt(0).getArray().set(values(OUT * IN, 3));
        return linear;
    }

    private static QuantizedBlock prepare(Block block, NDManager manager, Recipe recipe) {
        return Quantization.prepare(block, manager, recipe, new Shape(1, IN));
    }

    private static Recipe recipe(
            @Nullable TensorFormat weights, @Nullable TensorFormat activations) {
        return new Recipe(
                "formats",
                recipe(weights),
                recipe(activations),
                null,
                List.of(),
                TrainingOptions.DEFAULT);
    }

    private static @Nullable TensorQuantization recipe(@Nullable TensorFormat format) {
        return format == null ? null : new FormatRecipe(format);
    }

    private static NDArray forward(Block block, NDManager manager, NDArray x, boolean training) {
        return block.forward(new ParameterStore(manager, false), new NDList(x), training)
                .singletonOrThrow();
    }

    private static float[] values(int count, int seed) {
        Random random = new Random(seed);
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = (float) (random.nextGaussian() * Math.exp(random.nextGaussian()));
        }
        return values;
    }

    /** The scalar definition, on a matrix of rows of {@link #IN}. */
    private static float[] rounded(float[] values, TensorFormat format) {
        if (format instanceof TensorFormat.Unscaled unscaled) {
            return runs(values, values.length, unscaled.format(), false);
        }
        if (format instanceof TensorFormat.Blocked blocked) {
            BlockFormat block = blocked.format();
            int length = block.flattens() ? values.length : block.blockSize();
            float[] result = new float[values.length];
            int run = block.flattens() ? values.length : IN;
            for (int from = 0; from < values.length; from += run) {
                // A row shorter than a block is one block with zeros behind.
                float[] whole = new float[length];
                System.arraycopy(values, from, whole, 0, run);
                System.arraycopy(block.decode(block.encode(whole), length), 0, result, from, run);
            }
            return result;
        }
        TensorFormat.Scaled scaled = (TensorFormat.Scaled) format;
        int run = values.length;
        if (scaled.granularity() instanceof Granularity.PerChannel) {
            run = IN;
        } else if (scaled.granularity() instanceof Granularity.PerGroup group) {
            run = group.size();
        }
        return runs(values, run, scaled.format(), true);
    }

    private static float[] runs(float[] values, int run, NumberFormat format, boolean scaled) {
        float[] result = new float[values.length];
        for (int from = 0; from < values.length; from += run) {
            float largest = 0;
            for (int i = from; i < from + run; i++) {
                largest = Math.max(largest, Math.abs(values[i]));
            }
            float scale =
                    scaled
                            ? (float) (largest / Math.max(format.maxValue(), -format.minValue()))
                            : 1;
            for (int i = from; i < from + run; i++) {
                float ratio = values[i] / scale;
                float nearest =
                        format instanceof CodebookFormat codebook
                                ? CodebookCodec.round(codebook, ratio)
                                : FloatCodec.round(
                                        (FloatFormat) format,
                                        ratio,
                                        Rounding.HALF_EVEN,
                                        Overflow.SATURATE);
                result[i] = nearest * scale;
            }
        }
        return result;
    }
}
