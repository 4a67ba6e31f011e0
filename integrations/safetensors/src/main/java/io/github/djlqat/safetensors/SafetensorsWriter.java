package io.github.djlqat.safetensors;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import io.github.djlqat.io.AtomicFile;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Writes a safetensors file.
 *
 * <p>The layout is that of the reference implementation: tensors in descending order of {@link
 * Dtype}, so that each is aligned to its element size, then by name; the header is padded with
 * spaces to a multiple of 8 bytes. The same tensors give the same bytes. The file appears whole or
 * not at all.
 *
 * <pre>{@code
 * new SafetensorsWriter()
 *         .metadata("format", "pt")
 *         .put("weight", weight)
 *         .put("scale", new Shape(3), new float[] {0.5f, 1, 2})
 *         .write(Path.of("model.safetensors"));
 * }</pre>
 */
public final class SafetensorsWriter {

    private static final JsonFactory JSON =
            JsonFactory.builder()
                    .enable(JsonWriteFeature.COMBINE_UNICODE_SURROGATES_IN_UTF8)
                    .build();

    private static final Comparator<TensorInfo> LAYOUT =
            Comparator.comparing(TensorInfo::dtype, Comparator.reverseOrder())
                    .thenComparing(TensorInfo::name, Text.UTF8_ORDER);

    private final Map<String, Entry> entries = new LinkedHashMap<>();
    private final Map<String, String> metadata = new TreeMap<>(Text.UTF8_ORDER);

    /**
     * Adds a text to the header.
     *
     * @param key its key
     * @param value the text
     * @return this writer
     * @throws SafetensorsException if one is not a Unicode text, or the key is there already
     */
    public SafetensorsWriter metadata(String key, String value) {
        checkUnicode(key);
        checkUnicode(value);
        if (metadata.putIfAbsent(key, value) != null) {
            throw new SafetensorsException(
                    "The metadata has the key \"" + Text.shorten(key) + "\" already.");
        }
        return this;
    }

    /**
     * Adds an array, whose elements are read when the file is written: it must be open until then.
     *
     * @param name the tensor's name
     * @param array a dense array of FLOAT32, FLOAT64, FLOAT16, UINT8, INT8, INT32, INT64 or BOOLEAN
     * @return this writer
     * @throws SafetensorsException if the name is not legal or there already, or the array has
     *     another type, is sparse, or has more than 2 GiB
     */
    public SafetensorsWriter put(String name, NDArray array) {
        Dtype dtype;
        try {
            dtype = Dtype.of(array.getDataType());
        } catch (SafetensorsException e) {
            throw new SafetensorsException(
                    "Tensor \"" + Text.shorten(name) + "\": " + e.getMessage(), e);
        }
        if (array.isSparse()) {
            throw new SafetensorsException(
                    "Tensor \""
                            + Text.shorten(name)
                            + "\" is sparse; only dense arrays can be written.");
        }
        TensorInfo info = info(name, dtype, array.getShape());
        if (info.byteSize() > Integer.MAX_VALUE - 8) {
            throw new SafetensorsException(
                    "Tensor \""
                            + Text.shorten(name)
                            + "\" takes "
                            + info.byteSize()
                            + " bytes; an array of at most 2^31 - 9 can be written.");
        }
        return add(info, () -> littleEndian(dtype, array.toByteBuffer()));
    }

    /**
     * Adds floats, stored as F32.
     *
     * @param name the tensor's name
     * @param shape its shape
     * @param values its elements, row-major; they are copied
     * @return this writer
     * @throws SafetensorsException if the name is not legal or there already, or the shape has
     *     another number of elements
     */
    public SafetensorsWriter put(String name, Shape shape, float[] values) {
        return put(name, Dtype.F32, shape, values);
    }

    /**
     * Adds floats, stored as a type of floats.
     *
     * @param name the tensor's name
     * @param dtype F32 or F64, which are exact, or F16 or BF16, to which the elements are rounded
     *     to nearest, ties to even
     * @param shape its shape
     * @param values its elements, row-major; they are copied
     * @return this writer
     * @throws SafetensorsException if the name is not legal or there already, the type is not one
     *     of the four, or the shape has another number of elements
     */
    public SafetensorsWriter put(String name, Dtype dtype, Shape shape, float[] values) {
        if (!dtype.isFloating()) {
            throw new SafetensorsException(
                    "Tensor \""
                            + Text.shorten(name)
                            + "\": floats are not stored as "
                            + dtype
                            + "; the legal types are F32, F64, F16 and BF16.");
        }
        return put(name, dtype, shape, Elements.fromFloats(dtype, values));
    }

    /**
     * Adds raw bytes.
     *
     * @param name the tensor's name
     * @param dtype the type of its elements
     * @param shape its shape
     * @param littleEndian its elements from the buffer's position to its limit, row-major and
     *     little-endian; the buffer is not copied and must not change until the file is written
     * @return this writer
     * @throws SafetensorsException if the name is not legal or there already, or the shape takes
     *     another number of bytes
     */
    public SafetensorsWriter put(String name, Dtype dtype, Shape shape, ByteBuffer littleEndian) {
        TensorInfo info = info(name, dtype, shape);
        if (info.byteSize() != littleEndian.remaining()) {
            throw new SafetensorsException(
                    "Tensor \""
                            + Text.shorten(name)
                            + "\": shape "
                            + Text.shorten(shape.toString())
                            + " of "
                            + dtype
                            + " takes "
                            + info.byteSize()
                            + " bytes, and "
                            + littleEndian.remaining()
                            + " were given.");
        }
        ByteBuffer view = littleEndian.slice();
        return add(info, view::duplicate);
    }

