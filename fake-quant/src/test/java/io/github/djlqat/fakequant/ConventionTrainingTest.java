package io.github.djlqat.fakequant;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.GradientCollector;
import ai.djl.training.ParameterStore;
import io.github.djlqat.convention.AffineRule;
import io.github.djlqat.convention.Convention;
import io.github.djlqat.convention.Conventions;
import io.github.djlqat.format.IntegerFormat;
import io.github.djlqat.observer.Observers;
import io.github.djlqat.recipe.ObserverType;
import io.github.djlqat.recipe.ScaleLearning;
import io.github.djlqat.recipe.TensorRecipe;
import io.github.djlqat.scheme.Granularity;
import io.github.djlqat.scheme.IntegerCodec;
import io.github.djlqat.scheme.QuantizationParameters;
import io.github.djlqat.scheme.QuantizationScheme;
import io.github.djlqat.scheme.ScaleLayout;
import io.github.djlqat.scheme.Symmetry;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Fake quantizers compute what the scalar codec of their convention computes. */
class ConventionTrainingTest {

    private static final Shape SHAPE = new Shape(7, 10);

    static Stream<Arguments> conventions() {
        return Conventions.names().stream()
                .map(Conventions::named)
                .flatMap(
                        convention ->
                                Stream.of(Symmetry.values())
                                        .filter(
                                                symmetry ->
                                                        symmetry == Symmetry.SYMMETRIC
                                                                || convention.scales().affine()
                                                                        != AffineRule.NONE)
                                        .map(symmetry -> Arguments.of(convention, symmetry)));
    }

    static List<Granularity> granularities() {
        return List.of(
                new Granularity.PerGroup(1, 4, true),
                new Granularity.PerGroup(0, 3, true),
                new Granularity.PerGroup(1, 5),
                new Granularity.PerBlock(2, 3),
                new Granularity.PerBlock(128, 128));
    }

    private static FakeQuantize calibrated(
            NDManager manager, QuantizationScheme scheme, float[] values, Shape shape) {
        FakeQuantize quantizer =
                FakeQuantize.builder(
                                new TensorRecipe(
                                        scheme, ObserverType.MIN_MAX, ScaleLearning.OBSERVED))
                        .optWeight(true)
                        .build();
        quantizer.initialize(manager, DataType.FLOAT32, shape);
        quantizer.calibrate(Observers.create(ObserverType.MIN_MAX, scheme).observe(values, shape));
        return quantizer;
    }

    private static float[] noise(int count) {
        Random random = new Random(count);
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = (float) random.nextGaussian() - 0.3f;
        }
        return values;
    }

    /** Every tie with both of its neighbours, beyond both ends of the codes. */
    private static float[] ties(float scale) {
        float[] values = new float[3 * 81 + 4];
        for (int i = 0; i < 81; i++) {
            float tie = (i - 40) / 2f * scale;
            values[3 * i] = tie;
            values[3 * i + 1] = Math.nextUp(tie);
            values[3 * i + 2] = Math.nextDown(tie);
        }
        values[243] = Float.POSITIVE_INFINITY;
        values[244] = Float.NEGATIVE_INFINITY;
        values[245] = 1e30f;
        values[246] = -1e30f;
        return values;
    }

    @ParameterizedTest
    @MethodSource("conventions")
    void everyTieIsRoundedAsTheCodecRoundsIt(Convention convention, Symmetry symmetry) {
        for (IntegerFormat format : List.of(IntegerFormat.INT4, IntegerFormat.UINT4)) {
            QuantizationScheme scheme =
                    new QuantizationScheme(format, symmetry, Granularity.PER_TENSOR, convention);
            try (NDManager manager = NDManager.newBaseManager()) {
                FakeQuantize quantizer = calibrated(manager, scheme, noise(70), SHAPE);
                QuantizationParameters parameters = quantizer.getQuantizationParameters();
                float[] values = ties(parameters.scales()[0]);
                Shape shape = new Shape(values.length);
                NDArray result =
                        quantizer
                                .forward(
                                        new ParameterStore(manager, false),
                                        new NDList(manager.create(values, shape)),
                                        false)
                                .singletonOrThrow();
                assertThat(withoutSignOfZero(result.toFloatArray()))
                        .isEqualTo(
                                withoutSignOfZero(
                                        IntegerCodec.fakeQuantize(values, shape, parameters)));
            }
        }
    }

    private static float[] withoutSignOfZero(float[] values) {
        for (int i = 0; i < values.length; i++) {
            values[i] += 0f;
        }
        return values;
    }

    @ParameterizedTest
    @MethodSource("granularities")
    void shortGroupsAndBlocksHaveTheirOwnScalesAndGradients(Granularity granularity) {
        for (String name : List.of("default", "onnxruntime")) {
            QuantizationScheme scheme =
                    new QuantizationScheme(
                            IntegerFormat.INT4,
                            Symmetry.SYMMETRIC,
                            granularity,
                            Conventions.named(name));
            float[] values = noise(70);
            try (NDManager manager = NDManager.newBaseManager()) {
                FakeQuantize quantizer = calibrated(manager, scheme, values, SHAPE);
                QuantizationParameters parameters = quantizer.getQuantizationParameters();
                assertThat(parameters.scales()).hasSize(ScaleLayout.of(granularity, SHAPE).count());
                NDArray x = manager.create(values, SHAPE);
                x.setRequiresGradient(true);
                float[] gradient;
                try (GradientCollector collector = Engine.getInstance().newGradientCollector()) {
                    NDArray y =
                            quantizer
                                    .forward(
                                            new ParameterStore(manager, false),
                                            new NDList(x),
                                            false)
                                    .singletonOrThrow();
                    assertThat(y.getShape()).isEqualTo(SHAPE);
                    assertThat(withoutSignOfZero(y.toFloatArray()))
                            .isEqualTo(
                                    withoutSignOfZero(
                                            IntegerCodec.fakeQuantize(values, SHAPE, parameters)));
                    collector.backward(y.sum());
                    gradient = x.getGradient().toFloatArray();
                }
                ScaleLayout layout = ScaleLayout.of(granularity, SHAPE);
                for (int i = 0; i < values.length; i++) {
                    float scale = parameters.scales()[layout.scaleOf(i)];
                    boolean inside = values[i] <= 7 * scale && values[i] >= -8 * scale;
                    assertThat(gradient[i]).isEqualTo(inside ? 1 : 0);
                }
            }
        }
    }

    @Test
    void whatCannotBeTrainedIsRefused() {
        QuantizationScheme scheme =
                new QuantizationScheme(
                        IntegerFormat.INT4, Symmetry.SYMMETRIC, Granularity.PER_TENSOR);
        requireRefused(
                scheme.withGranularity(new Granularity.PerToken()),
                ScaleLearning.LSQ,
                "for each token");
        requireRefused(
                scheme.withConvention(Conventions.asOnnxRuntime()),
                ScaleLearning.LSQ,
                "learned with torch's arithmetic");
        Convention random =
                Conventions.DEFAULT.with("random", Conventions.DEFAULT.arithmetic().stochastic(1));
        requireRefused(scheme.withConvention(random), ScaleLearning.OBSERVED, "stochastic");
    }

    private static void requireRefused(
            QuantizationScheme scheme, ScaleLearning learning, String problem) {
        assertThatIllegalArgumentException()
                .isThrownBy(
                        () ->
                                FakeQuantize.builder(
                                                new TensorRecipe(
                                                        scheme, ObserverType.MIN_MAX, learning))
                                        .optName("input0")
                                        .build())
                .withMessageContainingAll("input0", problem);
    }
}
