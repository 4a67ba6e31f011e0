package io.github.djlqat.mixedprecision;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.nn.LambdaBlock;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.norm.BatchNorm;
import ai.djl.training.GradientCollector;
import ai.djl.training.ParameterStore;
import io.github.djlqat.format.FloatCodec;
import io.github.djlqat.format.FloatFormat;
import io.github.djlqat.format.Overflow;
import io.github.djlqat.format.Rounding;
import io.github.djlqat.intercept.InterceptedBlock;
import io.github.djlqat.intercept.OpCall;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A model never meets the BF16 arrays that stay between native kernels. */
class KeptHalfTest {

    private static final Autocast NATIVE =
            Autocast.builder()
                    .setPrecision(Precision.BFLOAT16)
                    .optComputation(Computation.NATIVE)
                    .build();

    private final NDManager manager = NDManager.newBaseManager("PyTorch");
    private final NDArray x = Training.random(manager, 3, new Shape(4, 4));

    @AfterEach
    void close() {
        manager.close();
    }

    /** A product with the identity: the input, rounded to BF16 and kept so. */
    private static NDArray kept(NDArray array) {
        return array.matMul(array.getManager().eye(4));
    }

    private float[] run(UnaryOperator<NDArray> model, boolean training) {
        return run(LambdaBlock.singleton(model), training);
    }

    private float[] run(Block block, boolean training) {
        try (AutocastBlock autocast = new AutocastBlock(block, NATIVE, manager)) {
            ParameterStore store = new ParameterStore(manager, false);
            return autocast.forward(store, new NDList(x), training).head().toFloatArray();
        }
    }

    private float[] rounded() {
        float[] values = x.toFloatArray();
        for (int i = 0; i < values.length; i++) {
            values[i] =
                    FloatCodec.round(
                            FloatFormat.BFLOAT16,
                            values[i],
                            Rounding.HALF_EVEN,
                            Overflow.NON_FINITE);
        }
        return values;
    }