    /**
     * Writes the file: beside its place first, then renamed, so that a failure leaves what was
     * there.
     *
     * @param path the file; one that exists is replaced
     * @throws IOException if the file cannot be written
     * @throws SafetensorsException if the header is longer than the format allows
     */
    public void write(Path path) throws IOException {
        List<TensorInfo> tensors = layOut();
        byte[] header = header(tensors);
        if (header.length > Header.MAX_BYTES) {
            throw new SafetensorsException(
                    path
                            + ": the header would take "
                            + header.length
                            + " bytes; at most "
                            + Header.MAX_BYTES
                            + " are legal.");
        }
        ByteBuffer prefix =
                ByteBuffer.allocate(Header.PREFIX_BYTES)
                        .order(ByteOrder.LITTLE_ENDIAN)
                        .putLong(header.length)
                        .flip();
        AtomicFile.write(
                path,
                channel -> {
                    writeAll(channel, prefix);
                    writeAll(channel, ByteBuffer.wrap(header));
                    for (TensorInfo tensor : tensors) {
                        ByteBuffer bytes = entry(tensor).bytes().get();
                        if (bytes.remaining() != tensor.byteSize()) {
                            throw new SafetensorsException(
                                    "Tensor \""
                                            + Text.shorten(tensor.name())
                                            + "\" gave "
                                            + bytes.remaining()
                                            + " bytes where "
                                            + tensor.byteSize()
                                            + " are due: it changed after it was put.");
                        }
                        writeAll(channel, bytes);
                    }
                });
    }

    private List<TensorInfo> layOut() {
        List<TensorInfo> tensors = new ArrayList<>();
        long offset = 0;
        for (TensorInfo info : entries.values().stream().map(Entry::info).sorted(LAYOUT).toList()) {
            TensorInfo placed =
                    new TensorInfo(
                            info.name(),
                            info.dtype(),
                            info.shape(),
                            offset,
                            Math.addExact(offset, info.byteSize()));
            tensors.add(placed);
            offset = placed.end();
        }
        return tensors;
    }

    private byte[] header(List<TensorInfo> tensors) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (JsonGenerator json = JSON.createGenerator(out)) {
            json.writeStartObject();
            if (!metadata.isEmpty()) {
                json.writeObjectFieldStart(Header.METADATA);
                for (Map.Entry<String, String> text : metadata.entrySet()) {
                    json.writeStringField(text.getKey(), text.getValue());
                }
                json.writeEndObject();
            }
            for (TensorInfo tensor : tensors) {
                json.writeObjectFieldStart(tensor.name());
                json.writeStringField("dtype", tensor.dtype().name());
                json.writeFieldName("shape");
                json.writeArray(tensor.shape().getShape(), 0, tensor.shape().dimension());
                json.writeFieldName("data_offsets");
                json.writeArray(new long[] {tensor.begin(), tensor.end()}, 0, 2);
                json.writeEndObject();
            }
            json.writeEndObject();
        }
        while (out.size() % 8 != 0) {
            out.write(' ');
        }
        return out.toByteArray();
    }

    private Entry entry(TensorInfo info) {
        Entry entry = entries.get(info.name());
        if (entry == null) {
            throw new IllegalStateException(
                    "Tensor \"" + info.name() + "\" was laid out and not put.");
        }
        return entry;
    }

    private SafetensorsWriter add(TensorInfo info, Bytes bytes) {
        if (entries.putIfAbsent(info.name(), new Entry(info, bytes)) != null) {
            throw new SafetensorsException(
                    "There is a tensor \"" + Text.shorten(info.name()) + "\" already.");
        }
        return this;
    }

    private static TensorInfo info(String name, Dtype dtype, Shape shape) {
        checkUnicode(name);
        if (name.equals(Header.METADATA)) {
            throw new SafetensorsException(
                    "A tensor cannot be named \""
                            + Header.METADATA
                            + "\": the name stands for the file's texts.");
        }
        return new TensorInfo(name, dtype, shape, 0, TensorInfo.byteSize(name, dtype, shape));
    }

    private static void checkUnicode(String text) {
        if (!StandardCharsets.UTF_8.newEncoder().canEncode(text)) {
            throw new SafetensorsException(
                    "\""
                            + Text.shorten(text)
                            + "\" holds an unpaired surrogate, which has no UTF-8 form.");
        }
    }

    private static ByteBuffer littleEndian(Dtype dtype, ByteBuffer bytes) {
        if (ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN) {
            return bytes;
        }
        ByteBuffer swapped = ByteBuffer.allocate(bytes.remaining()).order(ByteOrder.LITTLE_ENDIAN);
        Elements.copy(dtype.bits() / 8, bytes.order(ByteOrder.nativeOrder()), swapped);
        return swapped.rewind();
    }

    private static void writeAll(FileChannel channel, ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
    }

    private record Entry(TensorInfo info, Bytes bytes) {}

    private interface Bytes {
        ByteBuffer get();
    }
}
