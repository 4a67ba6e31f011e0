package io.github.djlqat.samples.common.training;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Blocks;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.core.Linear;
import ai.djl.translate.TranslateException;
import io.github.djlqat.samples.common.data.Digits;
import io.github.djlqat.samples.common.data.ImageBatches;
import io.github.djlqat.samples.common.data.ImageSet;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class EvaluationTest {

    private static ImageBatches batches(ImageSet images) {
        return ImageBatches.builder()
                .setImages(images)
                .setNormalization(Digits.normalization())
                .setSampling(64, false)
                .build();
    }

    @Test
    void countsWhatAClassifierGetsRight() throws IOException, TranslateException {
        ImageSet images = Digits.load().take(150);
        int zeros = 0;
        for (int i = 0; i < images.size(); i++) {
            zeros += images.label(i) == 0 ? 1 : 0;
        }
        Evaluation evaluation =
                Evaluation.of(
                        input -> {
                            NDArray logits =
                                    input.getManager()
                                            .zeros(new Shape(input.getShape().get(0), 10));
                            logits.set(new NDIndex(":, 0"), 1f);
                            return logits;
                        },
                        batches(images));
        assertThat(evaluation).isEqualTo(new Evaluation(zeros, 150));
        assertThat(evaluation.accuracy()).isEqualTo(zeros / 150.0);
    }

    @Test
    void leavesNoArraysWithTheBlock() throws IOException, TranslateException {
        try (NDManager manager = NDManager.newBaseManager()) {
            SequentialBlock block = new SequentialBlock();
            block.add(Blocks.batchFlattenBlock()).add(Linear.builder().setUnits(10).build());
            block.initialize(manager, DataType.FLOAT32, new Shape(1, 1, 8, 8));
            int before = manager.getManagedArrays().size();
            List<NDArray> inputs = new ArrayList<>();
            Evaluation evaluation =
                    Evaluation.of(
                            input -> {
                                inputs.add(input);
                                return Evaluation.logits(block).apply(input);
                            },
                            batches(Digits.load().take(200)));
            assertThat(evaluation.total()).isEqualTo(200);
            assertThat(inputs)
                    .hasSize(4)
                    .allSatisfy(input -> assertThat(input.isReleased()).isTrue());
            assertThat(manager.getManagedArrays()).hasSize(before);
        }
    }
}
