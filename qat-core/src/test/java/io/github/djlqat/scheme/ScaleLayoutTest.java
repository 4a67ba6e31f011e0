package io.github.djlqat.scheme;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import ai.djl.ndarray.types.Shape;
import io.github.djlqat.convention.Conventions;
import io.github.djlqat.format.IntegerFormat;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ScaleLayoutTest {

    /** Numbers the places that a map makes of every element's indices, in order of appearance. */
    private static int[] brute(int[] dimensions, UnaryOperator<int[]> placeOfScale) {
        int size = Arrays.stream(dimensions).reduce(1, (a, b) -> a * b);
        Map<List<Integer>, Integer> numbers = new LinkedHashMap<>();
        int[] scales = new int[size];
        for (int element = 0; element < size; element++) {
            int[] index = new int[dimensions.length];
            for (int axis = dimensions.length - 1, rest = element; axis >= 0; axis--) {
                index[axis] = rest % dimensions[axis];
                rest /= dimensions[axis];
            }
            List<Integer> place = Arrays.stream(placeOfScale.apply(index)).boxed().toList();
            scales[element] = numbers.computeIfAbsent(place, p -> numbers.size());
        }
        return scales;
    }

    private static void requireLayout(
            Granularity granularity, int[] dimensions, UnaryOperator<int[]> placeOfScale) {
        ScaleLayout layout =
                ScaleLayout.of(
                        granularity, new Shape(Arrays.stream(dimensions).asLongStream().toArray()));
        int[] expected = brute(dimensions, placeOfScale);
        int[] byRun = new int[expected.length];
        Arrays.fill(byRun, -1);
        int[] end = {0};
        layout.forEachRun(
                (scale, from, to) -> {
                    assertThat(from).isEqualTo(end[0]);
                    assertThat(to).isGreaterThan(from);
                    Arrays.fill(byRun, from, to, scale);
                    end[0] = to;
                });
        assertThat(byRun).as("%s", granularity).isEqualTo(expected);
        for (int element = 0; element < expected.length; element++) {
            assertThat(layout.scaleOf(element)).isEqualTo(expected[element]);
        }
        assertThat(layout.count()).isEqualTo(Arrays.stream(expected).max().orElseThrow() + 1);
        assertThat(layout.size()).isEqualTo(expected.length);
    }

    private static UnaryOperator<int[]> divided(int axis, int size) {
        return index -> {
            index[axis] /= size;
            return index;
        };
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4})
    void everyElementHasTheScaleOfItsIndices(int rank) {
        Random random = new Random(rank);
        for (int round = 0; round < 60; round++) {
            int[] dimensions = random.ints(rank, 1, 8).toArray();
            int axis = random.nextInt(rank);
            int size = 1 + random.nextInt(9);
            requireLayout(Granularity.PER_TENSOR, dimensions, index -> new int[0]);
            requireLayout(
                    new Granularity.PerChannel(axis), dimensions, index -> new int[] {index[axis]});
            requireLayout(
                    new Granularity.PerGroup(axis, size, true), dimensions, divided(axis, size));
            requireLayout(
                    new Granularity.PerToken(),
                    dimensions,
                    index -> Arrays.copyOf(index, index.length - 1));
            if (rank > 1) {
                int columns = 1 + random.nextInt(9);
                requireLayout(
                        new Granularity.PerBlock(size, columns),
                        dimensions,
                        index ->
                                divided(index.length - 2, size)
                                        .apply(divided(index.length - 1, columns).apply(index)));
            }
        }
    }

    @Test
    void shortGroupsHaveToBeAllowed() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ScaleLayout.of(new Granularity.PerGroup(1, 4), new Shape(2, 6)))
                .withMessageContainingAll("group size 4", "axis 1", "(2, 6)");
        assertThat(ScaleLayout.of(new Granularity.PerGroup(1, 4, true), new Shape(2, 6)).count())
                .isEqualTo(4);
        assertThat(ScaleLayout.of(new Granularity.PerBlock(128, 128), new Shape(300, 129)).count())
                .isEqualTo(6);
    }

    @Test
    void shapesWithoutTheAxesAreRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ScaleLayout.of(new Granularity.PerBlock(2, 2), new Shape(4)))
                .withMessageContainingAll("(4)", "two axes");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ScaleLayout.of(new Granularity.PerToken(), new Shape()))
                .withMessageContaining("no axis");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Granularity.PerBlock(0, 3))
                .withMessageContaining("0 by 3");
    }

    @Test
    void tensorsWithoutElementsKeepTheScalesOfTheirChannels() {
        assertThat(ScaleLayout.of(Granularity.PER_TENSOR, new Shape(0)).count()).isEqualTo(1);
        ScaleLayout channels = ScaleLayout.of(new Granularity.PerChannel(0), new Shape(3, 0));
        assertThat(channels.count()).isEqualTo(3);
        channels.forEachRun((scale, from, to) -> assertThat(from).isNegative());
    }

    @Test
    void everyGranularityAndConventionQuantizesEachScaleByItself() {
        int[] dimensions = {3, 5, 7};
        Shape shape = new Shape(3, 5, 7);
        Random random = new Random(4);
        float[] values = new float[105];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) (random.nextGaussian() * Math.exp(i % 11));
        }
        for (Granularity granularity :
                List.of(
                        Granularity.PER_TENSOR,
                        new Granularity.PerChannel(1),
                        new Granularity.PerGroup(2, 4, true),
                        new Granularity.PerGroup(1, 2, true),
                        new Granularity.PerToken(),
                        new Granularity.PerBlock(2, 3))) {
            for (String name : Conventions.names()) {
                if (name.equals("gptq")) {
                    continue; // clips the upper half of values that are all positive
                }
                QuantizationScheme scheme =
                        new QuantizationScheme(
                                IntegerFormat.INT8,
                                Symmetry.SYMMETRIC,
                                granularity,
                                Conventions.named(name));
                requireSeparate(values, shape, scheme, dimensions);
            }
        }
    }

    private static void requireSeparate(
            float[] values, Shape shape, QuantizationScheme scheme, int[] dimensions) {
        ScaleLayout layout = ScaleLayout.of(scheme.granularity(), shape);
        float[] min = new float[layout.count()];
        float[] max = new float[layout.count()];
        for (int i = 0; i < values.length; i++) {
            min[layout.scaleOf(i)] = Math.min(min[layout.scaleOf(i)], values[i]);
            max[layout.scaleOf(i)] = Math.max(max[layout.scaleOf(i)], values[i]);
        }
        QuantizationParameters parameters = ScaleRule.parameters(scheme, min, max);
        float[] result = IntegerCodec.fakeQuantize(values, shape, parameters);
        assertThat(IntegerCodec.quantize(values, shape, parameters).dequantize()).isEqualTo(result);
        for (int i = 0; i < values.length; i++) {
            float step = Math.abs(parameters.scales()[layout.scaleOf(i)]);
            // Half a step of rounding, half of clipping beside +A, and the scale in half precision.
            assertThat(Math.abs(result[i] - values[i]))
                    .as("%s, element %s of %s", scheme, i, Arrays.toString(dimensions))
                    .isLessThanOrEqualTo(1.07f * step);
        }
    }
}
