package io.github.djlqat.extension.criteria;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.inference.Predictor;
import ai.djl.modality.Classifications;
import ai.djl.modality.cv.Image;
import ai.djl.modality.cv.ImageFactory;
import ai.djl.modality.cv.transform.ToTensor;
import ai.djl.modality.cv.translator.ImageClassificationTranslator;
import ai.djl.repository.zoo.Criteria;
import ai.djl.repository.zoo.ZooModel;
import io.github.djlqat.extension.Networks;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Translators of models that were quantized when they were loaded. */
class TranslatorTest {

    private static final List<String> CLASSES = List.of("left", "middle", "right");

    @TempDir Path folder;

    private static Criteria.Builder<Image, Classifications> criteria() {
        return Criteria.builder()
                .setTypes(Image.class, Classifications.class)
                .optModelName("net")
                .optTranslator(
                        ImageClassificationTranslator.builder()
                                .optFlag(Image.Flag.GRAYSCALE)
                                .addTransform(new ToTensor())
                                .optSynsetArtifactName("synset.txt")
                                .optApplySoftmax(true)
                                .build());
    }

    private static List<Image> images() {
        Random random = new Random(4);
        List<Image> images = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            int[] pixels = random.ints(64, 0, 256).map(grey -> grey * 0x10101).toArray();
            images.add(ImageFactory.getInstance().fromPixels(pixels, 8, 8));
        }
        return images;
    }

    private static void check(Criteria.Builder<Image, Classifications> criteria) throws Exception {
        try (ZooModel<Image, Classifications> plain = criteria.build().loadModel();
                ZooModel<Image, Classifications> quantized =
                        criteria.optOption("quantization", "int8-weight-only").build().loadModel();
                Predictor<Image, Classifications> before = plain.newPredictor();
                Predictor<Image, Classifications> after = quantized.newPredictor()) {
            List<Classifications> together = after.batchPredict(images());
            assertThat(together).hasSize(5);
            for (int i = 0; i < together.size(); i++) {
                Classifications alone = after.predict(images().get(i));
                assertThat(alone.getClassNames()).isEqualTo(CLASSES);
                assertThat(together.get(i).getProbabilities())
                        .usingElementComparator(
                                (a, b) -> Math.abs(a - b) <= 1e-6 ? 0 : Double.compare(a, b))
                        .isEqualTo(alone.getProbabilities());
                Classifications exact = before.predict(images().get(i));
                assertThat(exact.getClassNames()).isEqualTo(CLASSES);
                assertThat(alone.best().getClassName()).isEqualTo(exact.best().getClassName());
                assertThat(alone.best().getProbability())
                        .isNotEqualTo(exact.best().getProbability())
                        .isCloseTo(
                                exact.best().getProbability(),
                                org.assertj.core.api.Assertions.within(0.02));
            }
        }
    }

    @Test
    void aBlocksTranslatorReadsItsArtifactsAndBatches() throws Exception {
        Networks.save(folder, 1);
        Files.write(folder.resolve("synset.txt"), CLASSES);

        check(criteria().optModelPath(folder).optBlock(Networks.block()));
    }

    @Test
    void aTorchScriptModelsTranslatorReadsItsArtifactsAndBatches() throws Exception {
        Networks.saveTorchScript(folder.resolve("net.pt"), 1);
        Files.write(folder.resolve("synset.txt"), CLASSES);

        check(criteria().optModelPath(folder));
    }
}
