package io.github.djlqat.mixedprecision.optimizer;

import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import io.github.djlqat.block.DynamicMap;
import io.github.djlqat.kernel.TensorKernel;
import java.util.Arrays;
import java.util.List;

/**
 * The rule of Adam on moments that are kept in 8 bits, in blocks of 256 values.
 *
 * @param rule the rule
 * @param minimumSize the size from which on a weight's moments are kept so
 */
record EightBitRule(AdamRule rule, long minimumSize) {

    static final int BLOCK = 256;
    private static final double[] MAPS = maps();

    EightBitRule {
        if (minimumSize < 0) {
            throw new IllegalArgumentException(
                    "The minimum size is " + minimumSize + "; it must be at least 0.");
        }
    }

    private static double[] maps() {
        double[] maps = new double[512];
        for (int i = 0; i < 256; i++) {
            maps[i] = DynamicMap.SIGNED.values()[i];
            maps[256 + i] = DynamicMap.UNSIGNED.values()[i];
        }
        return maps;
    }

    private boolean isEightBit(Shape weight) {
        return weight.size() >= Math.max(1, minimumSize);
    }

    /** Codes and greatest absolute values of the first moment, then of the second. */
    List<Slot> slots(Shape weight) {
        if (!isEightBit(weight)) {
            return List.of(Slot.like(weight), Slot.like(weight));
        }
        long blocks = (weight.size() + BLOCK - 1) / BLOCK;
        Slot codes = new Slot(new Shape(blocks, BLOCK), DataType.UINT8);
        Slot scales = new Slot(new Shape(blocks), DataType.FLOAT32);
        return List.of(codes, scales, codes, scales);
    }

    TensorKernel kernel(StepContext context, Shape weight) {
        double[] constants = rule.constants(context);
        if (!isEightBit(weight)) {
            return new UpdateKernel("adam", constants, inputs -> rule.apply(inputs, context));
        }
        double[] withMaps = Arrays.copyOf(constants, constants.length + MAPS.length);
        System.arraycopy(MAPS, 0, withMaps, constants.length, MAPS.length);
        return new UpdateKernel(
                "adam_8bit", withMaps, inputs -> EightBitStep.apply(rule, inputs, context));
    }
}
