package io.github.djlqat.mixedprecision;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import ai.djl.Model;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.AbstractBlock;
import ai.djl.nn.LambdaBlock;
import ai.djl.nn.Parameter;
import ai.djl.training.GradientCollector;
import ai.djl.training.ParameterStore;
import ai.djl.training.loss.Loss;
import ai.djl.training.optimizer.Optimizer;
import ai.djl.training.tracker.Tracker;
import ai.djl.util.PairList;
import java.util.Random;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a model casts by itself, and a weight that is cast in several ways. */
class ModelCastsTest {

    private static final Shape SHAPE = new Shape(4, 4);

    private static float[] forward(NDManager manager, UnaryOperator<NDArray> op, NDArray x) {
        LambdaBlock block = new LambdaBlock(list -> new NDList(op.apply(list.head())));
        try (AutocastBlock autocast =
                new AutocastBlock(block, Autocast.of(Precision.BFLOAT16), manager)) {
            return autocast.forward(new ParameterStore(manager, false), new NDList(x), true)
                    .head()
                    .toFloatArray();
        }
    }

    @Test
    void aCastToBfloat16RoundsAndOneToSingleKeepsWhatFollowsSingle() {
        try (NDManager manager = NDManager.newBaseManager("PyTorch")) {
            NDArray x = Training.random(manager, 1, SHAPE);
            float[] values = x.toFloatArray();
            float[] rounded = forward(manager, a -> a.toType(DataType.BFLOAT16, false), x);
            float[] single =
                    forward(
                            manager,
                            a ->
                                    a.toType(DataType.BFLOAT16, false)
                                            .toType(DataType.FLOAT32, false)
                                            .mul(1 + 0x1p-12f),
                            x);
            for (int i = 0; i < values.length; i++) {
                float expected = bfloat16(values[i]);
                assertThat(rounded[i]).isEqualTo(expected);
                assertThat(single[i]).isEqualTo(expected * (1 + 0x1p-12f));
            }
        }
    }

    private static float bfloat16(float value) {
        int bits = Float.floatToRawIntBits(value);
        return Float.intBitsToFloat((bits + 0x7FFF + (bits >>> 16 & 1)) & 0xFFFF0000);
    }

    @Test
    void aCastPassesTheGradientOn() {
        try (NDManager manager = NDManager.newBaseManager("PyTorch")) {
            NDArray x = Training.random(manager, 2, SHAPE);
            x.setRequiresGradient(true);
            LambdaBlock block =
                    new LambdaBlock(
                            list -> new NDList(list.head().toType(DataType.BFLOAT16, true).mul(3)));
            try (AutocastBlock autocast =
                            new AutocastBlock(block, Autocast.of(Precision.BFLOAT16), manager);
                    GradientCollector collector = manager.getEngine().newGradientCollector()) {
                NDList y =
                        autocast.forward(new ParameterStore(manager, false), new NDList(x), true);
                collector.backward(y.head().sum());
            }
            assertThat(x.getGradient().toFloatArray()).containsOnly(3);
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = DataType.class,
            names = {"INT16", "UINT16", "UINT32", "UINT64", "STRING", "UNKNOWN"})
    void typesThatTheEngineCannotHoldAreRefused(DataType type) {
        try (NDManager manager = NDManager.newBaseManager("PyTorch")) {
            NDArray x = Training.random(manager, 3, SHAPE);
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> forward(manager, a -> a.toType(type, false), x))
                    .withMessageContaining("toType is asked for an array of " + type)
                    .withMessageContaining("legal are");
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> forward(manager, a -> a.getManager().zeros(SHAPE, type), x))
                    .withMessageContaining("zeros");
        }
    }

    /** One weight, which a native kernel multiplies by, and an operation that has none. */
    private static final class TwoWays extends AbstractBlock {

        private final Parameter weight =
                addParameter(
                        Parameter.builder()
                                .setName("weight")
                                .setType(Parameter.Type.WEIGHT)
                                .optShape(SHAPE)
                                .build());

        @Override
        protected NDList forwardInternal(
                ParameterStore store,
                NDList inputs,
                boolean training,
                PairList<String, Object> params) {
            NDArray x = inputs.head();
            NDArray w = store.getValue(weight, x.getDevice(), training);
            return new NDList(x.matMul(w).dot(w));
        }

        @Override
        public Shape[] getOutputShapes(Shape[] inputShapes) {
            return inputShapes;
        }
    }

    @Test
    void aWeightHasACopyForEachWayItIsCast() {
        MixedPrecision settings =
                MixedPrecision.builder()
                        .optAutocast(
                                Autocast.builder()
                                        .setPrecision(Precision.BFLOAT16)
                                        .optComputation(Computation.NATIVE)
                                        .build())
                        .build();
        Optimizer sgd = Optimizer.sgd().setLearningRateTracker(Tracker.fixed(0.01f)).build();
        try (Model model = Training.model(new TwoWays());
                MixedPrecisionTrainer trainer =
                        new MixedPrecisionTrainer(
                                model, Training.config(Loss.l2Loss(), sgd), settings)) {
            Training.initialize(trainer, 4, SHAPE);
            float[] data = Training.normal(new Random(5), 16, 1);
            float first = 0;
            float last = 0;
            for (int i = 0; i < 20; i++) {
                last = Training.batch(trainer, data, SHAPE, new float[16], SHAPE);
                assertThat(trainer.weightCopies()).hasSize(2);
                trainer.step();
                assertThat(trainer.weightCopies()).isEmpty();
                first = i == 0 ? last : first;
            }
            assertThat(last).isLessThan(first);
        }
    }
}