    @Test
    void areOfSinglePrecisionToTheModel() {
        List<Object> seen = new ArrayList<>();
        run(
                input -> {
                    NDArray kept = kept(input);
                    seen.add(kept.getDataType());
                    seen.add(kept.toFloatArray());
                    seen.add(kept.getFloat(1, 2));
                    seen.add(kept.contentEquals(kept.add(0)));
                    seen.add(kept.equals(kept.reshape(4, 4)));
                    seen.add(kept.toDebugString().contains("unknown"));
                    return kept;
                },
                false);
        float[] values = rounded();
        assertThat(seen).containsExactly(DataType.FLOAT32, values, values[6], true, true, false);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void leaveTheModelInSinglePrecision(boolean training) {
        assertThat(run(KeptHalfTest::kept, training)).isEqualTo(rounded());
    }

    @Test
    void stayReadableAfterTheForward() {
        List<NDArray> stored = new ArrayList<>();
        try (AutocastBlock autocast =
                new AutocastBlock(
                        LambdaBlock.singleton(
                                input -> {
                                    stored.add(kept(input));
                                    return input;
                                }),
                        NATIVE,
                        manager)) {
            autocast.forward(new ParameterStore(manager, false), new NDList(x), false);
            assertThat(stored.get(0).getDataType()).isEqualTo(DataType.FLOAT32);
            assertThat(stored.get(0).mul(2).div(2).toFloatArray()).isEqualTo(rounded());
        }
    }

    @Test
    void areChangedInPlace() {
        float[] changed =
                run(
                        input -> {
                            NDArray kept = kept(input);
                            kept.muli(2);
                            kept.set(new NDIndex("0, 0"), 5);
                            return kept;
                        },
                        false);
        float[] values = rounded();
        for (int i = 0; i < values.length; i++) {
            values[i] *= 2;
        }
        values[0] = 5;
        assertThat(changed).containsExactly(values);
    }

    @Test
    void joinZerosWithoutBecomingWide() {
        float[] padded =
                run(
                        input -> {
                            NDArray kept = kept(input);
                            NDArray zeros =
                                    kept.getManager()
                                            .zeros(
                                                    new Shape(1, 4),
                                                    kept.getDataType(),
                                                    kept.getDevice());
                            return NDArrays.concat(new NDList(zeros, kept)).get("1:");
                        },
                        false);
        assertThat(padded).isEqualTo(rounded());
    }

    static Stream<Arguments> others() {
        return Stream.of(
                arguments("mul", new Shape(), DataType.FLOAT32, DataType.FLOAT32),
                arguments("div", new Shape(), DataType.FLOAT32, DataType.FLOAT32),
                arguments("add", new Shape(), DataType.FLOAT32, DataType.FLOAT32),
                arguments("add", new Shape(4, 4), DataType.INT32, DataType.FLOAT32),
                arguments("mul", new Shape(4, 1), DataType.INT64, DataType.FLOAT32),
                arguments("mul", new Shape(4, 4), DataType.FLOAT64, DataType.FLOAT64),
                arguments("add", new Shape(1, 4), DataType.FLOAT64, DataType.FLOAT64));
    }

    /** A number has no part in the type of the result and is not rounded; others are promoted. */
    @ParameterizedTest
    @MethodSource("others")
    void meetOtherArraysAsDjlDoes(String op, Shape shape, DataType type, DataType expectedType) {
        NDArray other = manager.full(shape, 3.0077f).toType(type, false);
        List<DataType> seen = new ArrayList<>();
        float[] values =
                run(
                        input -> {
                            NDArray result = compute(op, kept(input), other);
                            seen.add(result.getDataType());
                            return result.toType(DataType.FLOAT32, true);
                        },
                        false);
        float[] expected =
                compute(op, manager.create(rounded(), new Shape(4, 4)), other)
                        .toType(DataType.FLOAT32, false)
                        .toFloatArray();
        assertThat(seen).containsExactly(expectedType);
        for (int i = 0; i < expected.length; i++) {
            float once =
                    FloatCodec.round(
                            FloatFormat.BFLOAT16,
                            expected[i],
                            Rounding.HALF_EVEN,
                            Overflow.NON_FINITE);
            assertThat(values[i]).isIn(once, expected[i]);
        }
    }

    private static NDArray compute(String op, NDArray x, NDArray y) {
        return switch (op) {
            case "mul" -> x.mul(y);
            case "div" -> x.div(y);
            default -> x.add(y);
        };
    }

    @Test
    void areNotSeenByAForwardPassAround() {
        List<DataType> types = new ArrayList<>();
        try (AutocastBlock autocast =
                new AutocastBlock(
                        LambdaBlock.singleton(a -> kept(a).getNDArrayInternal().relu().mul(3)),
                        NATIVE,
                        manager)) {
            new InterceptedBlock(autocast, call -> typed(call, types))
                    .forward(new ParameterStore(manager, false), new NDList(x), false);
        }
        assertThat(types).isNotEmpty().containsOnly(DataType.FLOAT32);
    }

    private static NDList typed(OpCall call, List<DataType> types) {
        NDList results = call.proceed();
        results.forEach(array -> types.add(array.getDataType()));
        return results;
    }

    @Test
    void carryGradientsThroughEveryReader() {
        x.setRequiresGradient(true);
        try (AutocastBlock autocast =
                        new AutocastBlock(
                                LambdaBlock.singleton(
                                        input -> {
                                            NDArray kept = kept(input);
                                            return kept.getNDArrayInternal()
                                                    .relu()
                                                    .add(kept.sin())
                                                    .reshape(16)
                                                    .sum();
                                        }),
                                NATIVE,
                                manager);
                GradientCollector collector = Engine.getEngine("PyTorch").newGradientCollector()) {
            NDList out = autocast.forward(new ParameterStore(manager, false), new NDList(x), true);
            collector.backward(out.head());
        }
        float[] values = rounded();
        float[] gradients = x.getGradient().toFloatArray();
        for (int i = 0; i < values.length; i++) {
            double expected = (values[i] > 0 ? 1 : 0) + Math.cos(values[i]);
            assertThat((double) gradients[i]).isCloseTo(expected, within(0x1p-6));
        }
    }

    @Test
    void moveTheRunningStatisticsOfBatchNorm() {
        float[] single = statistics(new Shape(4, 4), Precision.FLOAT32);
        float[] half = statistics(new Shape(4, 4), Precision.BFLOAT16);
        for (int i = 0; i < single.length; i++) {
            assertThat(half[i]).isCloseTo(single[i], within(0.01f));
        }
        assertThat(single).isNotEqualTo(new float[] {0, 0, 0, 0, 1, 1, 1, 1});
    }

    private float[] statistics(Shape shape, Precision precision) {
        Block norm = BatchNorm.builder().build();
        norm.initialize(manager, DataType.FLOAT32, shape);
        Autocast settings =
                Autocast.builder()
                        .setPrecision(precision)
                        .optComputation(Computation.NATIVE)
                        .build();
        Block block =
                new SequentialBlock().add(LambdaBlock.singleton(KeptHalfTest::kept)).add(norm);
        try (AutocastBlock autocast = new AutocastBlock(block, settings, manager)) {
            autocast.forward(new ParameterStore(manager, false), new NDList(x), true);
        }
        NDList all = new NDList();
        norm.getDirectParameters()
                .forEach(
                        pair -> {
                            if (pair.getKey().startsWith("running")) {
                                all.add(pair.getValue().getArray());
                            }
                        });
        return NDArrays.concat(all).toFloatArray();
    }
}
