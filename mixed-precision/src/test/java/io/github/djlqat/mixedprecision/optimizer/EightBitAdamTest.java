package io.github.djlqat.mixedprecision.optimizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.training.GradientCollector;
import ai.djl.training.tracker.Tracker;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.djlqat.block.DynamicMap;
import io.github.djlqat.kernel.Kernels;
import io.github.djlqat.kernel.NDArrayKernels;
import io.github.djlqat.kernel.TorchScriptKernels;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class EightBitAdamTest {

    private NDManager manager;

    @BeforeEach
    void open() {
        manager = NDManager.newBaseManager("PyTorch");
    }

    @AfterEach
    void close() {
        manager.close();
    }

    private static JsonNode golden() throws IOException {
        try (InputStream in = EightBitAdamTest.class.getResourceAsStream("goldens.json")) {
            return new ObjectMapper().readTree(in).get("eight_bit");
        }
    }

    private static void assertMap(float[] actual, JsonNode expected) {
        assertThat(actual).hasSize(256);
        for (int i = 0; i < 256; i++) {
            assertThat(actual[i]).isEqualTo((float) expected.get(i).asDouble());
        }
    }

    @Test
    void theMapsAreThoseOfBitsandbytes() throws IOException {
        assertMap(DynamicMap.SIGNED.values(), golden().get("maps").get(0));
        assertMap(DynamicMap.UNSIGNED.values(), golden().get("maps").get(1));
    }

    private NDArray gradient(int step, int size) {
        NDArray x = NumberStream.array(manager, 400 + step, size);
        return x.mul(x).mul(x);
    }

    private NDList start(EightBitRule rule, int size) {
        NDList inputs = new NDList(NumberStream.array(manager, 1, size), gradient(1, size));
        rule.slots(new Shape(size))
                .forEach(s -> inputs.add(manager.zeros(s.shape(), s.dataType())));
        return inputs;
    }

    private void follow(Kernels kernels, EightBitRule rule, NDList inputs, int steps, double rate) {
        Shape shape = inputs.get(0).getShape();
        for (int step = 1; step <= steps; step++) {
            inputs.set(1, gradient(step, (int) shape.size()));
            StepContext context = new StepContext(step, rate, 0, 1, -1);
            kernels.run(manager, rule.kernel(context, shape), inputs);
        }
    }

    private static final EightBitRule RULE =
            new EightBitRule(new AdamRule(0.9, 0.999, 1e-8, false), 4096);

    @Test
    void stepsAreThoseOfTheBlockWiseReference() throws IOException {
        JsonNode golden = golden();
        NDList inputs = start(RULE, golden.get("size").asInt());
        try (Kernels kernels = new TorchScriptKernels(manager)) {
            follow(
                    kernels,
                    RULE,
                    inputs,
                    golden.get("steps").asInt(),
                    (float) golden.get("lr").asDouble());
        }
        float[] weight = inputs.get(0).toFloatArray();
        for (int i = 0; i < golden.get("weight").size(); i++) {
            assertThat((double) weight[125 * i])
                    .isCloseTo(golden.get("weight").get(i).asDouble(), within(1e-6));
        }
        for (int moment = 0; moment < 2; moment++) {
            int[] codes = inputs.get(2 + 2 * moment).toUint8Array();
            JsonNode expected = golden.get("codes").get(moment);
            for (int i = 0; i < expected.size(); i++) {
                assertThat(codes[29 * i]).isEqualTo(expected.get(i).asInt());
            }
            float[] scales = inputs.get(3 + 2 * moment).toFloatArray();
            for (int i = 0; i < scales.length; i++) {
                double scale = golden.get("scales").get(moment).get(i).asDouble();
                assertThat((double) scales[i]).isCloseTo(scale, within(1e-6 * scale));
            }
        }
    }

    @Test
    void computesTheSameInPlainArrayOperations() {
        int size = 4999;
        NDList fast = start(RULE, size);
        NDList plain = start(RULE, size);
        try (Kernels script = new TorchScriptKernels(manager);
                Kernels arrays = new NDArrayKernels()) {
            follow(script, RULE, fast, 4, 0.01);
            follow(arrays, RULE, plain, 4, 0.01);
        }
        float[] a = fast.get(0).toFloatArray();
        float[] b = plain.get(0).toFloatArray();
        int different = 0;
        for (int i = 0; i < size; i++) {
            different += Math.abs(a[i] - b[i]) > 1e-6 ? 1 : 0;
        }
        // A value in the middle of two codes may round either way by its last bit.
        assertThat(different).isLessThanOrEqualTo(size / 1000);
    }

    @Test
    void zerosStayZerosAndNegativeMomentsStayNegative() {
        NDList inputs = start(RULE, 4096);
        try (Kernels kernels = new TorchScriptKernels(manager)) {
            float[] gradient = new float[4096];
            gradient[0] = 1;
            gradient[1] = -1e-9f;
            gradient[2] = 1e-9f;
            inputs.set(1, manager.create(gradient));
            NDArray before = inputs.get(0).duplicate();
            StepContext context = new StepContext(1, 0.01, 0, 1, -1);
            kernels.run(manager, RULE.kernel(context, new Shape(4096)), inputs);
            int[] codes = inputs.get(2).toUint8Array();
            assertThat(codes[0]).isEqualTo(255);
            assertThat(codes[1]).isEqualTo(126);
            assertThat(codes[2]).isEqualTo(127);
            assertThat(codes[3]).isEqualTo(127);
            assertThat(inputs.get(3).toFloatArray()[1]).isZero();
            assertThat(inputs.get(0).get("3:").contentEquals(before.get("3:"))).isTrue();
        }
    }

    @Test
    void theStateTakesAQuarterOfTheMemory() {
        NDArray weight = NumberStream.array(manager, 3, 300, 1000);
        NDArray small = NumberStream.array(manager, 3, 4095);
        try (StatefulOptimizer adam = Adam.builder().build();
                StatefulOptimizer adam8bit = Adam8bit.builder().build()) {
            adam.update("weight", weight, weight.duplicate());
            adam8bit.update("weight", weight, weight.duplicate());
            assertThat(adam.getStateBytes()).isEqualTo(8 * 300_000);
            // 1,172 blocks of two codes for each value and two scales.
            assertThat(adam8bit.getStateBytes()).isEqualTo(1172 * (2 * 256 + 2 * 4));
            assertThat(adam8bit.getStateBytes() / (double) adam.getStateBytes()).isLessThan(0.27);
            long before = adam8bit.getStateBytes();
            adam8bit.update("small", small, small.duplicate());
            assertThat(adam8bit.getStateBytes() - before).isEqualTo(8 * 4095);
        }
    }

    private float lossAfter(StatefulOptimizer optimizer, int steps) {
        NDArray weight = NumberStream.array(manager, 5, 64, 96).mul(0.1f);
        weight.setRequiresGradient(true);
        NDArray target = NumberStream.array(manager, 6, 64, 96);
        float last = 0;
        for (int step = 0; step < steps; step++) {
            NDArray x = NumberStream.array(manager, 1000 + step % 10, 128, 96);
            NDArray loss;
            try (GradientCollector collector = Engine.getEngine("PyTorch").newGradientCollector()) {
                loss = x.matMul(weight.sub(target).transpose()).square().mean();
                collector.backward(loss);
            }
            try (NDArray gradient = weight.getGradient().duplicate()) {
                optimizer.update("weight", weight, gradient);
            }
            last = loss.getFloat();
        }
        return last;
    }

    @Test
    void itLearnsAsAdamDoes() {
        Tracker rate = Tracker.factor().setBaseValue(0.1f).setFactor(0.985f).build();
        try (StatefulOptimizer none = Adam.builder().build();
                StatefulOptimizer adam = Adam.builder().optLearningRateTracker(rate).build();
                StatefulOptimizer adam8bit =
                        Adam8bit.builder().optLearningRateTracker(rate).build()) {
            float start = lossAfter(none, 1);
            float adamLoss = lossAfter(adam, 300);
            float adam8bitLoss = lossAfter(adam8bit, 300);
            assertThat(adamLoss).isLessThan(start / 1000);
            assertThat(adam8bitLoss).isLessThan(start / 1000);
        }
    }

    @Test
    void itsStateContinuesToTheByte() throws Exception {
        NDArray weight = NumberStream.array(manager, 1, 70, 70);
        NDArray resumed = weight.duplicate();
        Block block = Weights.block(weight);
        Block other = Weights.block(resumed);
        String id = block.getParameters().valueAt(0).getId();
        String otherId = other.getParameters().valueAt(0).getId();
        try (StatefulOptimizer first = AdamW8bit.builder().build();
                StatefulOptimizer second = AdamW8bit.builder().build()) {
            first.update(id, weight, gradient(1, 4900).reshape(70, 70));
            weight.copyTo(resumed);
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            first.stateOf(block).saveState(new DataOutputStream(bytes));
            second.stateOf(other)
                    .readState(new DataInputStream(new ByteArrayInputStream(bytes.toByteArray())))
                    .run();
            for (int step = 2; step < 6; step++) {
                first.update(id, weight, gradient(step, 4900).reshape(70, 70));
                second.update(otherId, resumed, gradient(step, 4900).reshape(70, 70));
            }
        }
        assertThat(resumed.encode()).isEqualTo(weight.encode());
        assertThat(weight.getDataType()).isEqualTo(DataType.FLOAT32);
    }
}
