package io.github.djlqat.fakequant;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.Model;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.SequentialBlock;
import ai.djl.training.DefaultTrainingConfig;
import ai.djl.training.GradientCollector;
import ai.djl.training.Trainer;
import ai.djl.training.loss.Loss;
import io.github.djlqat.recipe.Presets;
import java.io.IOException;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/**
 * Memory that the engine holds for nobody: counts of arrays do not see what is lost behind JNI, the
 * resident memory of the process does.
 */
@EnabledOnOs(OS.LINUX)
class ResidentMemoryTest {

    private static final Path STATUS = Path.of("/proc/self/status");
    private static final Shape INPUT = new Shape(1024, 4);
    private static final int WIDTH = 1024;

    /** The size of the hidden layer's output, 4 MiB. */
    private static final long ACTIVATION = INPUT.get(0) * WIDTH * Float.BYTES;

    private static final int WARM_UP = 6;
    private static final int LOOPS = 24;

    @Test
    void preparingTrainingAndConvertingKeepsTheProcessAsLargeAsItWas() throws Exception {
        growth(WARM_UP);
        touchYoungGeneration();
        // The allocator's heap still grows by a tenth or two of one.
        assertThat(growth(LOOPS)).isLessThan(0.6 * ACTIVATION);
    }

    /**
     * Returns by how many bytes the process grows in a loop: the median slope between two samples
     * (Theil and Sen), which the allocator's and the heap's jumps hardly move.
     */
    private static double growth(int loops) throws Exception {
        List<Long> samples = new ArrayList<>();
        for (int i = 0; i < loops; i++) {
            loop();
            samples.add(resident());
        }
        double[] slopes =
                IntStream.range(0, loops)
                        .boxed()
                        .flatMapToDouble(i -> slopes(samples, i))
                        .sorted()
                        .toArray();
        return slopes[slopes.length / 2];
    }

    /** Returns the slopes from the samples before one to it. */
    private static DoubleStream slopes(List<Long> samples, int i) {
        return IntStream.range(0, i)
                .mapToDouble(j -> (double) (samples.get(i) - samples.get(j)) / (i - j));
    }

    private static void loop() throws Exception {
        try (Model model = Model.newInstance("resident")) {
            NDManager manager = model.getNDManager();
            model.setBlock(
                    new SequentialBlock()
                            .add(TestBlocks.linear(WIDTH))
                            .add(Activation.reluBlock())
                            .add(TestBlocks.linear(8)));
            QuantizedBlock prepared = Quantization.prepare(model, Presets.named("int8"), INPUT);
            try (NDManager scope = manager.newSubManager()) {
                NDArray x = scope.ones(INPUT);
                Quantization.calibrate(prepared, manager, List.of(new NDList(x)));
            }
            try (Trainer trainer = model.newTrainer(new DefaultTrainingConfig(Loss.l2Loss()))) {
                trainer.initialize(INPUT);
                try (NDManager scope = manager.newSubManager();
                        GradientCollector collector = trainer.newGradientCollector()) {
                    NDList y = trainer.forward(new NDList(scope.ones(INPUT)));
                    collector.backward(y.head().square().mean());
                }
                trainer.step();
            }
            ConvertedModel converted = Quantization.convert(model);
            try (NDManager scope = manager.newSubManager()) {
                TestBlocks.eval(converted.block(), scope, scope.ones(new Shape(8, 4)))
                        .toFloatArray();
            }
        }
    }

    /** Has the heap take its pages, which belong to no loop, before anything is measured. */
    private static void touchYoungGeneration() {
        long before = collections();
        long touched = 0;
        while (collections() < before + 2) {
            touched += new byte[1 << 20].length;
        }
        assertThat(touched).isPositive();
    }

    private static long collections() {
        return ManagementFactory.getGarbageCollectorMXBeans().stream()
                .mapToLong(GarbageCollectorMXBean::getCollectionCount)
                .sum();
    }

    private static long resident() throws IOException {
        return Files.readAllLines(STATUS).stream()
                .filter(line -> line.startsWith("VmRSS:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) << 10)
                .findFirst()
                .orElseThrow();
    }
}
