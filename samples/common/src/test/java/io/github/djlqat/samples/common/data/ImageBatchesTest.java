package io.github.djlqat.samples.common.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.dataset.Batch;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ImageBatchesTest {

    private static final Normalization TWO_CHANNELS =
            Normalization.of(255, new double[] {0.4, 0.5}, new double[] {0.2, 0.25});

    /**
     * Images whose label is their number and whose pixels are random but for the first, their
     * number.
     */
    private static ImageSet images(int count, int channels, int height, int width, long seed) {
        byte[] pixels = new byte[count * channels * height * width];
        byte[] labels = new byte[count];
        new Random(seed).nextBytes(pixels);
        for (int i = 0; i < count; i++) {
            labels[i] = (byte) i;
            pixels[i * channels * height * width] = (byte) i;
        }
        return new ImageSet(channels, height, width, 128, pixels, labels);
    }

    private static List<Long> labels(ImageBatches batches, NDManager manager) {
        List<Long> all = new ArrayList<>();
        for (Batch batch : batches.getData(manager)) {
            try (batch) {
                for (long label : batch.getLabels().head().toLongArray()) {
                    all.add(label);
                }
            }
        }
        return all;
    }

    private static List<Float> pixels(ImageBatches batches, NDManager manager) {
        List<Float> all = new ArrayList<>();
        for (Batch batch : batches.getData(manager)) {
            try (batch) {
                for (float value : batch.getData().head().toFloatArray()) {
                    all.add(value);
                }
            }
        }
        return all;
    }

    private static ImageBatches.Builder builder(ImageSet images) {
        return ImageBatches.builder().setImages(images).setNormalization(TWO_CHANNELS);
    }

    @Test
    void withoutShufflingBatchesFollowTheImagesAndAreNormalized() {
        ImageSet images = images(7, 2, 3, 5, 1);
        ImageBatches batches = builder(images).setSampling(3, false).build();
        assertThat(batches.batches()).isEqualTo(3);
        try (NDManager manager = NDManager.newBaseManager()) {
            int next = 0;
            for (Batch batch : batches.getData(manager)) {
                try (batch) {
                    NDArray data = batch.getData().singletonOrThrow();
                    NDArray label = batch.getLabels().singletonOrThrow();
                    int size = Math.min(3, 7 - next);
                    assertThat(batch.getSize()).isEqualTo(size);
                    assertThat(data.getShape()).isEqualTo(new Shape(size, 2, 3, 5));
                    assertThat(data.getDataType()).isEqualTo(DataType.FLOAT32);
                    assertThat(label.getShape()).isEqualTo(new Shape(size));
                    for (int i = 0; i < size; i++, next++) {
                        assertThat(label.getLong(i)).isEqualTo(next);
                        float expected = (images.pixel(next, 1, 2, 4) / 255f - 0.5f) / 0.25f;
                        assertThat(data.getFloat(i, 1, 2, 4)).isEqualTo(expected);
                    }
                }
            }
            assertThat(next).isEqualTo(7);
            assertThat(manager.getManagedArrays()).isEmpty();
        }
    }

    @Test
    void eachEpochHasItsOwnOrderAndTheSeedDecidesThemAll() {
        ImageSet images = images(100, 2, 2, 2, 1);
        try (NDManager manager = NDManager.newBaseManager()) {
            ImageBatches one = builder(images).setSampling(32, true).optSeed(5).build();
            ImageBatches same = builder(images).setSampling(32, true).optSeed(5).build();
            ImageBatches other = builder(images).setSampling(32, true).optSeed(6).build();
            List<Long> first = labels(one, manager);
            List<Long> second = labels(one, manager);
            assertThat(new TreeSet<>(first)).hasSize(100);
            assertThat(new TreeSet<>(second)).hasSize(100);
            assertThat(second).isNotEqualTo(first);
            assertThat(labels(same, manager)).isEqualTo(first);
            assertThat(labels(same, manager)).isEqualTo(second);
            assertThat(labels(other, manager)).isNotEqualTo(first);
        }
    }

    @Test
    void anEpochIteratedTwiceGivesTheSameBatches() {
        ImageBatches batches =
                builder(images(20, 2, 4, 4, 1))
                        .setSampling(8, true)
                        .optAugmentation(new Augmentation(2, true))
                        .build();
        try (NDManager manager = NDManager.newBaseManager()) {
            Iterable<Batch> epoch = batches.getData(manager);
            List<float[]> found = new ArrayList<>();
            for (int pass = 0; pass < 2; pass++) {
                Batch batch = epoch.iterator().next();
                found.add(batch.getData().head().toFloatArray());
                batch.close();
            }
            assertThat(found.get(1)).isEqualTo(found.get(0));
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void aViewIsTheWindowOfThePaddedImage(long seed) {
        Random random = new Random(seed);
        int height = 1 + random.nextInt(6);
        int width = 1 + random.nextInt(6);
        ImageSet images = images(3, 2, height, width, seed);
        for (int trial = 0; trial < 50; trial++) {
            int padding = random.nextInt(8);
            int top = random.nextInt(2 * padding + 1) - padding;
            int left = random.nextInt(2 * padding + 1) - padding;
            boolean mirrored = random.nextBoolean();
            int image = random.nextInt(3);
            float[] found = new float[4 + images.imageLength()];
            Arrays.fill(found, Float.NaN);
            images.write(image, new View(top, left, mirrored), TWO_CHANNELS, found, 3);
            float[] expected =
                    window(images, image, padding, top + padding, left + padding, mirrored);
            assertThat(Arrays.copyOfRange(found, 3, 3 + expected.length)).isEqualTo(expected);
            assertThat(found[2]).isNaN();
            assertThat(found[3 + expected.length]).isNaN();
        }
    }

    /** Pads, cuts and mirrors one step after the other. */
    private static float[] window(
            ImageSet images, int image, int padding, int top, int left, boolean mirrored) {
        int height = images.height();
        int width = images.width();
        float[] result = new float[images.imageLength()];
        for (int c = 0; c < images.channels(); c++) {
            int[][] padded = new int[height + 2 * padding][width + 2 * padding];
            for (int h = 0; h < height; h++) {
                for (int w = 0; w < width; w++) {
                    padded[padding + h][padding + w] = images.pixel(image, c, h, w);
                }
            }
            for (int h = 0; h < height; h++) {
                for (int w = 0; w < width; w++) {
                    int column = mirrored ? width - 1 - w : w;
                    result[(c * height + h) * width + w] =
                            TWO_CHANNELS.apply(c, padded[top + h][left + column]);
                }
            }
        }
        return result;
    }

    @Test
    void augmentationDrawsEveryViewAboutAsOftenAsAnyOther() {
        ImageSet one = images(1, 2, 4, 4, 9);
        Map<List<Float>, Integer> views = new HashMap<>();
        for (int top = -1; top <= 1; top++) {
            for (int left = -1; left <= 1; left++) {
                for (boolean mirrored : new boolean[] {false, true}) {
                    views.put(boxed(window(one, 0, 1, top + 1, left + 1, mirrored)), 0);
                }
            }
        }
        assertThat(views).hasSize(18);
        ImageBatches batches =
                builder(one)
                        .setSampling(1, true)
                        .optAugmentation(new Augmentation(1, true))
                        .optSeed(2)
                        .build();
        try (NDManager manager = NDManager.newBaseManager()) {
            int epochs = 3600;
            for (int epoch = 0; epoch < epochs; epoch++) {
                Integer seen =
                        views.computeIfPresent(
                                pixels(batches, manager), (view, count) -> count + 1);
                assertThat(seen).as("one of the 18 views").isNotNull();
            }
            // 200 expected, with a standard deviation of 13.7
            assertThat(views.values()).allSatisfy(count -> assertThat(count).isBetween(130, 270));
        }
    }

    private static List<Float> boxed(float[] values) {
        List<Float> list = new ArrayList<>();
        for (float value : values) {
            list.add(value);
        }
        return list;
    }

    @Test
    void augmentationRepeatsWithTheSeed() {
        ImageSet images = images(40, 2, 8, 8, 3);
        Augmentation augmentation = Augmentation.CROP_AND_MIRROR;
        try (NDManager manager = NDManager.newBaseManager()) {
            ImageBatches one =
                    builder(images)
                            .setSampling(16, true)
                            .optAugmentation(augmentation)
                            .optSeed(8)
                            .build();
            ImageBatches same =
                    builder(images)
                            .setSampling(16, true)
                            .optAugmentation(augmentation)
                            .optSeed(8)
                            .build();
            List<Float> first = pixels(one, manager);
            assertThat(pixels(same, manager)).isEqualTo(first);
            assertThat(pixels(one, manager)).isNotEqualTo(first);
        }
    }

    @Test
    void aTeacherAnswersTheAugmentedImagesAndLeavesNothingElseBehind() {
        ImageBatches batches =
                builder(images(10, 2, 4, 4, 3))
                        .setSampling(4, true)
                        .optAugmentation(new Augmentation(1, true))
                        .optTeacher(images -> images.mul(2).sum(new int[] {2, 3}))
                        .build();
        try (NDManager manager = NDManager.newBaseManager()) {
            for (Batch batch : batches.getData(manager)) {
                NDArray data = batch.getData().singletonOrThrow();
                assertThat(batch.getManager().getManagedArrays()).hasSize(4);
                assertThat(batch.getLabels()).hasSize(2);
                assertThat(batch.getLabels().get(1).toFloatArray())
                        .isEqualTo(data.mul(2).sum(new int[] {2, 3}).toFloatArray());
                batch.close();
            }
            assertThat(manager.getManagedArrays()).isEmpty();
        }
    }

    @Test
    void dropsALastBatchThatIsNotFullWhereAsked() {
        ImageSet images = images(10, 2, 2, 2, 1);
        try (NDManager manager = NDManager.newBaseManager()) {
            assertThat(
                            labels(
                                    builder(images).setSampling(4, false).optDropLast(true).build(),
                                    manager))
                    .hasSize(8);
        }
        assertThatThrownBy(() -> builder(images).setSampling(11, false).optDropLast(true).build())
                .hasMessageContaining("10 images make no batch of 11 full");
    }

    @Test
    void refusesWhatDoesNotFit() {
        ImageSet images = images(3, 2, 2, 2, 1);
        assertThatThrownBy(() -> ImageBatches.builder().build())
                .hasMessageContaining("need images");
        assertThatThrownBy(() -> builder(images).setSampling(0, false).build())
                .hasMessageContaining("not 0");
        assertThatThrownBy(() -> builder(images).setNormalization(Normalization.imageNet()).build())
                .hasMessageContaining("2 channels and the normalization has 3");
        assertThatThrownBy(() -> new Augmentation(-1, false)).hasMessageContaining("-1");
        assertThatThrownBy(() -> Normalization.of(255, new double[] {0}, new double[] {0}))
                .hasMessageContaining("Channel 0 has mean 0.0 and standard deviation 0.0");
        assertThatThrownBy(() -> Normalization.scale(Double.NaN)).hasMessageContaining("NaN");
        assertThatThrownBy(() -> new ImageSet(1, 2, 2, 10, new byte[7], new byte[2]))
                .hasMessageContaining("not 7");
        assertThatThrownBy(() -> new ImageSet(1, 1, 1, 3, new byte[1], new byte[] {3}))
                .hasMessageContaining("Image 0 has label 3; labels are 0 to 2");
    }
}
