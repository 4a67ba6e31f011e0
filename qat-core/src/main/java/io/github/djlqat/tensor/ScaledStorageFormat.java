package io.github.djlqat.tensor;

import ai.djl.ndarray.types.Shape;
import io.github.djlqat.format.CodebookCodec;
import io.github.djlqat.format.CodebookFormat;
import io.github.djlqat.format.FloatCodec;
import io.github.djlqat.format.FloatFormat;
import io.github.djlqat.format.IntegerFormat;
import io.github.djlqat.format.NumberFormat;
import io.github.djlqat.format.Overflow;
import io.github.djlqat.format.Rounding;
import io.github.djlqat.scheme.BitOrder;
import io.github.djlqat.scheme.BitPacking;
import io.github.djlqat.scheme.Granularity;
import io.github.djlqat.scheme.ScaleLayout;
import java.util.Arrays;
import java.util.List;

/**
 * Codes of a float format or of a table, packed low bits first, and FP32 scales: \( \hat x = v s
 * \), the code being that of \( x / s \), rounded half to even and saturated in float formats and
 * nearest in tables.
 *
 * @param elements a float or codebook format; integers have {@link IntegerStorageFormat}
 * @param granularity which elements share a scale
 */
public record ScaledStorageFormat(NumberFormat elements, Granularity granularity)
        implements StorageFormat {

    /**
     * Checks the format.
     *
     * @param elements a float or codebook format; integers have {@link IntegerStorageFormat}
     * @param granularity which elements share a scale
     * @throws IllegalArgumentException if it is an integer format
     */
    public ScaledStorageFormat {
        if (elements instanceof IntegerFormat) {
            throw new IllegalArgumentException(
                    "Integer codes such as "
                            + elements
                            + " have zero points, too; legal are float and codebook formats.");
        }
    }

    @Override
    public List<StoredPlane> planes(Shape shape) {
        long bits = (long) Elements.count(shape) * elements.bits();
        long scales = ScaleLayout.of(granularity, shape).count();
        return List.of(
                new StoredPlane("codes", (bits + 7) / 8),
                new StoredPlane("scales", scales * Float.BYTES));
    }

    List<byte[]> encode(float[] values, Shape shape, float[] scales) {
        requireScales(scales);
        ScaleLayout layout = ScaleLayout.of(granularity, shape);
        layout.requireSize(values.length);
        if (scales.length != layout.count()) {
            throw new IllegalArgumentException(
                    scales.length
                            + " scales were given for shape "
                            + shape
                            + ", which takes "
                            + layout.count()
                            + ".");
        }
        int[] codes = new int[values.length];
        layout.forEachRun(
                (index, from, to) -> {
                    for (int i = from; i < to; i++) {
                        codes[i] = encode(values[i] / scales[index]);
                    }
                });
        byte[] packed = BitPacking.pack(codes, elements.bits(), BitOrder.LOW_BITS_FIRST);
        return List.of(packed, Elements.bytes(scales));
    }

    @Override
    public void requireLegal(List<byte[]> planes, Shape shape) {
        requireScales(Elements.floats(planes.get(1)));
        if (elements instanceof CodebookFormat codebook) {
            int values = codebook.values().length;
            for (int code : codes(planes, shape)) {
                if (code >= values) {
                    throw new IllegalArgumentException(
                            code + " is no code of " + codebook + ", which has " + values + ".");
                }
            }
        }
    }

    @Override
    public float[] dequantize(List<byte[]> planes, Shape shape) {
        int[] codes = codes(planes, shape);
        float[] scales = Elements.floats(planes.get(1));
        float[] values = new float[codes.length];
        ScaleLayout.of(granularity, shape)
                .forEachRun(
                        (index, from, to) -> {
                            for (int i = from; i < to; i++) {
                                values[i] = decode(codes[i]) * scales[index];
                            }
                        });
        return values;
    }

    @Override
    public List<byte[]> slice(List<byte[]> planes, Shape shape, RowRange rows) {
        int[] codes =
                Arrays.copyOfRange(
                        codes(planes, shape), rows.firstElement(shape), rows.endElement(shape));
        float[] scales = Elements.floats(planes.get(1));
        int[] indices = ScaleSlices.indices(granularity, shape, rows);
        float[] scalesOfSlice = new float[indices.length];
        for (int i = 0; i < indices.length; i++) {
            scalesOfSlice[i] = scales[indices[i]];
        }
        return List.of(
                BitPacking.pack(codes, elements.bits(), BitOrder.LOW_BITS_FIRST),
                Elements.bytes(scalesOfSlice));
    }

    private int[] codes(List<byte[]> planes, Shape shape) {
        return BitPacking.unpack(
                planes.get(0), Elements.count(shape), elements.bits(), BitOrder.LOW_BITS_FIRST);
    }

    private int encode(float ratio) {
        return elements instanceof FloatFormat format
                ? FloatCodec.encode(format, ratio, Rounding.HALF_EVEN, Overflow.SATURATE)
                : CodebookCodec.encode((CodebookFormat) elements, ratio);
    }

    private float decode(int code) {
        return elements instanceof FloatFormat format
                ? FloatCodec.decode(format, code)
                : CodebookCodec.decode((CodebookFormat) elements, code);
    }

    private static void requireScales(float[] scales) {
        for (int i = 0; i < scales.length; i++) {
            if (!(scales[i] > 0) || Float.isInfinite(scales[i])) {
                throw new IllegalArgumentException(
                        "Scale " + i + " is " + scales[i] + "; a scale is positive and finite.");
            }
        }
    }
}
