package io.github.djlqat.tensor;

import ai.djl.ndarray.types.Shape;
import io.github.djlqat.block.BlockFormat;
import io.github.djlqat.block.Plane;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A tensor in blocks along its last axis, or along all of it if the format {@linkplain
 * BlockFormat#flattens() flattens}.
 *
 * @param blocks the format of the blocks
 */
public record BlockStorageFormat(BlockFormat blocks) implements StorageFormat {

    @Override
    public List<StoredPlane> planes(Shape shape) {
        int count = Elements.count(shape);
        long row = shape.dimension() == 0 ? 1 : shape.get(shape.dimension() - 1);
        if (!blocks.flattens() && row % blocks.blockSize() != 0) {
            throw new IllegalArgumentException(
                    "The last axis of shape "
                            + shape
                            + " is not a multiple of the "
                            + blocks.blockSize()
                            + " values of a block of "
                            + blocks.formatName()
                            + ".");
        }
        return blocks.planes().stream()
                .map(plane -> new StoredPlane(plane.name(), plane.size(count)))
                .toList();
    }

    /** {@inheritDoc} All bits are legal. */
    @Override
    public void requireLegal(List<byte[]> planes, Shape shape) {
        // Every code and every scale decodes, to NaN if need be.
    }

    @Override
    public float[] dequantize(List<byte[]> planes, Shape shape) {
        return blocks.decode(planes, Elements.count(shape));
    }

    @Override
    public List<byte[]> slice(List<byte[]> planes, Shape shape, RowRange rows) {
        int from = rows.firstElement(shape);
        int to = rows.endElement(shape);
        List<byte[]> slices = new ArrayList<>();
        for (int i = 0; i < planes.size(); i++) {
            slices.add(slice(planes.get(i), blocks.planes().get(i), from, to, shape));
        }
        return slices;
    }

    private byte[] slice(byte[] bytes, Plane plane, int from, int to, Shape shape) {
        if (plane.values() == 0) {
            return bytes.clone();
        }
        boolean endsWithin = to % plane.values() != 0 && to != Elements.count(shape);
        if (from % plane.values() != 0 || endsWithin) {
            throw new IllegalArgumentException(
                    "Elements "
                            + from
                            + " to "
                            + to
                            + " of "
                            + blocks.formatName()
                            + " cut through "
                            + plane.values()
                            + " that share one of the "
                            + plane.name()
                            + "; a slice starts and ends at a multiple of that.");
        }
        int first = Math.toIntExact(plane.size(from));
        return Arrays.copyOfRange(bytes, first, Math.toIntExact(plane.size(to)));
    }
}
