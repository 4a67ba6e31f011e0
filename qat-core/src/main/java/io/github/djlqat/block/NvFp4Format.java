package io.github.djlqat.block;

import io.github.djlqat.format.FloatCodec;
import io.github.djlqat.format.FloatFormat;
import io.github.djlqat.format.Overflow;
import io.github.djlqat.format.Rounding;
import io.github.djlqat.scheme.BitOrder;
import io.github.djlqat.scheme.BitPacking;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/**
 * NVIDIA's FP4: blocks of 16 E2M1 elements with an E4M3 scale, and an FP32 scale of the whole
 * tensor if there is a tensor scale.
 *
 * <p>Elements are rounded half to even and saturated; \( \hat x = v s t \). A block with an
 * infinity or NaN has the scale NaN (0x7F) and codes of zero, so that all of it decodes to NaN; it
 * does not count for the tensor scale. ggml's NVFP4 is {@link GgmlFormat#NVFP4}.
 *
 * @param variant who computes the scales
 * @param tensorScale whether there is a scale of the whole tensor; without it, 1 takes its place
 */
public record NvFp4Format(NvFp4Variant variant, boolean tensorScale) implements BlockFormat {

    private static final int BLOCK_SIZE = 16;
    private static final int NAN_SCALE = 0x7f;
    private static final float ZERO_SCALE = 0.125f;

    @Override
    public String formatName() {
        return "nvfp4-" + BlockFormatNames.lowerCase(variant) + (tensorScale ? "-tensor" : "");
    }

    @Override
    public int blockSize() {
        return BLOCK_SIZE;
    }

    @Override
    public List<Plane> planes() {
        List<Plane> planes = new ArrayList<>();
        planes.add(new Plane("codes", BLOCK_SIZE, BLOCK_SIZE / 2));
        planes.add(new Plane("scales", BLOCK_SIZE, 1));
        if (tensorScale) {
            planes.add(new Plane("tensor_scale", 0, Float.BYTES));
        }
        return List.copyOf(planes);
    }

    /** {@inheritDoc} */
    @Override
    public List<byte[]> encode(float[] values) {
        Blocks.requireWholeBlocks(this, values.length);
        int[] codes = new int[values.length];
        byte[] scales = new byte[values.length / BLOCK_SIZE];
        float whole = tensorScale ? variant.tensorScale(finiteAbsmax(values)) : 1;
        for (int block = 0; block < scales.length; block++) {
            int from = block * BLOCK_SIZE;
            float absmax = Blocks.absmax(values, from, from + BLOCK_SIZE);
            if (Float.isNaN(absmax)) {
                scales[block] = (byte) NAN_SCALE;
                continue;
            }
            float scale = roundedScale(absmax, whole);
            scales[block] = (byte) encode(FloatFormat.FLOAT8_E4M3FN, scale);
            for (int i = from; i < from + BLOCK_SIZE; i++) {
                codes[i] =
                        encode(FloatFormat.FLOAT4_E2M1FN, variant.ratio(values[i], scale, whole));
            }
        }
        byte[] packed = BitPacking.pack(codes, 4, BitOrder.LOW_BITS_FIRST);
        if (!tensorScale) {
            return List.of(packed, scales);
        }
        ByteBuffer stored = ByteBuffer.allocate(Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        return List.of(packed, scales, stored.putFloat(0, whole).array());
    }

    @Override
    public float[] decode(List<byte[]> planes, int count) {
        Blocks.requireWholeBlocks(this, count);
        Blocks.requireSizes(this, planes, count);
        float whole = 1;
        if (tensorScale) {
            whole = ByteBuffer.wrap(planes.get(2)).order(ByteOrder.LITTLE_ENDIAN).getFloat();
        }
        int[] codes = BitPacking.unpack(planes.get(0), count, 4, BitOrder.LOW_BITS_FIRST);
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            int scale = planes.get(1)[i / BLOCK_SIZE] & 0xff;
            values[i] =
                    FloatCodec.decode(FloatFormat.FLOAT4_E2M1FN, codes[i])
                            * variant.step(
                                    FloatCodec.decode(FloatFormat.FLOAT8_E4M3FN, scale), whole);
        }
        return values;
    }

    /** The scales of blocks, with the order of operations of the variant. */
    BlockScales scales(float[] absmax) {
        float largest = 0;
        for (float block : absmax) {
            largest = Float.isFinite(block) ? Math.max(largest, block) : largest;
        }
        float whole = tensorScale ? variant.tensorScale(largest) : 1;
        return BlockScales.of(
                absmax,
                variant.divides(),
                (magnitude, block, scales) -> {
                    float scale = roundedScale(magnitude, whole);
                    scales.set(block, variant.factor(scale, whole), variant.step(scale, whole));
                });
    }

    private float roundedScale(float absmax, float whole) {
        FloatFormat format = FloatFormat.FLOAT8_E4M3FN;
        float scale = FloatCodec.decode(format, encode(format, variant.blockScale(absmax, whole)));
        return scale == 0 ? ZERO_SCALE : scale;
    }

    private static int encode(FloatFormat format, float value) {
        return FloatCodec.encode(format, value, Rounding.HALF_EVEN, Overflow.SATURATE);
    }

    private static float finiteAbsmax(float[] values) {
        float absmax = 0;
        for (int from = 0; from < values.length; from += BLOCK_SIZE) {
            float block = Blocks.absmax(values, from, from + BLOCK_SIZE);
            absmax = block > absmax ? block : absmax;
        }
        return absmax;
    }
}
