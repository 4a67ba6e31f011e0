package io.github.djlqat.fakequant;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.convolutional.Conv2d;
import ai.djl.nn.norm.BatchNorm;
import ai.djl.nn.pooling.Pool;
import io.github.djlqat.format.IntegerFormat;
import io.github.djlqat.recipe.ScaleLearning;
import io.github.djlqat.recipe.TensorRecipe;
import io.github.djlqat.scheme.Granularity;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class WeightEqualizationTest {

    private static final Shape IMAGES = new Shape(4, 2, 6, 6);
    private static final TensorRecipe FOUR_BITS =
            Recipes.weights(new IntegerFormat(4, true, true), ScaleLearning.OBSERVED)
                    .withGranularity(Granularity.PER_TENSOR);

    private NDManager manager;

    @BeforeEach
    void open() {
        manager = NDManager.newBaseManager();
    }

    @AfterEach
    void close() {
        manager.close();
    }

    private SequentialBlock network() {
        SequentialBlock block =
                new SequentialBlock()
                        .add(TestBlocks.conv(8, true))
                        .add(BatchNorm.builder().build())
                        .add(Activation.reluBlock())
                        .add(depthwise())
                        .add(Pool.maxPool2dBlock(new Shape(2, 2), new Shape(2, 2)))
                        .add(TestBlocks.conv(6, false))
                        .add(Activation.reluBlock())
                        .add(TestBlocks.lambda(x -> x.getNDArrayInternal().globalAvgPool()))
                        .add(TestBlocks.linear(5))
                        .add(Activation.tanhBlock())
                        .add(TestBlocks.linear(3));
        block.initialize(manager, DataType.FLOAT32, IMAGES);
        TestBlocks.randomize(block, manager, 3);
        return block;
    }

    private static Conv2d depthwise() {
        return Conv2d.builder()
                .setFilters(8)
                .setKernelShape(new Shape(3, 3))
                .optPadding(new Shape(1, 1))
                .optGroups(8)
                .build();
    }

    private static double[] outputRanges(Parameter weight, double[] factors) {
        float[] values = weight.getArray().toFloatArray();
        int channels = (int) weight.getShape().get(0);
        double[] ranges = new double[channels];
        for (int i = 0; i < values.length; i++) {
            int channel = i / (values.length / channels);
            ranges[channel] = Math.max(ranges[channel], Math.abs(values[i] * factors[channel]));
        }
        return ranges;
    }

    private static Parameter parameter(Block block, String name) {
        return block.getParameters().stream()
                .filter(pair -> pair.getKey().equals(name))
                .findFirst()
                .orElseThrow()
                .getValue();
    }

    @Test
    void equalizesRangesAndChangesNoOutput() {
        SequentialBlock block = network();
        // One channel a thousand times as large as the others.
        Parameter gamma = parameter(block, "02BatchNorm_gamma");
        float[] scales = gamma.getArray().toFloatArray();
        scales[5] *= 1000;
        gamma.getArray().set(scales);
        NDArray input = TestBlocks.random(manager, 4, IMAGES);
        NDArray expected = TestBlocks.eval(block, manager, input);
        int before = manager.getManagedArrays().size();

        List<EqualizedLayers> pairs = CrossLayerEqualization.equalize(block, manager, IMAGES);

        assertThat(manager.getManagedArrays()).hasSize(before);
        assertThat(pairs)
                .containsExactly(
                        new EqualizedLayers("01Conv2d", "04Conv2d"),
                        new EqualizedLayers("04Conv2d", "06Conv2d"),
                        new EqualizedLayers("06Conv2d", "09Linear"));
        NDArray actual = TestBlocks.eval(block, manager, input);
        assertThat(actual.sub(expected).abs().max().getFloat())
                .isLessThanOrEqualTo(1e-5f * expected.abs().max().getFloat());
        float[] gammas = gamma.getArray().toFloatArray();
        float[] variances = parameter(block, "02BatchNorm_runningVar").getArray().toFloatArray();
        double[] factors = new double[gammas.length];
        double[] ones = new double[gammas.length];
        for (int i = 0; i < factors.length; i++) {
            factors[i] = gammas[i] / Math.sqrt(variances[i] + 1e-5);
            ones[i] = 1;
        }
        double[] first = outputRanges(parameter(block, "01Conv2d_weight"), factors);
        double[] second = outputRanges(parameter(block, "04Conv2d_weight"), ones);
        for (int i = 0; i < first.length; i++) {
            // A depthwise weight has one input channel for each output channel.
            assertThat(first[i] / second[i]).isBetween(0.99, 1.01);
        }
    }

    @Test
    void roundedWeightsComeCloserToTheirFloats() {
        NDArray input = TestBlocks.random(manager, 4, IMAGES);
        float[] errors = new float[2];
        for (int i = 0; i < 2; i++) {
            SequentialBlock block = TestBlocks.convolutional();
            block.initialize(manager, DataType.FLOAT32, IMAGES);
            TestBlocks.randomize(block, manager, 3);
            Parameter gamma = parameter(block, "02BatchNorm_gamma");
            float[] scales = gamma.getArray().toFloatArray();
            scales[5] *= 100;
            gamma.getArray().set(scales);
            NDArray expected = TestBlocks.eval(block, manager, input);
            if (i == 1) {
                CrossLayerEqualization.equalize(block, manager, IMAGES);
            }
            QuantizedBlock prepared =
                    Quantization.prepare(block, manager, Recipes.of(FOUR_BITS, null, null), IMAGES);
            errors[i] =
                    TestBlocks.eval(prepared, manager, input)
                            .sub(expected)
                            .square()
                            .mean()
                            .getFloat();
        }
        assertThat(errors[1]).isLessThan(errors[0] / 2);
    }

    @Test
    void correctedBiasesRestoreTheMeansOfOutputs() {
        SequentialBlock block =
                new SequentialBlock()
                        .add(TestBlocks.conv(8, false))
                        .add(BatchNorm.builder().build())
                        .add(TestBlocks.lambda(x -> x.getNDArrayInternal().globalAvgPool()))
                        .add(TestBlocks.linear(3));
        block.initialize(manager, DataType.FLOAT32, IMAGES);
        TestBlocks.randomize(block, manager, 3);
        NDArray input = TestBlocks.random(manager, 4, IMAGES).add(1);
        NDArray expected = TestBlocks.eval(block, manager, input).mean(new int[] {0});
        QuantizedBlock prepared =
                Quantization.prepare(block, manager, Recipes.of(FOUR_BITS, null, null), IMAGES);
        float before =
                TestBlocks.greatestDifference(
                        TestBlocks.eval(prepared, manager, input).mean(new int[] {0}), expected);
        int arrays = manager.getManagedArrays().size();

        List<String> corrected =
                BiasCorrection.correct(prepared, manager, List.of(new NDList(input)));

        assertThat(manager.getManagedArrays()).hasSize(arrays);
        assertThat(corrected).containsExactly("01Conv2d", "04Linear");
        float after =
                TestBlocks.greatestDifference(
                        TestBlocks.eval(prepared, manager, input).mean(new int[] {0}), expected);
        // The means pass linearly through a linear layer, so nothing is left but rounding.
        assertThat(before).isGreaterThan(0.01f);
        assertThat(after).isLessThan(1e-5f);
    }

    @Test
    void badInputIsRefusedAndChangesNothing() {
        SequentialBlock block = network();
        QuantizedBlock prepared =
                Quantization.prepare(block, manager, Recipes.of(FOUR_BITS, null, null), IMAGES);
        assertThatThrownBy(() -> BiasCorrection.correct(prepared, manager, List.of()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("at least one batch");
        float[] bias = parameter(block, "09Linear_bias").getArray().toFloatArray();
        NDList infinite = new NDList(manager.full(IMAGES, Float.POSITIVE_INFINITY));
        assertThatThrownBy(() -> BiasCorrection.correct(prepared, manager, List.of(infinite)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("not finite");
        assertThat(parameter(block, "09Linear_bias").getArray().toFloatArray()).isEqualTo(bias);
        assertThatThrownBy(() -> CrossLayerEqualization.equalize(prepared, manager, IMAGES))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
