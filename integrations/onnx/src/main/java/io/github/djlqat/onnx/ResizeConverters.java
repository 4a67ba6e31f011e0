package io.github.djlqat.onnx;

import io.github.djlqat.graph.Argument;
import io.github.djlqat.graph.Node;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.IntStream;

/** Images at other sizes. DJL's PyTorch engine interpolates with antialiasing. */
final class ResizeConverters {

    /** The numbers by which DJL's image interpolations are passed. */
    private static final int NEAREST = 0;

    private static final int BILINEAR = 1;
    private static final int BICUBIC = 3;

    /** The coefficient of PyTorch's cubic interpolation with antialiasing. */
    private static final float CUBIC = -0.5f;

    /** From this opset on, images can be resized with antialiasing. */
    private static final int ANTIALIAS = 18;

    private ResizeConverters() {}

    static void register(Map<String, OpConverter> table) {
        table.put("resize", ResizeConverters::resize);
        table.put("interpolation", ResizeConverters::interpolation);
    }

    /** Returns the first opset in which an operation can be written. */
    static int opset(Node node) {
        int interpolation =
                switch (node.op()) {
                    case "resize" -> 3;
                    case "interpolation" -> 2;
                    default -> -1;
                };
        boolean nearest =
                interpolation < 0
                        || node.arguments()
                                .get(interpolation)
                                .equals(new Argument.Literal(NEAREST));
        return nearest ? 0 : ANTIALIAS;
    }

    /** Resizes images of shape (height, width, channels), or batches of them. */
    // (receiver, width, height, interpolation)
    private static void resize(NodeContext node) {
        Operand input = node.operand(0);
        if (node.integer(3) == BICUBIC) {
            throw node.failure(
                    "ONNX Runtime has no bicubic interpolation of images whose channels are last; use"
                            + " interpolation, which takes them first, or BILINEAR");
        }
        int rank = input.rank();
        String x = input.name();
        if (rank == 3) {
            x = node.add("Unsqueeze", x, node.constant(0));
        }
        String channelsFirst =
                node.add("Transpose", new Attributes().integers("perm", 0, 3, 1, 2), x);
        String resized =
                scaled(node, channelsFirst, node.integer(3), new int[] {rank - 3, rank - 2});
        String y = node.add("Transpose", new Attributes().integers("perm", 0, 2, 3, 1), resized);
        node.bind(0, rank == 3 ? node.add("Squeeze", y, node.constant(0)) : y);
    }

    // (receiver, sizes, interpolation, alignCorners)
    private static void interpolation(NodeContext node) {
        Operand input = node.operand(0);
        node.bind(
                0,
                scaled(
                        node,
                        input.name(),
                        node.integer(2),
                        IntStream.range(2, input.rank()).toArray()));
    }

    /**
     * Scales the axes behind batch and channels.
     *
     * @param axes the numbers of these axes in the traced array
     */
    private static String scaled(NodeContext node, String x, int interpolation, int[] axes) {
        Attributes attributes =
                switch (interpolation) {
                    case NEAREST ->
                            new Attributes()
                                    .text("mode", "nearest")
                                    .text("nearest_mode", "floor")
                                    .text("coordinate_transformation_mode", "asymmetric");
                    case BILINEAR ->
                            new Attributes()
                                    .text("mode", "linear")
                                    .integer("antialias", 1)
                                    .integer("exclude_outside", 1)
                                    .text("coordinate_transformation_mode", "half_pixel");
                    case BICUBIC ->
                            new Attributes()
                                    .text("mode", "cubic")
                                    .integer("antialias", 1)
                                    .integer("exclude_outside", 1)
                                    .real("cubic_coeff_a", CUBIC)
                                    .text("coordinate_transformation_mode", "half_pixel");
                    default ->
                            throw node.failure(
                                    "the interpolation "
                                            + interpolation
                                            + " is not exported; exported are NEAREST, BILINEAR and BICUBIC");
                };
        float[] scales = scales(node, axes);
        if (!node.tracedAgain().stream().allMatch(t -> Arrays.equals(scales, scales(t, axes)))) {
            throw node.failure(
                    "its output is not the same multiple of its input at every size; exported is a resizing of images of"
                            + " dynamic size by a constant factor");
        }
        return node.add(
                "Resize",
                attributes,
                x,
                "",
                node.builder().constant("scales", scales, scales.length));
    }

    private static float[] scales(NodeContext node, int[] axes) {
        float[] scales = new float[2 + axes.length];
        scales[0] = 1;
        scales[1] = 1;
        for (int i = 0; i < axes.length; i++) {
            long to = node.output(0).shape().get(axes[i]);
            scales[2 + i] = (float) to / node.shape(0).get(axes[i]);
        }
        return scales;
    }
}
