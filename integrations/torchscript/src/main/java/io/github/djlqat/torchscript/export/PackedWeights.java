package io.github.djlqat.torchscript.export;

import ai.djl.ndarray.types.Shape;
import io.github.djlqat.convention.StoredScale;
import io.github.djlqat.format.FloatCodec;
import io.github.djlqat.format.FloatFormat;
import io.github.djlqat.format.Overflow;
import io.github.djlqat.format.Rounding;
import io.github.djlqat.graph.Argument;
import io.github.djlqat.recipe.TensorFormat;
import io.github.djlqat.scheme.Granularity;
import io.github.djlqat.scheme.QuantizationParameters;
import io.github.djlqat.scheme.QuantizedTensor;
import io.github.djlqat.torchscript.pickle.BooleanValue;
import io.github.djlqat.torchscript.pickle.IntegerValue;
import io.github.djlqat.torchscript.pickle.ListKind;
import io.github.djlqat.torchscript.pickle.ListValue;
import io.github.djlqat.torchscript.pickle.ObjectValue;
import io.github.djlqat.torchscript.pickle.PickleValue;
import io.github.djlqat.torchscript.pickle.StorageType;
import io.github.djlqat.torchscript.pickle.TensorValue;
import io.github.djlqat.torchscript.pickle.TupleValue;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * Weights of few bits as instances of classes of the archive, which turn them into floats when they
 * are loaded.
 */
final class PackedWeights {

    private static final String CODES = "__torch__.PackedWeight";
    private static final String HALVES = "__torch__.HalfWeight";

    private static final Map<String, String> SOURCES =
            Map.of(CODES, "packed_weight.py", HALVES, "half_weight.py");

    private static final Map<FloatFormat, StorageType> HALF_TYPES =
            Map.of(
                    FloatFormat.FLOAT16,
                    StorageType.HALF,
                    FloatFormat.BFLOAT16,
                    StorageType.BFLOAT16);

    private final TensorRecords records;

    PackedWeights(TensorRecords records) {
        this.records = records;
    }

    /** The source of a class. */
    static String source(String className) {
        String resource = Objects.requireNonNull(SOURCES.get(className));
        try (InputStream in = PackedWeights.class.getResourceAsStream(resource)) {
            if (in == null) {
                throw new IllegalStateException("The resource " + resource + " is missing.");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The instance that holds a constant that was rounded to 16 bits, if it is one. */
    Optional<ObjectValue> halves(Argument.Constant constant) {
        if (!(constant.format() instanceof TensorFormat.Unscaled unscaled)
                || !(constant.data() instanceof float[] values)) {
            return Optional.empty();
        }
        StorageType type = HALF_TYPES.get(unscaled.format());
        if (type == null) {
            return Optional.empty();
        }
        ByteBuffer bytes =
                ByteBuffer.allocate(Math.multiplyExact(values.length, Short.BYTES))
                        .order(ByteOrder.LITTLE_ENDIAN);
        for (float value : values) {
            int code =
                    FloatCodec.encode(
                            unscaled.format(), value, Rounding.HALF_EVEN, Overflow.SATURATE);
            bytes.putShort((short) code);
        }
        List<PickleValue> state =
                List.of(
                        records.add(type, constant.shape(), bytes.array(), false),
                        new BooleanValue(false));
        return Optional.of(new ObjectValue(HALVES, new TupleValue(state)));
    }

    /** The instance that holds the codes of a weight. */
    ObjectValue codes(QuantizedTensor tensor) {
        QuantizationParameters parameters = tensor.parameters();
        int lowest = parameters.scheme().format().qmin();
        int bits = containerBits(parameters.scheme().format().bits());
        Grid grid = Grid.of(parameters.scheme().granularity(), tensor.shape());
        StoredScale stored = parameters.scheme().convention().arithmetic().storedScale();
        float[] scales = parameters.scales();
        for (int i = 0; i < scales.length; i++) {
            scales[i] = stored.of(scales[i]);
        }
        byte[] packed = pack(tensor.codes(), lowest, bits);
        List<PickleValue> state =
                List.of(
                        records.add(StorageType.UINT8, new Shape(packed.length), packed, false),
                        records.add(grid.shape(), scales, false),
                        zeros(parameters.zeroPoints(), lowest, grid),
                        integers(tensor.shape().getShape()),
                        integers(grid.group()),
                        new IntegerValue(bits),
                        new BooleanValue(false));
        return new ObjectValue(CODES, new TupleValue(state));
    }

    /** The zero points, counted from the lowest code as codes are: one where all are the same. */
    private TensorValue zeros(int[] zeroPoints, int lowest, Grid grid) {
        boolean shared = Arrays.stream(zeroPoints).distinct().count() == 1;
        byte[] zeros = new byte[shared ? 1 : zeroPoints.length];
        for (int i = 0; i < zeros.length; i++) {
            zeros[i] = (byte) (zeroPoints[i] - lowest);
        }
        return records.add(StorageType.UINT8, shared ? new Shape() : grid.shape(), zeros, false);
    }

    /** The bits that a code takes: a number by which a byte can be divided. */
    private static int containerBits(int bits) {
        if (bits <= 2) {
            return 2;
        }
        return bits <= 4 ? 4 : Byte.SIZE;
    }

    /** Stores codes, counted from the lowest one, first in the lowest bits of a byte. */
    private static byte[] pack(byte[] codes, int lowest, int bits) {
        int each = Byte.SIZE / bits;
        byte[] packed = new byte[(codes.length + each - 1) / each];
        for (int i = 0; i < codes.length; i++) {
            int code = lowest < 0 ? codes[i] : codes[i] & 0xff;
            packed[i / each] |= (byte) ((code - lowest) << (bits * (i % each)));
        }
        return packed;
    }

    private static PickleValue integers(long... numbers) {
        return new ListValue(
                ListKind.INTEGERS,
                Arrays.stream(numbers).<PickleValue>mapToObj(IntegerValue::new).toList());
    }

    /**
     * How scales lie over a tensor.
     *
     * @param shape a shape that broadcasts over the tensor, after its elements have been repeated
     * @param group for each axis how often; empty where none is
     */
    @SuppressWarnings("ArrayRecordComponent")
    private record Grid(Shape shape, long... group) {

        static Grid of(Granularity granularity, Shape tensor) {
            long[] dims = tensor.getShape().clone();
            long[] group = new long[dims.length];
            Arrays.fill(group, 1);
            if (granularity instanceof Granularity.PerGroup groups) {
                cut(dims, group, groups.axis(), groups.size());
                return new Grid(new Shape(dims), group);
            }
            if (granularity instanceof Granularity.PerBlock block) {
                cut(dims, group, dims.length - 2, block.rows());
                cut(dims, group, dims.length - 1, block.columns());
                return new Grid(new Shape(dims), group);
            }
            if (granularity instanceof Granularity.PerToken) {
                dims[dims.length - 1] = 1;
            } else {
                Arrays.fill(dims, 1);
                if (granularity instanceof Granularity.PerChannel channel) {
                    dims[channel.axis()] = tensor.get(channel.axis());
                }
            }
            return new Grid(new Shape(dims));
        }

        private static void cut(long[] dims, long[] group, int axis, long size) {
            dims[axis] = (dims[axis] + size - 1) / size;
            group[axis] = size;
        }
    }
}
