package io.github.djlqat.safetensors;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.Model;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.core.Linear;
import ai.djl.nn.norm.BatchNorm;
import ai.djl.training.DefaultTrainingConfig;
import ai.djl.training.GradientCollector;
import ai.djl.training.ParameterStore;
import ai.djl.training.Trainer;
import ai.djl.training.initializer.Initializer;
import ai.djl.training.loss.Loss;
import ai.djl.training.optimizer.Optimizer;
import ai.djl.training.tracker.Tracker;
import ai.djl.util.PairList;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SafetensorsLoaderTest {

    private static final Map<String, String> NAMES =
            Map.of(
                    "fc1.weight", "01Linear_weight",
                    "fc1.bias", "01Linear_bias",
                    "bn.weight", "02BatchNorm_gamma",
                    "bn.bias", "02BatchNorm_beta",
                    "bn.running_mean", "02BatchNorm_runningMean",
                    "bn.running_var", "02BatchNorm_runningVar",
                    "fc2.weight", "04Linear_weight");

    @TempDir Path folder;

    private NDManager manager;

    @BeforeEach
    void openManager() {
        manager = NDManager.newBaseManager("PyTorch");
    }

    @AfterEach
    void closeManager() {
        manager.close();
    }

    private static SequentialBlock block() {
        return new SequentialBlock()
                .add(Linear.builder().setUnits(4).build())
                .add(BatchNorm.builder().build())
                .add(Activation.reluBlock())
                .add(Linear.builder().setUnits(2).optBias(false).build());
    }

    private SequentialBlock initialized() {
        SequentialBlock block = block();
        block.initialize(manager, DataType.FLOAT32, new Shape(1, 3));
        return block;
    }

    private static float[] ramp(int length, float start) {
        float[] values = new float[length];
        for (int i = 0; i < length; i++) {
            values[i] = start + i * 0.125f;
        }
        return values;
    }

    /** The tensors of a file that fits, to be changed by a test before they are written. */
    private static Map<String, SafetensorsWriter> fitting(Dtype dtype) {
        Map<String, SafetensorsWriter> tensors = new LinkedHashMap<>();
        tensors.put("fc1.weight", one("fc1.weight", dtype, new Shape(4, 3), ramp(12, -1)));
        tensors.put("fc1.bias", one("fc1.bias", dtype, new Shape(4), ramp(4, 2)));
        tensors.put("bn.weight", one("bn.weight", dtype, new Shape(4), ramp(4, 3)));
        tensors.put("bn.bias", one("bn.bias", dtype, new Shape(4), ramp(4, 4)));
        tensors.put("bn.running_mean", one("bn.running_mean", dtype, new Shape(4), ramp(4, 5)));
        tensors.put("bn.running_var", one("bn.running_var", dtype, new Shape(4), ramp(4, 6)));
        tensors.put("fc2.weight", one("fc2.weight", dtype, new Shape(2, 4), ramp(8, 7)));
        return tensors;
    }

    private static SafetensorsWriter one(String name, Dtype dtype, Shape shape, float[] values) {
        return new SafetensorsWriter().put(name, dtype, shape, values);
    }

    private SafetensorsFile file(Map<String, SafetensorsWriter> tensors) throws IOException {
        SafetensorsWriter all = new SafetensorsWriter();
        for (Map.Entry<String, SafetensorsWriter> tensor : tensors.entrySet()) {
            Path path = folder.resolve("part.safetensors");
            tensor.getValue().write(path);
            try (SafetensorsFile part = SafetensorsFile.open(path)) {
                TensorInfo info = part.info(tensor.getKey());
                ByteBuffer copy =
                        ByteBuffer.allocate((int) info.byteSize())
                                .put(part.bytes(info.name()))
                                .flip();
                all.put(info.name(), info.dtype(), info.shape(), copy);
            }
        }
        Path path = folder.resolve("all.safetensors");
        all.write(path);
        return SafetensorsFile.open(path);
    }

    private static Map<String, float[]> values(Block block) {
        Map<String, float[]> values = new HashMap<>();
        block.getParameters()
                .forEach(p -> values.put(p.getKey(), p.getValue().getArray().toFloatArray()));
        return values;
    }

    private static void checkFitted(Block block) {
        Map<String, float[]> values = values(block);
        assertThat(values).hasSize(7);
        assertThat(values.get("01Linear_weight")).isEqualTo(ramp(12, -1));
        assertThat(values.get("01Linear_bias")).isEqualTo(ramp(4, 2));
        assertThat(values.get("02BatchNorm_gamma")).isEqualTo(ramp(4, 3));
        assertThat(values.get("02BatchNorm_beta")).isEqualTo(ramp(4, 4));
        assertThat(values.get("02BatchNorm_runningMean")).isEqualTo(ramp(4, 5));
        assertThat(values.get("02BatchNorm_runningVar")).isEqualTo(ramp(4, 6));
        assertThat(values.get("04Linear_weight")).isEqualTo(ramp(8, 7));
    }

    private static SafetensorsLoader.Builder mapped() {
        return SafetensorsLoader.builder().optNameMap(NAMES);
    }

    private void refused(SafetensorsLoader loader, SafetensorsFile file, String... messages) {
        SequentialBlock block = initialized();
        Map<String, float[]> before = values(block);
        PairList<String, Parameter> parameters = block.getParameters();
        List<NDArray> arrays = parameters.values().stream().map(Parameter::getArray).toList();
        assertThatThrownBy(() -> loader.load(file, block, manager))
                .isInstanceOf(SafetensorsException.class)
                .hasMessageContaining(file.path().toString())
                .hasMessageContainingAll(messages);
        Map<String, float[]> after = values(block);
        before.forEach((name, value) -> assertThat(after.get(name)).as(name).isEqualTo(value));
        for (int i = 0; i < arrays.size(); i++) {
            assertThat(parameters.valueAt(i).getArray()).isSameAs(arrays.get(i));
        }
    }

    @Test
    void everyFloatingTypeGoesIntoAnInitializedBlockInPlace() throws IOException {
        for (Dtype dtype : new Dtype[] {Dtype.F32, Dtype.F64, Dtype.F16, Dtype.BF16}) {
            SequentialBlock block = initialized();
            NDArray weight = block.getParameters().get("01Linear_weight").getArray();
            try (SafetensorsFile file = file(fitting(dtype))) {
                LoadReport report = mapped().build().load(file, block, manager);
                assertThat(report.loaded()).isEqualTo(NAMES);
                assertThat(report.missing()).isEmpty();
                assertThat(report.surplus()).isEmpty();
            }
            checkFitted(block);
            assertThat(block.getParameters().get("01Linear_weight").getArray()).isSameAs(weight);
        }
    }

    @Test
    void aParameterWithAShapeAndNoArrayGetsOne() throws IOException {
        SequentialBlock trained = initialized();
        SequentialBlock block = initialized();
        block.getParameters().forEach(p -> p.getValue().close());
        assertThat(block.isInitialized()).isFalse();
        try (SafetensorsFile file = file(fitting(Dtype.BF16))) {
            mapped().build().load(file, block, manager);
            mapped().build().load(file, trained, manager);
        }
        checkFitted(block);
        NDList input = new NDList(manager.create(ramp(6, 0), new Shape(2, 3)));
        block.initialize(manager, DataType.FLOAT32, new Shape(1, 3));
        NDArray expected =
                trained.forward(new ParameterStore(manager, false), input, false)
                        .singletonOrThrow();
        NDArray found =
                block.forward(new ParameterStore(manager, false), input, false).singletonOrThrow();
        assertThat(found).isEqualTo(expected);
        assertThat(block.getParameters().get("01Linear_weight").getArray().hasGradient()).isTrue();
        assertThat(block.getParameters().get("02BatchNorm_runningMean").getArray().hasGradient())
                .isFalse();
    }

    @Test
    void aBlockWithoutShapesIsRefused() throws IOException {
        SequentialBlock block = block();
        try (SafetensorsFile file = file(fitting(Dtype.F32))) {
            assertThatThrownBy(() -> mapped().build().load(file, block, manager))
                    .isInstanceOf(SafetensorsException.class)
                    .hasMessageContainingAll(
                            "\"01Linear_weight\" has no shape yet", "initialize the block");
        }
        assertThat(block.isInitialized()).isFalse();
    }

    @Test
    void everythingThatDoesNotFitIsInOneException() throws IOException {
        Map<String, SafetensorsWriter> tensors = fitting(Dtype.F32);
        tensors.remove("fc1.bias");
        tensors.remove("bn.bias");
        tensors.put("extra", one("extra", Dtype.F32, new Shape(1), new float[1]));
        tensors.put("fc2.weight", one("fc2.weight", Dtype.F32, new Shape(4, 2), ramp(8, 0)));
        tensors.put(
                "bn.running_var",
                new SafetensorsWriter()
                        .put("bn.running_var", Dtype.I64, new Shape(4), ByteBuffer.allocate(32)));
        try (SafetensorsFile file = file(tensors)) {
            String[] always = {
                "tensor \"fc2.weight\" has shape (4, 2), parameter \"04Linear_weight\" has shape (2, 4)",
                "tensor \"bn.running_var\" is of I64, which does not go into parameter \"02BatchNorm_runningVar\" of float32"
            };
            refused(
                    mapped().build(),
                    file,
                    "missing: parameter \"01Linear_bias\" gets no tensor; the file lacks \"fc1.bias\"",
                    "missing: parameter \"02BatchNorm_beta\" gets no tensor; the file lacks \"bn.bias\"",
                    "surplus: tensor \"extra\" goes nowhere; it is mapped to no parameter",
                    always[0],
                    always[1]);
            refused(mapped().optAllowMissing(true).optAllowSurplus(true).build(), file, always);
        }
    }

    @Test
    void missingAndSurplusAreEachAllowedOnItsOwn() throws IOException {
        Map<String, SafetensorsWriter> tensors = fitting(Dtype.F32);
        tensors.remove("fc1.bias");
        tensors.put("extra", one("extra", Dtype.F32, new Shape(1), new float[1]));
        try (SafetensorsFile file = file(tensors)) {
            refused(mapped().optAllowMissing(true).build(), file, "surplus: tensor \"extra\"");
            refused(
                    mapped().optAllowSurplus(true).build(),
                    file,
                    "missing: parameter \"01Linear_bias\"");
            SequentialBlock block = initialized();
            float[] bias = block.getParameters().get("01Linear_bias").getArray().toFloatArray();
            LoadReport report =
                    mapped().optAllowMissing(true)
                            .optAllowSurplus(true)
                            .build()
                            .load(file, block, manager);
            assertThat(report.missing()).containsExactly("01Linear_bias");
            assertThat(report.surplus()).containsExactly("extra");
            assertThat(report.loaded()).hasSize(6);
            assertThat(block.getParameters().get("01Linear_bias").getArray().toFloatArray())
                    .isEqualTo(bias);
            assertThat(block.getParameters().get("04Linear_weight").getArray().toFloatArray())
                    .isEqualTo(ramp(8, 7));
        }
    }

    @Test
    void namesThatMeetOrLeadNowhereAreRefused() throws IOException {
        Map<String, SafetensorsWriter> tensors = fitting(Dtype.F32);
        try (SafetensorsFile file = file(tensors)) {
            Map<String, String> wrong = new HashMap<>(NAMES);
            wrong.put("bn.bias", "02BatchNorm_gamma");
            wrong.put("fc1.bias", "01Linear_bais");
            refused(
                    SafetensorsLoader.builder().optNameMapper(wrong::get).build(),
                    file,
                    "\"bn.bias\"",
                    "both go to parameter \"02BatchNorm_gamma\" and differ",
                    "tensor \"fc1.bias\" goes nowhere; the block has no parameter \"01Linear_bais\"",
                    "missing: parameter \"02BatchNorm_beta\"");
        }
    }

    @Test
    void aSharedLayerTakesOneTensorOrTwoEqualOnes() throws IOException {
        Linear shared = Linear.builder().setUnits(3).optBias(false).build();
        SequentialBlock block = new SequentialBlock().add(shared).add(shared);
        block.initialize(manager, DataType.FLOAT32, new Shape(1, 3));
        Path path = folder.resolve("shared.safetensors");
        new SafetensorsWriter().put("01Linear_weight", new Shape(3, 3), ramp(9, 1)).write(path);
        try (SafetensorsFile file = SafetensorsFile.open(path)) {
            assertThat(SafetensorsLoader.builder().build().load(file, block, manager).missing())
                    .isEmpty();
        }
        assertThat(shared.getParameters().get("weight").getArray().toFloatArray())
                .isEqualTo(ramp(9, 1));
        for (float start : new float[] {2, 3}) {
            new SafetensorsWriter()
                    .put("01Linear_weight", new Shape(3, 3), ramp(9, 2))
                    .put("02Linear_weight", new Shape(3, 3), ramp(9, start))
                    .write(path);
            try (SafetensorsFile file = SafetensorsFile.open(path)) {
                if (start == 2) {
                    assertThat(
                                    SafetensorsLoader.builder()
                                            .build()
                                            .load(file, block, manager)
                                            .loaded())
                            .hasSize(2);
                } else {
                    assertThatThrownBy(
                                    () ->
                                            SafetensorsLoader.builder()
                                                    .build()
                                                    .load(file, block, manager))
                            .hasMessageContainingAll(
                                    "01Linear_weight", "02Linear_weight", "differ");
                }
            }
            assertThat(shared.getParameters().get("weight").getArray().toFloatArray())
                    .isEqualTo(ramp(9, 2));
        }
        SafetensorsLoader.save(block, path);
        try (SafetensorsFile file = SafetensorsFile.open(path)) {
            assertThat(file.names()).containsExactly("01Linear_weight");
        }
    }

    @Test
    void aTrainerGoesOnWithLoadedValues() throws IOException {
        try (Model model = Model.newInstance("net", Engine.getDefaultEngineName());
                SafetensorsFile file = file(fitting(Dtype.F32))) {
            SequentialBlock block = block();
            model.setBlock(block);
            Optimizer sgd = Optimizer.sgd().setLearningRateTracker(Tracker.fixed(0.5f)).build();
            DefaultTrainingConfig config =
                    new DefaultTrainingConfig(Loss.l2Loss())
                            .optOptimizer(sgd)
                            .optInitializer(Initializer.ONES, p -> true);
            try (Trainer trainer = model.newTrainer(config)) {
                trainer.initialize(new Shape(2, 3));
                step(trainer);
                mapped().build().load(file, block, model.getNDManager());
                checkFitted(block);
                NDArray weight = block.getParameters().get("04Linear_weight").getArray();
                float[] gradient = step(trainer);
                assertThat(gradient).hasSize(8);
                assertThat(gradient[0]).isNotZero();
                float[] expected = ramp(8, 7);
                for (int i = 0; i < expected.length; i++) {
                    expected[i] -= 0.5f * gradient[i];
                }
                assertThat(weight.toFloatArray()).containsExactly(expected, Offset.offset(1e-4f));
            }
        }
    }

    /** One step on a fixed batch of 2; the gradient of the last weight. */
    private static float[] step(Trainer trainer) {
        try (NDManager manager = trainer.getManager().newSubManager()) {
            NDArray input = manager.create(new float[] {1, 2, 3, -1, 0, 4}, new Shape(2, 3));
            NDArray labels = manager.create(new float[] {1, 0, 0, 1}, new Shape(2, 2));
            NDArray weight =
                    trainer.getModel().getBlock().getParameters().get("04Linear_weight").getArray();
            try (GradientCollector collector = trainer.newGradientCollector()) {
                NDList output = trainer.forward(new NDList(input));
                collector.backward(trainer.getLoss().evaluate(new NDList(labels), output));
            }
            float[] gradient = weight.getGradient().toFloatArray();
            trainer.step();
            return gradient;
        }
    }

    @Test
    void aSavedBlockIsLoadedUnderItsOwnOrOtherNames() throws IOException {
        SequentialBlock block = initialized();
        Path own = folder.resolve("own.safetensors");
        Path other = folder.resolve("other.safetensors");
        SafetensorsLoader.save(block, own);
        SafetensorsLoader.save(block, other, NAMES);
        Map<String, float[]> saved = values(block);
        for (Path path : List.of(own, other)) {
            SequentialBlock fresh = initialized();
            try (SafetensorsFile file = SafetensorsFile.open(path)) {
                SafetensorsLoader loader =
                        path == own ? SafetensorsLoader.builder().build() : mapped().build();
                loader.load(file, fresh, manager);
            }
            Map<String, float[]> loaded = values(fresh);
            saved.forEach((name, value) -> assertThat(loaded.get(name)).as(name).isEqualTo(value));
        }
    }

    @Test
    void aSaveThatLeavesOutAParameterWritesNothing() {
        Map<String, String> names = new HashMap<>(NAMES);
        names.remove("bn.bias");
        names.put("fc2.weight", "05Linear_weight");
        Path path = folder.resolve("none.safetensors");
        assertThatThrownBy(() -> SafetensorsLoader.save(initialized(), path, names))
                .isInstanceOf(SafetensorsException.class)
                .hasMessageContainingAll(
                        "no parameter \"05Linear_weight\"",
                        "mapped to parameter \"02BatchNorm_beta\"",
                        "mapped to parameter \"04Linear_weight\"");
        assertThatThrownBy(() -> SafetensorsLoader.save(block(), path))
                .isInstanceOf(SafetensorsException.class)
                .hasMessageContaining("\"01Linear_weight\" is not initialized");
        assertThat(Files.exists(path)).isFalse();
    }

    @Test
    void theWeightsOfResNet20AreRead() throws IOException {
        Path path = Path.of("..", "..", "..", "shared", "data", "resnet20", "resnet20.safetensors");
        Assumptions.assumeTrue(Files.exists(path), "The weights of ResNet-20 are not here.");
        try (SafetensorsFile file = SafetensorsFile.open(path)) {
            assertThat(file.names())
                    .hasSize(97)
                    .startsWith("conv1.weight", "bn1.weight", "bn1.bias")
                    .contains("layer3.2.conv2.weight");
            assertThat(file.info("conv1.weight").shape()).isEqualTo(new Shape(16, 3, 3, 3));
            assertThat(file.info("linear.weight").shape()).isEqualTo(new Shape(10, 64));
            long elements = 0;
            for (String name : file.names()) {
                assertThat(file.info(name).dtype()).isEqualTo(Dtype.F32);
                elements += file.info(name).elements();
                for (float value : file.floats(name)) {
                    assertThat(Float.isFinite(value)).as(name).isTrue();
                }
            }
            assertThat(elements).isEqualTo(1_084_392 / 4);
        }
    }
}
