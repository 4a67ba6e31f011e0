package io.github.djlqat.torchscript.lift;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.MalformedModelException;
import ai.djl.Model;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.training.ParameterStore;
import io.github.djlqat.torchscript.TestModels;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvFileSource;

/** Lifted networks compute what DJL's engine computes when it runs the archive itself. */
class TorchScriptLifterTest {

    /** Of the output's range; fused operations are composed in another order. */
    private static final double TOLERANCE = 1e-6;

    @ParameterizedTest(name = "{0}")
    @CsvFileSource(resources = "/lift/models.csv")
    void liftedModelsComputeWhatTheEngineDoes(String name, String inputs)
            throws IOException, MalformedModelException {
        Path path = TestModels.resource("/lift").resolve(name + ".pt");
        try (NDManager manager = Engine.getEngine("PyTorch").newBaseManager();
                Model model = Model.newInstance(name, "PyTorch")) {
            model.load(path);
            Block lifted = TorchScriptLifter.create().lift(path, manager);
            for (int batch : new int[] {2, 3}) {
                NDList data = inputs(manager, inputs, batch);
                NDList expected =
                        model.getBlock().forward(new ParameterStore(manager, false), data, false);
                NDList found = lifted.forward(new ParameterStore(manager, false), data, false);
                assertThat(found.getShapes()).as("batch %d", batch).isEqualTo(expected.getShapes());
                for (int i = 0; i < expected.size(); i++) {
                    assertThat(difference(expected.get(i), found.get(i)))
                            .as("output %d, batch %d", i, batch)
                            .isLessThanOrEqualTo(TOLERANCE);
                }
            }
        }
    }

    static NDList inputs(NDManager manager, String inputs, long batch) {
        Random random = new Random(17 + batch);
        NDList list = new NDList();
        for (String input : inputs.split(";")) {
            String[] words = input.split(" ");
            Shape shape = new Shape(batch);
            for (String size : Arrays.copyOfRange(words, 1, words.length)) {
                shape = shape.add(Long.parseLong(size));
            }
            int size = Math.toIntExact(shape.size());
            if (words[0].equals("indices")) {
                list.add(manager.create(random.longs(size, 0, 20).toArray(), shape));
            } else {
                float[] values = new float[size];
                for (int i = 0; i < size; i++) {
                    values[i] = (float) random.nextGaussian();
                }
                list.add(manager.create(values, shape));
            }
        }
        return list;
    }

    /** The largest difference in relation to the largest value. */
    static double difference(NDArray expected, NDArray found) {
        assertThat(found.getDataType()).isEqualTo(expected.getDataType());
        float[] a = expected.toType(DataType.FLOAT32, true).toFloatArray();
        float[] b = found.toType(DataType.FLOAT32, true).toFloatArray();
        double range = Double.MIN_NORMAL;
        double worst = 0;
        for (int i = 0; i < a.length; i++) {
            range = Math.max(range, Math.abs(a[i]));
            worst = Math.max(worst, Float.compare(a[i], b[i]) == 0 ? 0 : Math.abs(a[i] - b[i]));
            assertThat(Float.isFinite(b[i])).isEqualTo(Float.isFinite(a[i]));
        }
        return worst / range;
    }
}
