package io.github.djlqat.samples.common.data;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.dataset.Batch;
import ai.djl.training.dataset.Dataset;
import ai.djl.translate.Batchifier;
import ai.djl.util.Progress;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Batches of an {@link ImageSet}, normalized and augmented while they are made, as a DJL {@link
 * Dataset}.
 *
 * <p>A batch's data is one FP32 array of shape (batch, channels, height, width) and its labels one
 * INT64 array of shape (batch). Each call of {@link #getData} is one epoch; in training, each epoch
 * has its own order and its own augmentation. Both depend on the seed and the number of the epoch
 * only.
 *
 * <p>With a teacher, a batch's labels hold the teacher's output on the augmented images as a second
 * array, of shape (batch, classes) for a classifier: the soft labels of knowledge distillation.
 */
public final class ImageBatches implements Dataset {

    private final ImageSet images;
    private final Normalization normalization;
    private final Augmentation augmentation;
    private final int batchSize;
    private final boolean shuffle;
    private final boolean dropLast;
    private final long seed;
    private final @Nullable UnaryOperator<NDArray> teacher;
    private final AtomicLong epochs = new AtomicLong();

    private ImageBatches(Builder builder, ImageSet images, Normalization normalization) {
        this.images = images;
        this.normalization = normalization;
        augmentation = builder.augmentation;
        batchSize = builder.batchSize;
        shuffle = builder.shuffle;
        dropLast = builder.dropLast;
        seed = builder.seed;
        teacher = builder.teacher;
    }

    /**
     * Creates a builder.
     *
     * @return the builder
     */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * Returns the images that the batches are made of.
     *
     * @return the images
     */
    public ImageSet images() {
        return images;
    }

    /**
     * Returns the shape of a full batch's data.
     *
     * @return the shape (batch, channels, height, width)
     */
    public Shape batchShape() {
        return images.batchShape(batchSize);
    }

    /**
     * Returns the number of batches of an epoch.
     *
     * @return the number of batches
     */
    public int batches() {
        return dropLast ? images.size() / batchSize : (images.size() + batchSize - 1) / batchSize;
    }

    /**
     * Starts an epoch.
     *
     * @param manager the manager under which each batch has its own; the caller closes each batch
     * @return the epoch's batches, to be iterated over once or, for the same batches again, several
     *     times
     */
    @Override
    public Iterable<Batch> getData(NDManager manager) {
        long epoch = epochs.getAndIncrement();
        return () -> new Epoch(manager, epoch);
    }

    /** {@inheritDoc} */
    @Override
    public void prepare(@Nullable Progress progress) {
        // the images are in memory already
    }

    /** One pass over the images. */
    private final class Epoch implements Iterator<Batch> {

        private final NDManager manager;
        private final int[] order;
        private final SplittableRandom random;
        private int next;

        Epoch(NDManager manager, long epoch) {
            this.manager = manager;
            SplittableRandom seeds = new SplittableRandom(seed + 0x9E3779B97F4A7C15L * (epoch + 1));
            long orderSeed = seeds.nextLong();
            random = seeds.split();
            if (shuffle) {
                order = images.shuffledIndices(orderSeed);
            } else {
                order = new int[images.size()];
                for (int i = 0; i < order.length; i++) {
                    order[i] = i;
                }
            }
        }

        @Override
        public boolean hasNext() {
            return next < batches();
        }

        @Override
        public Batch next() {
            if (!hasNext()) {
                throw new NoSuchElementException("The epoch's " + batches() + " batches are over.");
            }
            int first = next * batchSize;
            int size = Math.min(batchSize, order.length - first);
            NDManager scope = manager.newSubManager();
            try {
                Batch batch = batch(scope, first, size);
                next++;
                return batch;
            } catch (RuntimeException | Error e) {
                scope.close();
                throw e;
            }
        }

        /**
         * Convolutions on a CPU run faster on pixels whose channels lie side by side in memory, and
         * what follows them keeps that order.
         */
        private NDArray channelsLast(NDManager scope, float[] pixels, int size) {
            int channels = images.channels();
            int plane = images.height() * images.width();
            float[] turned = new float[pixels.length];
            for (int image = 0; image < size; image++) {
                int offset = image * channels * plane;
                for (int channel = 0; channel < channels; channel++) {
                    for (int pixel = 0; pixel < plane; pixel++) {
                        turned[offset + pixel * channels + channel] =
                                pixels[offset + channel * plane + pixel];
                    }
                }
            }
            Shape shape = new Shape(size, images.height(), images.width(), channels);
            // The array that was created owns the memory of its view, and lives as long as the
            // batch.
            return scope.create(turned, shape).transpose(0, 3, 1, 2);
        }

        private Batch batch(NDManager scope, int first, int size) {
            float[] pixels = new float[size * images.imageLength()];
            long[] classes = new long[size];
            for (int i = 0; i < size; i++) {
                int image = order[first + i];
                images.write(
                        image,
                        augmentation.draw(random),
                        normalization,
                        pixels,
                        i * images.imageLength());
                classes[i] = images.label(image);
            }
            NDArray data = channelsLast(scope, pixels, size);
            NDList labels = new NDList(scope.create(classes));
            if (teacher != null) {
                labels.add(teach(scope, data, teacher));
            }
            return new Batch(
                    scope,
                    new NDList(data),
                    labels,
                    size,
                    Batchifier.STACK,
                    Batchifier.STACK,
                    next,
                    batches());
        }

        private NDArray teach(NDManager scope, NDArray data, UnaryOperator<NDArray> teacher) {
            try (NDManager lesson = scope.newSubManager()) {
                lesson.tempAttachAll(data);
                NDArray answer = teacher.apply(data).stopGradient();
                answer.attach(scope);
                return answer;
            }
        }
    }

    /** Builds {@link ImageBatches}. */
    public static final class Builder {

        private @Nullable ImageSet images;
        private @Nullable Normalization normalization;
        private Augmentation augmentation = Augmentation.NONE;
        private int batchSize = 64;
        private boolean shuffle;
        private boolean dropLast;
        private long seed;
        private @Nullable UnaryOperator<NDArray> teacher;

        private Builder() {}

        /**
         * Sets the images.
         *
         * @param images at least one image
         * @return this builder
         */
        public Builder setImages(ImageSet images) {
            this.images = images;
            return this;
        }

        /**
         * Sets how pixel values are normalized.
         *
         * @param normalization a normalization of as many channels as the images have
         * @return this builder
         */
        public Builder setNormalization(Normalization normalization) {
            this.normalization = normalization;
            return this;
        }

        /**
         * Sets the number of images in a batch (default 64) and whether their order changes with
         * each epoch (default not).
         *
         * @param batchSize the number of images, at least 1
         * @param shuffle whether each epoch has its own order
         * @return this builder
         */
        public Builder setSampling(int batchSize, boolean shuffle) {
            this.batchSize = batchSize;
            this.shuffle = shuffle;
            return this;
        }

        /**
         * Sets whether a last batch that is not full is left out. By default it is not.
         *
         * @param dropLast whether only full batches are made
         * @return this builder
         */
        public Builder optDropLast(boolean dropLast) {
            this.dropLast = dropLast;
            return this;
        }

        /**
         * Sets the augmentation. By default there is none.
         *
         * @param augmentation the augmentation
         * @return this builder
         */
        public Builder optAugmentation(Augmentation augmentation) {
            this.augmentation = augmentation;
            return this;
        }

        /**
         * Sets the seed of the order and of the augmentation. By default it is 0.
         *
         * @param seed the seed
         * @return this builder
         */
        public Builder optSeed(long seed) {
            this.seed = seed;
            return this;
        }

        /**
         * Sets the teacher whose answers on the augmented images become the labels' second array.
         * By default there is none.
         *
         * @param teacher takes images of shape (batch, channels, height, width), gives logits of
         *     shape (batch, classes); whatever else it makes in its input's manager is closed when
         *     it returns
         * @return this builder
         */
        public Builder optTeacher(UnaryOperator<NDArray> teacher) {
            this.teacher = teacher;
            return this;
        }

        /**
         * Builds the dataset.
         *
         * @return the dataset
         * @throws IllegalArgumentException if images or normalization are missing or do not fit
         *     together, the batch size is below 1, or no batch would be made
         */
        public ImageBatches build() {
            if (images == null || normalization == null) {
                throw new IllegalArgumentException(
                        "Image batches need images and a normalization.");
            }
            if (normalization.channels() != images.channels()) {
                throw new IllegalArgumentException(
                        "The images have "
                                + images.channels()
                                + " channels and the normalization has "
                                + normalization.channels()
                                + ".");
            }
            if (batchSize < 1) {
                throw new IllegalArgumentException(
                        "A batch has at least one image, not " + batchSize + ".");
            }
            ImageBatches batches = new ImageBatches(this, images, normalization);
            if (batches.batches() == 0) {
                throw new IllegalArgumentException(
                        images.size()
                                + " images make no batch of "
                                + batchSize
                                + (dropLast ? " full" : "")
                                + ".");
            }
            return batches;
        }
    }
}
