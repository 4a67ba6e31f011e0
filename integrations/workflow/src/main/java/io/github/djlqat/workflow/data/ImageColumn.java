package io.github.djlqat.workflow.data;

import ai.djl.modality.cv.Image;
import ai.djl.modality.cv.ImageFactory;
import ai.djl.modality.cv.util.NDImageUtils;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStream;

/** Images in files, decoded when they are asked for and resized as DJL's transform does. */
final class ImageColumn implements Column {

    private static final long MOST_PIXELS = 1 << 26;

    private final List<Path> files;
    private final Shape sampleShape;
    private final float scale;
    private final float[] mean;
    private final float[] deviation;

    ImageColumn(List<Path> files, Shape sampleShape, Preparation preparation) {
        this.files = List.copyOf(files);
        this.sampleShape = sampleShape;
        scale = (float) preparation.scale(1.0 / 255);
        int channels = Math.toIntExact(sampleShape.get(0));
        mean = new float[channels];
        deviation = new float[channels];
        for (int i = 0; i < channels; i++) {
            mean[i] = (float) preparation.mean(i, channels);
            deviation[i] = (float) preparation.deviation(i, channels);
        }
    }

    @Override
    public String name() {
        return "images";
    }

    @Override
    public int size() {
        return files.size();
    }

    @Override
    public Shape sampleShape() {
        return sampleShape;
    }

    @Override
    public NDArray batch(NDManager manager, int[] indices) throws IOException {
        try (NDManager scope = manager.newSubManager()) {
            NDList images = new NDList(indices.length);
            for (int index : indices) {
                images.add(read(scope, files.get(index)));
            }
            NDArray batch = NDArrays.stack(images);
            batch.attach(manager);
            return batch;
        }
    }

    private NDArray read(NDManager scope, Path file) throws IOException {
        Image image;
        try {
            requireDecodable(file);
            image = ImageFactory.getInstance().fromFile(file);
        } catch (IOException | RuntimeException e) {
            throw new IOException(
                    file + " is no image that can be read: " + e.getMessage() + ".", e);
        }
        int height = Math.toIntExact(sampleShape.get(1));
        int width = Math.toIntExact(sampleShape.get(2));
        NDArray pixels = image.toNDArray(scope, Image.Flag.COLOR);
        if (image.getHeight() != height || image.getWidth() != width) {
            pixels = NDImageUtils.resize(pixels, width, height, Image.Interpolation.BILINEAR);
        }
        NDArray scaled = pixels.toType(DataType.FLOAT32, false).transpose(2, 0, 1).mul(scale);
        NDArray means = scope.create(mean, new Shape(mean.length, 1, 1));
        NDArray deviations = scope.create(deviation, new Shape(deviation.length, 1, 1));
        return scaled.sub(means).div(deviations);
    }

    /** A file of a few bytes may promise an image that fills all memory. */
    private static void requireDecodable(Path file) throws IOException {
        try (ImageInputStream in = ImageIO.createImageInputStream(file.toFile())) {
            Iterator<ImageReader> readers = ImageIO.getImageReaders(in);
            if (!readers.hasNext()) {
                throw new IOException("it begins as none does");
            }
            ImageReader reader = readers.next();
            try {
                reader.setInput(in, true, true);
                long pixels = (long) reader.getWidth(0) * reader.getHeight(0);
                if (pixels > MOST_PIXELS) {
                    throw new IOException(
                            "it has "
                                    + reader.getWidth(0)
                                    + "x"
                                    + reader.getHeight(0)
                                    + " pixels, and at most "
                                    + MOST_PIXELS
                                    + " are legal");
                }
            } finally {
                reader.dispose();
            }
        }
    }
}
