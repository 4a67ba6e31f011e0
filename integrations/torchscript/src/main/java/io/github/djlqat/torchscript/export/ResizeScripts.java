package io.github.djlqat.torchscript.export;

import static io.github.djlqat.torchscript.export.ScriptNode.call;

import ai.djl.ndarray.types.DataType;
import java.util.Map;

/**
 * Images at other sizes and in other layouts. DJL's PyTorch engine interpolates with antialiasing.
 */
final class ResizeScripts {

    /** The numbers by which DJL's image interpolations are passed. */
    private static final int NEAREST = 0;

    private static final int BILINEAR = 1;
    private static final int AREA = 2;
    private static final int BICUBIC = 3;

    private ResizeScripts() {}

    static void register(Map<String, ScriptConverter> table) {
        table.put("resize", ResizeScripts::resize);
        table.put("interpolation", ResizeScripts::interpolation);
        table.put("toTensor", ResizeScripts::toTensor);
    }

    /** Resizes images of shape (height, width, channels), or batches of them. */
    // (receiver, width, height, interpolation)
    private static void resize(ScriptNode node) {
        DataType type = node.dataType(0);
        String x = node.value(0);
        if (type != DataType.FLOAT32) {
            x = call("to", x, ElementTypes.FLOAT32);
        }
        boolean single = node.shape(0).dimension() == 3;
        if (single) {
            x = call("unsqueeze", x, "0");
        }
        String sizes = '[' + node.number(2) + ", " + node.number(1) + ']';
        String resized = scaled(node, call("permute", x, "[0, 3, 1, 2]"), sizes, 3, 4);
        String y = call("permute", resized, "[0, 2, 3, 1]");
        if (single) {
            y = call("squeeze", y, "0");
        }
        node.bind(type == DataType.FLOAT32 ? y : call("to", y, node.type(type)));
    }

    // (receiver, sizes, interpolation, alignCorners)
    private static void interpolation(ScriptNode node) {
        int rank = node.shape(0).dimension();
        node.bind(scaled(node, node.value(0), node.integers(1), 2, rank));
    }

    /** Turns images of bytes, channels last, into channels first and numbers from 0 to 1. */
    private static void toTensor(ScriptNode node) {
        boolean single = node.shape(0).dimension() == 3;
        String divided = call("div", node.value(0), "255.0");
        String y = call("permute", divided, single ? "[2, 0, 1]" : "[0, 3, 1, 2]");
        node.bind(call("to", y, ElementTypes.FLOAT32));
    }

    /** Scales the axes behind batch and channels. */
    private static String scaled(
            ScriptNode node, String x, String sizes, int interpolation, int rank) {
        int axes = rank - 2;
        int kind = node.literal(interpolation, Number.class).intValue();
        if (kind == NEAREST) {
            return call("upsample_nearest" + axes + 'd', x, sizes);
        }
        if (kind == AREA) {
            return call("adaptive_avg_pool" + axes + 'd', x, sizes);
        }
        if ((kind == BILINEAR || kind == BICUBIC) && axes == 2) {
            String function =
                    kind == BILINEAR ? "_upsample_bilinear2d_aa" : "_upsample_bicubic2d_aa";
            return call(function, x, sizes, "False");
        }
        throw node.failure(
                "the interpolation "
                        + kind
                        + " of "
                        + axes
                        + " axes is not exported; exported are NEAREST and AREA, and of two axes BILINEAR and"
                        + " BICUBIC");
    }
}
