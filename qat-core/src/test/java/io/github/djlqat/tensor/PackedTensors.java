package io.github.djlqat.tensor;

import ai.djl.ndarray.types.Shape;
import io.github.djlqat.block.BlockFormat;
import io.github.djlqat.block.GgmlFormat;
import io.github.djlqat.block.MxElement;
import io.github.djlqat.block.MxScaleRule;
import io.github.djlqat.format.CodebookFormat;
import io.github.djlqat.format.Formats;
import io.github.djlqat.format.IntegerFormat;
import io.github.djlqat.format.NumberFormat;
import io.github.djlqat.scheme.Granularity;
import io.github.djlqat.scheme.IntegerCodec;
import io.github.djlqat.scheme.QuantizationParameters;
import io.github.djlqat.scheme.QuantizationScheme;
import io.github.djlqat.scheme.ScaleLayout;
import io.github.djlqat.scheme.Symmetry;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;

/** One tensor of every format. */
final class PackedTensors {

    static final Shape SHAPE = new Shape(8, 2, 256);

    private PackedTensors() {}

    static float[] values(int count) {
        Random random = new Random(count);
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return values;
    }

    static List<PackedTensor> all() {
        List<PackedTensor> tensors = new ArrayList<>();
        for (BlockFormat format : blockFormats()) {
            tensors.add(PackedTensor.encode(values((int) SHAPE.size()), SHAPE, format));
        }
        int next = 0;
        for (NumberFormat format : elementFormats()) {
            Granularity granularity = granularities().get(next++ % granularities().size());
            tensors.add(
                    format instanceof IntegerFormat integers
                            ? integers(integers, granularity, 3)
                            : scaled(format, granularity));
        }
        for (Granularity granularity : granularities()) {
            tensors.add(integers(IntegerFormat.INT4.withNarrowRange(true), granularity, 0));
            tensors.add(scaled(CodebookFormat.TERNARY, granularity));
        }
        return tensors;
    }

    static List<BlockFormat> blockFormats() {
        List<BlockFormat> formats = new ArrayList<>(List.of(GgmlFormat.values()));
        for (MxElement element : MxElement.values()) {
            for (MxScaleRule rule : MxScaleRule.values()) {
                String name = element.formatName() + "-" + rule.name().toLowerCase(Locale.ROOT);
                formats.add(BlockFormat.parse(name));
            }
        }
        for (String name :
                List.of(
                        "nf4-64",
                        "nf4-64-dq",
                        "fp4-32",
                        "fp4-512-dq",
                        "nvfp4-torchao",
                        "nvfp4-torchao-tensor",
                        "nvfp4-modelopt-tensor",
                        "nvfp4-compressed_tensors-tensor")) {
            formats.add(BlockFormat.parse(name));
        }
        return formats;
    }

    private static List<NumberFormat> elementFormats() {
        List<NumberFormat> formats = new ArrayList<>(Formats.named());
        formats.removeAll(List.of(IntegerFormat.INT16, IntegerFormat.UINT16));
        formats.add(Formats.parse("e2m2"));
        formats.add(new CodebookFormat("mine", new float[] {-2, 0.5f, 7, 0, 1}));
        return formats;
    }

    private static List<Granularity> granularities() {
        return List.of(
                Granularity.PER_TENSOR,
                new Granularity.PerChannel(0),
                new Granularity.PerChannel(2),
                new Granularity.PerGroup(2, 100, true),
                new Granularity.PerToken());
    }

    static PackedTensor integers(IntegerFormat format, Granularity granularity, int zeroPoint) {
        int count = ScaleLayout.of(granularity, SHAPE).count();
        float[] scales = new float[count];
        int[] zeroPoints = new int[count];
        for (int i = 0; i < count; i++) {
            scales[i] = 0.1f + i / 64f;
            zeroPoints[i] = Math.min(format.qmax(), zeroPoint + i % 2);
        }
        QuantizationScheme scheme = new QuantizationScheme(format, Symmetry.AFFINE, granularity);
        return PackedTensor.of(
                IntegerCodec.quantize(
                        values((int) SHAPE.size()),
                        SHAPE,
                        new QuantizationParameters(scheme, scales, zeroPoints)));
    }

    private static PackedTensor scaled(NumberFormat format, Granularity granularity) {
        float[] scales = new float[ScaleLayout.of(granularity, SHAPE).count()];
        for (int i = 0; i < scales.length; i++) {
            scales[i] = 0.5f + i / 64f;
        }
        float[] values = values((int) SHAPE.size());
        return PackedTensor.encode(values, SHAPE, format, granularity, scales);
    }
}
