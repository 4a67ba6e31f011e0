package io.github.djlqat.mixedprecision.optimizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.MalformedModelException;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import ai.djl.training.GradientCollector;
import ai.djl.training.tracker.Tracker;
import io.github.djlqat.mixedprecision.checkpoint.Stateful;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class OptimizerStateTest {

    private NDManager manager;

    static Stream<Arguments> optimizers() {
        Tracker warmUp =
                Tracker.warmUp()
                        .setMainTracker(Tracker.fixed(0.05f))
                        .optWarmUpSteps(10)
                        .optWarmUpBeginValue(0.001f)
                        .build();
        return Stream.<Named<Supplier<StatefulOptimizer>>>of(
                        Named.of("SGD", () -> Sgd.builder().optLearningRateTracker(warmUp).build()),
                        Named.of(
                                "momentum",
                                () ->
                                        Sgd.builder()
                                                .optLearningRateTracker(warmUp)
                                                .optMomentum(0.9)
                                                .optNesterov(true)
                                                .build()),
                        Named.of(
                                "Adam",
                                () -> Adam.builder().optLearningRateTracker(warmUp).build()),
                        Named.of(
                                "AdamW",
                                () -> AdamW.builder().optLearningRateTracker(warmUp).build()))
                .map(Arguments::of);
    }

    @BeforeEach
    void open() {
        manager = NDManager.newBaseManager("PyTorch");
    }

    @AfterEach
    void close() {
        manager.close();
    }

    private Block block() {
        return Weights.block(
                NumberStream.array(manager, 1, 80, 64), NumberStream.array(manager, 2, 3, 5));
    }

    private void step(StatefulOptimizer optimizer, Block block, int step) {
        int i = 0;
        for (Parameter parameter : block.getParameters().values()) {
            NDArray weight = parameter.getArray();
            try (NDArray gradient =
                    NumberStream.array(manager, 10 * step + i++, weight.getShape().getShape())) {
                optimizer.update(parameter.getId(), weight, gradient);
            }
        }
    }

    private static byte[] save(Stateful state) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        state.saveState(new DataOutputStream(bytes));
        return bytes.toByteArray();
    }

    private static void load(Stateful state, byte[] bytes)
            throws IOException, MalformedModelException {
        state.readState(new DataInputStream(new ByteArrayInputStream(bytes))).run();
    }

    private static byte[] values(Block block) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        block.getParameters().values().forEach(p -> bytes.writeBytes(p.getArray().encode()));
        return bytes.toByteArray();
    }

    private static void copy(Block from, Block to) {
        for (int i = 0; i < from.getParameters().size(); i++) {
            from.getParameters()
                    .valueAt(i)
                    .getArray()
                    .copyTo(to.getParameters().valueAt(i).getArray());
        }
    }

    @ParameterizedTest
    @MethodSource("optimizers")
    void aLoadedStateContinuesToTheByte(Supplier<StatefulOptimizer> factory) throws Exception {
        Block block = block();
        Block resumed = block();
        byte[] state;
        byte[] later;
        try (StatefulOptimizer optimizer = factory.get()) {
            for (int step = 1; step <= 7; step++) {
                step(optimizer, block, step);
            }
            state = save(optimizer.stateOf(block));
            copy(block, resumed);
            for (int step = 8; step <= 15; step++) {
                step(optimizer, block, step);
            }
            later = save(optimizer.stateOf(block));
        }
        try (StatefulOptimizer optimizer = factory.get()) {
            load(optimizer.stateOf(resumed), state);
            assertThat(save(optimizer.stateOf(resumed))).isEqualTo(state);
            for (int step = 8; step <= 15; step++) {
                step(optimizer, resumed, step);
            }
            assertThat(optimizer.getNumUpdate()).isEqualTo(15);
            assertThat(save(optimizer.stateOf(resumed))).isEqualTo(later);
        }
        assertThat(values(resumed)).isEqualTo(values(block));
    }

    @ParameterizedTest
    @MethodSource("optimizers")
    void aStateThatEndsEarlyChangesNothing(Supplier<StatefulOptimizer> factory) throws Exception {
        Block block = block();
        try (StatefulOptimizer optimizer = factory.get()) {
            step(optimizer, block, 1);
            Stateful state = optimizer.stateOf(block);
            byte[] saved = save(state);
            for (int length = 0; length < saved.length; length += 1 + length / 7) {
                byte[] torn = Arrays.copyOf(saved, length);
                assertThatThrownBy(() -> load(state, torn))
                        .isInstanceOf(MalformedModelException.class);
            }
            assertThat(save(state)).isEqualTo(saved);
        }
    }

    @Test
    void aStateOfSomethingElseIsRefused() throws Exception {
        Block block = block();
        try (StatefulOptimizer adam = Adam.builder().build();
                StatefulOptimizer adamW = AdamW.builder().build()) {
            step(adam, block, 1);
            byte[] saved = save(adam.stateOf(block));
            assertThatThrownBy(() -> load(adamW.stateOf(block), saved))
                    .isInstanceOf(MalformedModelException.class)
                    .hasMessage("The state was saved by the optimizer Adam, this one is AdamW.");
            Block one = Weights.block(NumberStream.array(manager, 1, 80, 64));
            assertThatThrownBy(() -> load(adam.stateOf(one), saved))
                    .isInstanceOf(MalformedModelException.class)
                    .hasMessageContaining("parameter weight1, which the block has not");
            Block other =
                    Weights.block(
                            NumberStream.array(manager, 1, 80, 64),
                            NumberStream.array(manager, 1, 5, 3));
            assertThatThrownBy(() -> load(adam.stateOf(other), saved))
                    .isInstanceOf(MalformedModelException.class)
                    .hasMessageContaining("weight1 does not fit its shape (5, 3)");
        }
    }

    @Test
    void aStateIsNotUsedForWeightsThatWereNotLoadedWithIt() throws Exception {
        Block block = block();
        try (StatefulOptimizer adam = Adam.builder().build()) {
            step(adam, block, 1);
            Stateful state = adam.stateOf(block);
            load(state, save(state));
            Parameter parameter = block.getParameters().valueAt(0);
            NDArray stale = NumberStream.array(manager, 9, 80, 64);
            assertThatThrownBy(() -> adam.update(parameter.getId(), stale, stale.duplicate()))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("load checkpoints before the trainer is made");
        }
    }

    @ParameterizedTest
    @MethodSource("optimizers")
    void aStepMakesNoArrayThatOutlivesIt(Supplier<StatefulOptimizer> factory) {
        Block block = block();
        try (StatefulOptimizer optimizer = factory.get()) {
            NDArray weight = block.getParameters().valueAt(0).getArray();
            weight.setRequiresGradient(true);
            for (int step = 1; step <= 300; step++) {
                try (GradientCollector collector =
                        Engine.getEngine("PyTorch").newGradientCollector()) {
                    collector.backward(weight.mul(3).sum());
                }
                int before = arraysInTheProcess();
                step(optimizer, block, step);
                if (step > 1) {
                    assertThat(arraysInTheProcess()).isEqualTo(before);
                }
            }
        }
    }

    private int arraysInTheProcess() {
        return manager.getParentManager().getManagedArrays().size();
    }

    @Test
    void aGradientIsClearedWhateverItHolds() {
        NDArray weight = manager.create(new float[] {1, 2, 3});
        weight.setRequiresGradient(true);
        try (StatefulOptimizer sgd =
                Sgd.builder().optLearningRateTracker(Tracker.fixed(0.5f)).build()) {
            try (GradientCollector collector = Engine.getEngine("PyTorch").newGradientCollector()) {
                collector.backward(
                        weight.mul(manager.create(new float[] {Float.NaN, Float.MAX_VALUE, 1}))
                                .mul(4)
                                .sum());
            }
            assertThat(weight.getGradient().toFloatArray())
                    .containsExactly(Float.NaN, Float.POSITIVE_INFINITY, 4);
            sgd.update("w", weight, manager.create(new float[] {2, 0, -2}));
        }
        assertThat(weight.toFloatArray()).containsExactly(0, 2, 4);
        assertThat(weight.getGradient().toFloatArray()).containsExactly(0, 0, 0);
    }

    @Test
    void gradientsAreScaledAndThenClippedOnBothSides() {
        NDArray weight = manager.zeros(new Shape(3));
        try (StatefulOptimizer sgd =
                Sgd.builder()
                        .optLearningRateTracker(Tracker.fixed(1f))
                        .setRescaleGrad(0.5f)
                        .optClipGrad(2f)
                        .build()) {
            sgd.update("w", weight, manager.create(new float[] {-10, 3, 10}));
        }
        assertThat(weight.toFloatArray()).containsExactly(2, -1.5f, -2);
    }

    @Test
    void groupsHaveTheirOwnRateAndDecay() {
        Block block =
                Weights.block(
                        manager.ones(shape(2)), manager.ones(shape(2)), manager.ones(shape(2)));
        ParameterGroups groups =
                ParameterGroups.builder(block)
                        .addGroup(
                                ParameterGroup.NO_WEIGHT_DECAY.withLearningRateFactor(2),
                                (name, parameter) -> name.equals("weight1"))
                        .addGroup(
                                ParameterGroup.DEFAULT.withWeightDecay(0.25),
                                (name, parameter) -> !name.equals("weight0"))
                        .build();
        try (StatefulOptimizer sgd =
                Sgd.builder()
                        .optLearningRateTracker(Tracker.fixed(0.5f))
                        .optWeightDecays(1f)
                        .optParameterGroups(groups)
                        .build()) {
            for (Parameter parameter : block.getParameters().values()) {
                sgd.update(parameter.getId(), parameter.getArray(), manager.ones(shape(2)));
            }
            assertThatThrownBy(
                            () ->
                                    sgd.update(
                                            "other",
                                            manager.ones(shape(2)),
                                            manager.ones(shape(2))))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("make them after the block is complete");
        }
        assertThat(block.getParameters().valueAt(0).getArray().toFloatArray()).containsOnly(0);
        assertThat(block.getParameters().valueAt(1).getArray().toFloatArray()).containsOnly(0);
        assertThat(block.getParameters().valueAt(2).getArray().toFloatArray()).containsOnly(0.375f);
    }

    private static Shape shape(long... shape) {
        return new Shape(shape);
    }

    @Test
    void whatCannotBeTrainedIsRefused() {
        try (StatefulOptimizer adam = Adam.builder().build()) {
            NDArray weight = manager.ones(shape(2));
            assertThatThrownBy(() -> adam.update("a", weight, manager.ones(shape(3))))
                    .hasMessageContaining(
                            "The gradient has shape (3); it must have the weight's shape (2)");
            NDArray half = manager.ones(shape(2), DataType.FLOAT16);
            assertThatThrownBy(() -> adam.update("b", half, half))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("parameters are trained in float32");
        }
        assertThatThrownBy(() -> Adam.builder().optBeta1(1).build())
                .hasMessageContaining("is 1.0; it must be at least 0 and less than 1");
        assertThatThrownBy(
                        () ->
                                Sgd.builder()
                                        .optLearningRateTracker(Tracker.fixed(1f))
                                        .optNesterov(true)
                                        .build())
                .hasMessageContaining("Nesterov's momentum needs a momentum");
        assertThatThrownBy(() -> Sgd.builder().build()).hasMessageContaining("no learning rate");
        assertThatThrownBy(() -> ParameterGroup.DEFAULT.withWeightDecay(Double.NaN))
                .hasMessageContaining("weight decay is NaN");
    }

    @Test
    void theAverageOfTheWeightsIsSavedAndRefusesToMixWithTheWeights() throws Exception {
        Block block = block();
        try (WeightEma average = WeightEma.builder(block).optDecay(0.5).build();
                WeightEma loaded = WeightEma.builder(block).build()) {
            assertThatThrownBy(average::apply).hasMessageContaining("no average yet");
            average.update();
            block.getParameters().forEach(p -> p.getValue().getArray().muli(3));
            average.update();
            byte[] saved = save(average);
            try (WeightEma.Applied applied = average.apply()) {
                assertThatThrownBy(average::update).isInstanceOf(IllegalStateException.class);
                assertThatThrownBy(() -> save(average)).isInstanceOf(IllegalStateException.class);
            }
            load(loaded, saved);
            assertThat(save(loaded)).isEqualTo(saved);
            assertThatThrownBy(() -> load(loaded, Arrays.copyOf(saved, saved.length - 1)))
                    .isInstanceOf(MalformedModelException.class);
            NDList weights = new NDList();
            block.getParameters().forEach(p -> weights.add(p.getValue().getArray().duplicate()));
            try (WeightEma.Applied applied = loaded.apply()) {
                float[] means = block.getParameters().valueAt(1).getArray().toFloatArray();
                float[] last = weights.get(1).toFloatArray();
                for (int i = 0; i < means.length; i++) {
                    // The mean of the weight and three times the weight.
                    assertThat(means[i]).isEqualTo(last[i] / 3 * 2, within(1e-6f));
                }
            }
        }
    }
}
