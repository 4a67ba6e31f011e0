package io.github.djlqat.tensor;

import ai.djl.ndarray.types.Shape;
import io.github.djlqat.format.IntegerFormat;
import io.github.djlqat.scheme.BitPacking;
import io.github.djlqat.scheme.IntegerCodec;
import io.github.djlqat.scheme.QuantizationParameters;
import io.github.djlqat.scheme.QuantizationScheme;
import io.github.djlqat.scheme.QuantizedTensor;
import io.github.djlqat.scheme.ScaleLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Integer codes packed {@linkplain BitPacking low bits first}, FP32 scales, and zero points packed
 * as codes are unless all of them are zero: \( \hat x = (q - z) s \).
 *
 * @param scheme how values map to codes
 * @param zeroPoints whether zero points are stored
 */
public record IntegerStorageFormat(QuantizationScheme scheme, boolean zeroPoints)
        implements StorageFormat {

    static IntegerStorageFormat of(QuantizationParameters parameters) {
        boolean shifted = IntStream.of(parameters.zeroPoints()).anyMatch(zero -> zero != 0);
        return new IntegerStorageFormat(parameters.scheme(), shifted);
    }

    @Override
    public List<StoredPlane> planes(Shape shape) {
        long scales = scaleCount(shape);
        List<StoredPlane> planes = new ArrayList<>();
        planes.add(new StoredPlane("codes", packedSize(Elements.count(shape))));
        planes.add(new StoredPlane("scales", scales * Float.BYTES));
        if (zeroPoints) {
            planes.add(new StoredPlane("zero_points", packedSize(scales)));
        }
        return List.copyOf(planes);
    }

    private long packedSize(long count) {
        return (count * scheme.format().bits() + 7) / 8;
    }

    private int scaleCount(Shape shape) {
        return ScaleLayout.of(scheme.granularity(), shape).count();
    }

    @Override
    public void requireLegal(List<byte[]> planes, Shape shape) {
        unpack(planes, shape);
    }

    @Override
    public float[] dequantize(List<byte[]> planes, Shape shape) {
        return IntegerCodec.dequantize(unpack(planes, shape));
    }

    @Override
    public List<byte[]> slice(List<byte[]> planes, Shape shape, RowRange rows) {
        QuantizedTensor whole = unpack(planes, shape);
        float[] scales = whole.parameters().scales();
        int[] zeros = whole.parameters().zeroPoints();
        int[] indices = ScaleSlices.indices(scheme.granularity(), shape, rows);
        float[] scalesOfSlice = new float[indices.length];
        int[] zerosOfSlice = new int[indices.length];
        for (int i = 0; i < indices.length; i++) {
            scalesOfSlice[i] = scales[indices[i]];
            zerosOfSlice[i] = zeros[indices[i]];
        }
        int from = rows.firstElement(shape);
        byte[] codes = new byte[rows.endElement(shape) - from];
        System.arraycopy(whole.codes(), from, codes, 0, codes.length);
        return pack(
                new QuantizedTensor(
                        rows.of(shape),
                        codes,
                        new QuantizationParameters(scheme, scalesOfSlice, zerosOfSlice)));
    }

    List<byte[]> pack(QuantizedTensor tensor) {
        IntegerFormat format = scheme.format();
        List<byte[]> planes = new ArrayList<>();
        planes.add(BitPacking.pack(tensor.codes(), format));
        planes.add(Elements.bytes(tensor.parameters().scales()));
        if (zeroPoints) {
            int[] zeros = tensor.parameters().zeroPoints();
            byte[] codes = new byte[zeros.length];
            for (int i = 0; i < zeros.length; i++) {
                codes[i] = (byte) zeros[i];
            }
            planes.add(BitPacking.pack(codes, format));
        }
        return planes;
    }

    QuantizedTensor unpack(List<byte[]> planes, Shape shape) {
        IntegerFormat format = scheme.format();
        float[] scales = Elements.floats(planes.get(1));
        int[] zeros = new int[scales.length];
        if (zeroPoints) {
            byte[] codes = BitPacking.unpack(planes.get(2), zeros.length, format);
            for (int i = 0; i < zeros.length; i++) {
                zeros[i] = format.signed() ? codes[i] : codes[i] & 0xff;
            }
        }
        byte[] codes = BitPacking.unpack(planes.get(0), Elements.count(shape), format);
        return new QuantizedTensor(shape, codes, new QuantizationParameters(scheme, scales, zeros));
    }
}
