package io.github.djlqat.mixedprecision.optimizer;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import io.github.djlqat.block.DynamicMap;
import io.github.djlqat.format.CodebookCodec;
import io.github.djlqat.format.CodebookFormat;
import java.nio.ByteBuffer;

/** The step on 8-bit moments without TorchScript: the moments become arrays and codes again. */
final class EightBitStep {

    private EightBitStep() {}

    /** The inputs are weight, gradient, and codes and scales of both moments. */
    static void apply(AdamRule rule, NDList inputs, StepContext context) {
        NDArray weight = inputs.get(0);
        NDManager manager = weight.getManager();
        NDArray mean = decode(weight, inputs.get(2), inputs.get(3), DynamicMap.SIGNED);
        NDArray square = decode(weight, inputs.get(4), inputs.get(5), DynamicMap.UNSIGNED);
        rule.apply(new NDList(weight, inputs.get(1), mean, square), context);
        encode(manager, mean.toFloatArray(), inputs.get(2), inputs.get(3), DynamicMap.SIGNED);
        encode(manager, square.toFloatArray(), inputs.get(4), inputs.get(5), DynamicMap.UNSIGNED);
    }

    private static NDArray decode(
            NDArray weight, NDArray codes, NDArray scales, CodebookFormat map) {
        byte[] bytes = codes.toByteArray();
        float[] absmax = scales.toFloatArray();
        float[] values = new float[Math.toIntExact(weight.size())];
        for (int i = 0; i < values.length; i++) {
            values[i] = CodebookCodec.decode(map, bytes[i] & 0xff) * absmax[i / EightBitRule.BLOCK];
        }
        return weight.getManager().create(values, weight.getShape());
    }

    private static void encode(
            NDManager manager, float[] values, NDArray codes, NDArray scales, CodebookFormat map) {
        float[] absmax = new float[Math.toIntExact(scales.size())];
        for (int i = 0; i < values.length; i++) {
            int block = i / EightBitRule.BLOCK;
            absmax[block] = Math.max(absmax[block], Math.abs(values[i]));
        }
        byte[] bytes = new byte[Math.toIntExact(codes.size())];
        for (int i = 0; i < bytes.length; i++) {
            float scale = absmax[i / EightBitRule.BLOCK];
            float value = i < values.length && scale > 0 ? values[i] / scale : 0;
            bytes[i] = (byte) code(map, value, i < values.length && values[i] < 0);
        }
        manager.create(absmax).copyTo(scales);
        manager.create(ByteBuffer.wrap(bytes), codes.getShape(), DataType.UINT8).copyTo(codes);
    }

    /** The nearest code, but a negative value stays negative. */
    private static int code(CodebookFormat map, float value, boolean negative) {
        int code = CodebookCodec.encode(map, value);
        return negative && CodebookCodec.decode(map, code) == 0 ? code - 1 : code;
    }
}
