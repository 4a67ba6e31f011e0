package io.github.djlqat.observer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.types.Shape;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.djlqat.format.IntegerFormat;
import io.github.djlqat.recipe.ObserverType;
import io.github.djlqat.scheme.Granularity;
import io.github.djlqat.scheme.IntegerCodec;
import io.github.djlqat.scheme.QuantizationParameters;
import io.github.djlqat.scheme.QuantizationScheme;
import io.github.djlqat.scheme.Symmetry;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class ObserverPropertiesTest {

    private static final ObjectMapper MAPPER = new ObjectMapper();
    private static final Shape SHAPE = new Shape(4, 6, 10);
    private static final QuantizationScheme INT8 =
            symmetric(IntegerFormat.INT8, Granularity.PER_TENSOR);

    private static QuantizationScheme symmetric(IntegerFormat format, Granularity granularity) {
        return new QuantizationScheme(format, Symmetry.SYMMETRIC, granularity);
    }

    /** An observer of each type for each granularity it goes with, symmetric and affine. */
    static List<Observer> observers() {
        List<Observer> observers = new ArrayList<>();
        for (Granularity granularity :
                List.of(
                        Granularity.PER_TENSOR,
                        new Granularity.PerChannel(0),
                        new Granularity.PerChannel(2),
                        new Granularity.PerGroup(1, 3),
                        new Granularity.PerGroup(2, 5))) {
            for (Symmetry symmetry : Symmetry.values()) {
                QuantizationScheme scheme =
                        new QuantizationScheme(IntegerFormat.INT4, symmetry, granularity);
                for (ObserverType type : ObserverType.values()) {
                    if (type != ObserverType.ENTROPY || granularity == Granularity.PER_TENSOR) {
                        observers.add(Observers.create(type, scheme));
                    }
                }
            }
        }
        return observers;
    }

    private static float[] batch(long seed) {
        Random random = new Random(seed);
        float[] values = new float[(int) SHAPE.size()];
        float spread = (float) Math.exp(3 * random.nextGaussian());
        for (int i = 0; i < values.length; i++) {
            values[i] = spread * (float) Math.pow(random.nextGaussian(), 3);
        }
        return values;
    }

    private static double squaredError(
            float[] values, Shape shape, QuantizationParameters parameters) {
        float[] result = IntegerCodec.fakeQuantize(values, shape, parameters);
        double sum = 0;
        for (int i = 0; i < values.length; i++) {
            double error = (double) result[i] - values[i];
            sum += error * error;
        }
        return sum;
    }

    private static void assertSame(Observer actual, Observer expected) {
        QuantizationParameters one = actual.parameters();
        QuantizationParameters other = expected.parameters();
        if (!(actual instanceof MovingAverageObserver)) {
            assertThat(actual.state()).isEqualTo(expected.state());
            assertThat(one).isEqualTo(other);
            return;
        }
        for (int i = 0; i < one.scales().length; i++) {
            assertThat(one.scales()[i])
                    .isCloseTo(other.scales()[i], within(1e-5f * other.scales()[i]));
        }
    }

    @ParameterizedTest
    @MethodSource("observers")
    void mergingEqualsObservingInTurn(Observer empty) {
        for (int seed = 0; seed < 4; seed++) {
            Observer a = empty.observe(batch(seed), SHAPE).observe(batch(seed + 10), SHAPE);
            Observer b = empty.observe(batch(seed + 20), SHAPE).observe(batch(seed + 30), SHAPE);
            assertSame(
                    a.merge(b),
                    a.observe(batch(seed + 20), SHAPE).observe(batch(seed + 30), SHAPE));
            assertSame(a.merge(empty), a);
            assertSame(empty.merge(a), a);
        }
    }

    @ParameterizedTest
    @MethodSource("observers")
    void mergingIsAssociative(Observer empty) {
        Observer a = empty.observe(batch(1), SHAPE);
        Observer b = empty.observe(batch(2), SHAPE).observe(batch(3), SHAPE);
        Observer c = empty.observe(batch(4), SHAPE);
        assertSame(a.merge(b).merge(c), a.merge(b.merge(c)));
    }

    @ParameterizedTest
    @EnumSource(
            value = ObserverType.class,
            names = {"MIN_MAX", "PERCENTILE", "MSE", "ENTROPY"})
    void oneBatchOfBothEqualsTheMergeOfTwo(ObserverType type) {
        Observer empty = Observers.create(type, INT8);
        float[] a = batch(5);
        float[] b = batch(6);
        float[] both = Arrays.copyOf(a, a.length + b.length);
        System.arraycopy(b, 0, both, a.length, b.length);
        Observer merged = empty.observe(a, SHAPE).merge(empty.observe(b, SHAPE));
        assertThat(merged.state()).isEqualTo(empty.observe(both, new Shape(both.length)).state());
    }

    @ParameterizedTest
    @MethodSource("observers")
    void stateSurvivesJson(Observer empty) throws JsonProcessingException {
        Observer fed = empty.observe(batch(7), SHAPE).observe(batch(8), SHAPE);
        for (Observer observer : List.of(empty, fed)) {
            String json = MAPPER.writeValueAsString(observer.state());
            Observer restored = empty.withState(MAPPER.readValue(json, ObserverState.class));
            assertThat(restored.state()).isEqualTo(observer.state());
            assertThat(restored.isEmpty()).isEqualTo(observer.isEmpty());
            assertThat(restored.observe(batch(9), SHAPE).parameters())
                    .isEqualTo(observer.observe(batch(9), SHAPE).parameters());
        }
    }

    @ParameterizedTest
    @MethodSource("observers")
    void refusesValuesThatAreNotFinite(Observer empty) {
        for (float bad :
                new float[] {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY}) {
            float[] values = batch(1);
            values[101] = bad;
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> empty.observe(values, SHAPE))
                    .withMessageContaining("Value 101 is " + bad);
        }
    }

    @ParameterizedTest
    @MethodSource("observers")
    void refusesToChooseBeforeItHasSeenValues(Observer empty) {
        assertThat(empty.isEmpty()).isTrue();
        assertThatIllegalStateException()
                .isThrownBy(empty::parameters)
                .withMessageContaining("int4");
    }

    @ParameterizedTest
    @MethodSource("observers")
    void choosesParametersForConstantAndExtremeTensors(Observer empty) {
        for (float value :
                new float[] {
                    0f, -0f, Float.MIN_VALUE, -3f, 1000.1f, Float.MAX_VALUE, -Float.MAX_VALUE / 2
                }) {
            float[] values = new float[(int) SHAPE.size()];
            Arrays.fill(values, value);
            QuantizationParameters parameters = empty.observe(values, SHAPE).parameters();
            float[] result = IntegerCodec.fakeQuantize(values, SHAPE, parameters);
            assertThat(result[0])
                    .isCloseTo(value, within(Math.max(0.07f * Math.abs(value), 1e-7f)));
        }
        float[] both = new float[(int) SHAPE.size()];
        Arrays.fill(both, Float.MAX_VALUE);
        Arrays.fill(both, 0, both.length / 2, -Float.MAX_VALUE);
        assertThat(empty.observe(both, SHAPE).parameters().scales()[0]).isFinite();
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 3, 4, 8, 16})
    void meanSquaredErrorIsNeverWorseThanThatOfMinMax(int bits) {
        for (int seed = 0; seed < 10; seed++) {
            float[] values = batch(seed);
            for (Symmetry symmetry : Symmetry.values()) {
                for (boolean signed : new boolean[] {true, false}) {
                    IntegerFormat format = new IntegerFormat(bits, signed, false);
                    for (Granularity granularity :
                            List.of(Granularity.PER_TENSOR, new Granularity.PerChannel(1))) {
                        QuantizationScheme scheme =
                                new QuantizationScheme(format, symmetry, granularity);
                        double searched =
                                squaredError(
                                        values,
                                        SHAPE,
                                        Observers.mse(scheme).observe(values, SHAPE).parameters());
                        double full =
                                squaredError(
                                        values,
                                        SHAPE,
                                        new MinMaxObserver(scheme)
                                                .observe(values, SHAPE)
                                                .parameters());
                        // The histogram knows values to within a bin; per channel the values
                        // themselves are searched.
                        double slack = granularity == Granularity.PER_TENSOR ? 1.005 : 1 + 1e-6;
                        assertThat(searched).as("%s", scheme).isLessThanOrEqualTo(full * slack);
                    }
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 4, 8})
    void meanSquaredErrorIsNearTheLeastOfAFineSearch(int bits) {
        float[] values = SampleStream.of(3, 4000);
        Shape shape = new Shape(values.length);
        QuantizationScheme scheme =
                symmetric(new IntegerFormat(bits, true, false), Granularity.PER_TENSOR);
        double searched =
                squaredError(
                        values, shape, Observers.mse(scheme).observe(values, shape).parameters());
        float largest = new MinMaxObserver(scheme).observe(values, shape).parameters().scales()[0];
        double least = Double.MAX_VALUE;
        for (int i = 1; i <= 2000; i++) {
            float[] scale = {largest * i / 1000};
            least =
                    Math.min(
                            least,
                            squaredError(
                                    values,
                                    shape,
                                    new QuantizationParameters(scheme, scale, new int[1])));
        }
        assertThat(searched).isLessThanOrEqualTo(1.02 * least);
    }

    @ParameterizedTest
    @ValueSource(doubles = {90, 99, 99.9, 99.99, 100})
    void percentilesAreThoseOfTheSortedValues(double percentile) {
        float[] values = SampleStream.of(17, 5000);
        Shape shape = new Shape(values.length);
        float[] sorted = values.clone();
        Arrays.sort(sorted);
        double cut = (1 - percentile / 100) / 2;
        float low = interpolate(sorted, cut);
        float high = interpolate(sorted, 1 - cut);
        QuantizationScheme affine =
                new QuantizationScheme(
                        IntegerFormat.UINT8, Symmetry.AFFINE, Granularity.PER_TENSOR);
        float scale =
                Observers.percentile(affine, percentile)
                        .observe(values, shape)
                        .parameters()
                        .scales()[0];
        assertThat(scale * 255).isCloseTo(high - low, within(0.006f));
        QuantizationScheme channel =
                new QuantizationScheme(
                        IntegerFormat.UINT8, Symmetry.AFFINE, new Granularity.PerChannel(0));
        float exact =
                Observers.percentile(channel, percentile)
                        .observe(values, new Shape(1, values.length))
                        .parameters()
                        .scales()[0];
        assertThat(exact * 255).isCloseTo(high - low, within(1e-5f));
        for (int i = 0; i < sorted.length; i++) {
            sorted[i] = Math.abs(sorted[i]);
        }
        Arrays.sort(sorted);
        float magnitude = interpolate(sorted, percentile / 100);
        float mirrored =
                Observers.percentile(INT8, percentile)
                        .observe(values, shape)
                        .parameters()
                        .scales()[0];
        assertThat(mirrored * 127.5f).isCloseTo(magnitude, within(0.006f));
    }

    private static float interpolate(float[] sorted, double fraction) {
        double position = fraction * (sorted.length - 1);
        int below = (int) position;
        int above = Math.min(below + 1, sorted.length - 1);
        return (float)
                (sorted[below] + (position - below) * ((double) sorted[above] - sorted[below]));
    }

    @Test
    void entropyCutsALongTailAndKeepsAUniformRange() {
        Random random = new Random(1);
        float[] tail = new float[20000];
        float[] uniform = new float[20000];
        for (int i = 0; i < tail.length; i++) {
            tail[i] = (float) random.nextGaussian();
            uniform[i] = 2 * random.nextFloat() - 1;
        }
        tail[0] = 60;
        Shape shape = new Shape(tail.length);
        Observer empty = Observers.create(ObserverType.ENTROPY, INT8);
        assertThat(empty.observe(tail, shape).parameters().scales()[0] * 127.5f).isBetween(3f, 8f);
        assertThat(empty.observe(uniform, shape).parameters().scales()[0] * 127.5f)
                .isBetween(0.95f, 1.001f);
    }

    @Test
    void entropyIsRefusedPerChannel() {
        assertThatIllegalArgumentException()
                .isThrownBy(
                        () ->
                                Observers.create(
                                        ObserverType.ENTROPY,
                                        symmetric(
                                                IntegerFormat.INT8, new Granularity.PerChannel(0))))
                .withMessageContaining("per tensor only");
    }

    @Test
    void observersOfOtherKindsSchemesOrSettingsDoNotMerge() {
        Observer minMax = new MinMaxObserver(INT8);
        assertThatIllegalArgumentException().isThrownBy(() -> minMax.merge(Observers.mse(INT8)));
        assertThatIllegalArgumentException()
                .isThrownBy(
                        () ->
                                minMax.merge(
                                        new MinMaxObserver(
                                                symmetric(
                                                        IntegerFormat.INT4,
                                                        Granularity.PER_TENSOR))));
        assertThatIllegalArgumentException()
                .isThrownBy(
                        () -> Observers.percentile(INT8, 99).merge(Observers.percentile(INT8, 98)));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Observers.mse(INT8).merge(Observers.entropy(INT8)));
        assertThatIllegalArgumentException()
                .isThrownBy(
                        () ->
                                new MovingAverageObserver(INT8, 0.1f)
                                        .merge(new MovingAverageObserver(INT8)));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> minMax.withState(Observers.mse(INT8).state()));
    }

    @Test
    void aChangedNumberOfChannelsIsRefused() {
        Observer fed =
                new MinMaxObserver(symmetric(IntegerFormat.INT8, new Granularity.PerChannel(0)))
                        .observe(new float[] {1, 2}, new Shape(2, 1));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> fed.observe(new float[] {1, 2, 3}, new Shape(3, 1)))
                .withMessageContaining("2 ranges")
                .withMessageContaining("3");
    }

    @Test
    void movingAverageOfKnownRanges() {
        QuantizationScheme scheme =
                new QuantizationScheme(
                        IntegerFormat.UINT8, Symmetry.AFFINE, Granularity.PER_TENSOR);
        MovingAverageObserver observer =
                new MovingAverageObserver(scheme)
                        .observeRange(-1, 1)
                        .observeRange(-3, 3)
                        .observeRange(0, 10);
        assertThat(observer.parameters().scales()).containsExactly(0.008312156f);
        assertThat(observer.parameters().zeroPoints()).containsExactly(121);
        assertThatIllegalArgumentException().isThrownBy(() -> observer.observeRange(1, -1));
        assertThatIllegalArgumentException().isThrownBy(() -> observer.observeRange(Float.NaN, 1));
    }

    @Test
    void lsqBeginsWithTwiceTheMeanMagnitude() {
        float[] values = {1, -3, 2, 6};
        float root = (float) Math.sqrt(7);
        QuantizationParameters tensor =
                LsqInitialization.parameters(
                        values,
                        new Shape(2, 2),
                        symmetric(IntegerFormat.INT4, Granularity.PER_TENSOR));
        assertThat(tensor.scales()[0]).isCloseTo(6 / root, within(1e-6f));
        QuantizationParameters channels =
                LsqInitialization.parameters(
                        values,
                        new Shape(2, 2),
                        symmetric(IntegerFormat.INT4, new Granularity.PerChannel(1)));
        assertThat(channels.scales()[0]).isCloseTo(3 / root, within(1e-6f));
        assertThat(channels.scales()[1]).isCloseTo(9 / root, within(1e-6f));
    }

    @ParameterizedTest
    @MethodSource("observers")
    void aBatchWithoutElementsChangesNothing(Observer empty) {
        Shape none = new Shape(4, 0, 10);
        assertThat(empty.observe(new float[0], none).isEmpty()).isTrue();
        Observer fed = empty.observe(batch(1), SHAPE);
        assertThat(fed.observe(new float[0], none)).isEqualTo(fed);
    }

    @ParameterizedTest
    @MethodSource("observers")
    void observingLeavesTheObserverAndTheValuesAsTheyWere(Observer empty) {
        float[] values = batch(1);
        Observer fed = empty.observe(values, SHAPE);
        ObserverState before = fed.state();
        assertThat(values).containsExactly(batch(1));
        fed.observe(batch(2), SHAPE);
        fed.merge(fed);
        assertThat(fed.state()).isEqualTo(before);
        assertThat(empty.isEmpty()).isTrue();
        assertThat(empty.observe(values, SHAPE)).isEqualTo(fed).isNotEqualTo(empty);
    }

    @Test
    void statesThatContradictThemselvesAreRefused() {
        Observer minMax = new MinMaxObserver(INT8);
        assertThatIllegalArgumentException()
                .isThrownBy(
                        () ->
                                minMax.withState(
                                        new ObserverState.Ranges(List.of(1f), List.of(-1f))));
        assertThatIllegalArgumentException()
                .isThrownBy(
                        () -> minMax.withState(new ObserverState.Ranges(List.of(1f), List.of())));
        ObserverState.Ranges one = new ObserverState.Ranges(List.of(-1f), List.of(1f));
        assertThatIllegalArgumentException()
                .isThrownBy(
                        () ->
                                new MovingAverageObserver(INT8)
                                        .withState(new ObserverState.MovingAverage(0, one, one)));
        Observer mse = Observers.mse(INT8);
        ObserverState.Histogram good =
                (ObserverState.Histogram) mse.observe(batch(1), SHAPE).state();
        List<Long> negative = new ArrayList<>(good.counts());
        negative.set(1, -1L);
        for (ObserverState.Histogram bad :
                List.of(
                        new ObserverState.Histogram(
                                good.min(),
                                good.max(),
                                good.exponent() + 1,
                                good.first(),
                                good.counts()),
                        new ObserverState.Histogram(
                                good.min(), good.max(), good.exponent(), 0, good.counts()),
                        new ObserverState.Histogram(
                                Float.NaN,
                                good.max(),
                                good.exponent(),
                                good.first(),
                                good.counts()),
                        new ObserverState.Histogram(
                                good.min(), good.max(), good.exponent(), good.first(), negative),
                        new ObserverState.Histogram(
                                good.min(),
                                good.max(),
                                good.exponent(),
                                good.first(),
                                List.of(1L)))) {
            assertThatIllegalArgumentException().isThrownBy(() -> mse.withState(bad));
        }
    }
}
