package io.github.djlqat.safetensors;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * An open safetensors file.
 *
 * <p>The header is validated when the file is opened, and the data is mapped into memory, not read:
 * files larger than the memory are fine. Instances may be used by several threads. The file must
 * not be changed or cut while it is open. What the methods return stays valid after {@link
 * #close()}; the memory of the mappings is given back when nothing refers to them any more.
 *
 * <pre>{@code
 * try (SafetensorsFile file = SafetensorsFile.open(Path.of("model.safetensors"))) {
 *     for (String name : file.names()) {
 *         System.out.println(file.info(name));
 *     }
 * }
 * }</pre>
 *
 * @see <a href="https://huggingface.co/docs/safetensors/index#format">The safetensors format</a>
 */
public final class SafetensorsFile implements AutoCloseable {

    // Native libraries hold the sizes of a shape in fixed arrays of this length.
    private static final int MAX_ARRAY_DIMENSIONS = 64;

    private final Path path;
    private final FileChannel channel;
    private final Map<String, TensorInfo> tensors;
    private final Map<String, String> metadata;
    private final MappedData data;

    private SafetensorsFile(Path path, FileChannel channel, Header header, MappedData data) {
        this.path = path;
        this.channel = channel;
        this.metadata = header.metadata();
        this.data = data;
        tensors = new LinkedHashMap<>();
        header.tensors().forEach(tensor -> tensors.put(tensor.name(), tensor));
    }

    /**
     * Opens a file and validates its header.
     *
     * @param path the file
     * @return the open file
     * @throws IOException if the file cannot be read
     * @throws SafetensorsException if it breaks the format
     */
    public static SafetensorsFile open(Path path) throws IOException {
        return open(path, Integer.MAX_VALUE);
    }

    static SafetensorsFile open(Path path, long maxWindow) throws IOException {
        FileChannel channel = FileChannel.open(path, StandardOpenOption.READ);
        try {
            Header header = readHeader(channel);
            return new SafetensorsFile(
                    path, channel, header, MappedData.map(channel, header, maxWindow));
        } catch (SafetensorsException e) {
            channel.close();
            throw new SafetensorsException(path + ": " + e.getMessage(), e);
        } catch (IOException | RuntimeException | Error e) {
            channel.close();
            throw e;
        }
    }

    private static Header readHeader(FileChannel channel) throws IOException {
        long size = channel.size();
        if (size < Header.PREFIX_BYTES) {
            throw new SafetensorsException(
                    "the file has " + size + " bytes; the length of the header alone takes 8.");
        }
        long length =
                read(channel, 0, Header.PREFIX_BYTES).order(ByteOrder.LITTLE_ENDIAN).getLong();
        if (length < 0 || length > Header.MAX_BYTES) {
            throw new SafetensorsException(
                    "the header's length is given as "
                            + Long.toUnsignedString(length)
                            + " bytes; at most "
                            + Header.MAX_BYTES
                            + " are legal.");
        }
        if (length > size - Header.PREFIX_BYTES) {
            throw new SafetensorsException(
                    "the file is truncated: its header has "
                            + length
                            + " bytes and "
                            + (size - Header.PREFIX_BYTES)
                            + " follow the length.");
        }
        byte[] json = read(channel, Header.PREFIX_BYTES, (int) length).array();
        return HeaderReader.read(json, size - Header.PREFIX_BYTES - length);
    }

    private static ByteBuffer read(FileChannel channel, long position, int length)
            throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(length);
        while (bytes.hasRemaining()) {
            if (channel.read(bytes, position + bytes.position()) < 0) {
                throw new EOFException("The file became shorter while it was read.");
            }
        }
        return bytes.flip();
    }

    /**
     * Returns the file's path.
     *
     * @return the path that was opened
     */
    public Path path() {
        return path;
    }

    /**
     * Returns the names of the tensors.
     *
     * @return the names, in the order of their data
     */
    public List<String> names() {
        return List.copyOf(tensors.keySet());
    }

    /**
     * Returns the free-form texts of the header.
     *
     * @return the texts by key, empty where there are none
     */
    public Map<String, String> metadata() {
        return metadata;
    }

    /**
     * Returns whether there is a tensor of a name.
     *
     * @param name a name
     * @return true if there is
     */
    public boolean contains(String name) {
        return tensors.containsKey(name);
    }

    /**
     * Returns what the header says of a tensor.
     *
     * @param name its name
     * @return its type, shape and place
     * @throws SafetensorsException if there is none of that name
     */
    public TensorInfo info(String name) {
        TensorInfo info = tensors.get(name);
        if (info == null) {
            throw new SafetensorsException(
                    path
                            + " has no tensor \""
                            + Text.shorten(name)
                            + "\"; it has "
                            + Text.list(tensors.keySet())
                            + ".");
        }
        return info;
    }

    /**
     * Returns the bytes of a tensor.
     *
     * @param name its name
     * @return a read-only, little-endian view of the mapped file
     * @throws IOException if the file cannot be mapped
     * @throws SafetensorsException if there is none of that name, or it is larger than 2 GiB
     */
    public ByteBuffer bytes(String name) throws IOException {
        TensorInfo info = info(name);
        return bytes(
                name,
                0,
                bufferSize(
                        info,
                        info.byteSize(),
                        "read it in parts with bytes(name, offset, length)"));
    }

    /**
     * Returns some of the bytes of a tensor, which may be larger than 2 GiB.
     *
     * @param name its name
     * @param offset the first byte, from the start of the tensor
     * @param length the number of bytes
     * @return a read-only, little-endian view of the mapped file
     * @throws IOException if the file cannot be mapped
     * @throws SafetensorsException if there is none of that name
     * @throws IndexOutOfBoundsException if the range is not in the tensor
     */
    public ByteBuffer bytes(String name, long offset, int length) throws IOException {
        TensorInfo info = info(name);
        if (offset < 0 || length < 0 || offset > info.byteSize() - length) {
            throw new IndexOutOfBoundsException(
                    "Tensor \""
                            + Text.shorten(name)
                            + "\" has "
                            + info.byteSize()
                            + " bytes; "
                            + length
                            + " at offset "
                            + offset
                            + " are not in it.");
        }
        return data.slice(info.begin() + offset, length);
    }

    /**
     * Returns the elements of a tensor as floats: exactly, except that F64 and integers beyond 24
     * bits are rounded to the nearest float, ties to even. A BOOL becomes 0 or 1.
     *
     * @param name its name
     * @return its elements, row-major
     * @throws IOException if the file cannot be mapped
     * @throws SafetensorsException if there is none of that name, it is too large for an array, or
     *     its type is C64, F4, F6_E2M3, F6_E3M2, F8_E8M0, F8_E4M3FNUZ or F8_E5M2FNUZ
     */
    public float[] floats(String name) throws IOException {
        TensorInfo info = info(name);
        ByteBuffer bytes = bytes(name);
        float[] floats =
                new float
                        [bufferSize(
                                info,
                                info.elements(),
                                "read it in parts with bytes(name, offset, length)")];
        Elements.toFloats(info, bytes, FloatBuffer.wrap(floats));
        return floats;
    }

    /**
     * Makes an array of a tensor. F32, F64, F16, I8, U8, I32, I64 and BOOL keep their type; BF16
     * becomes FLOAT32, exactly.
     *
     * @param manager the manager that owns the array
     * @param name the tensor's name
     * @return the array
     * @throws IOException if the file cannot be mapped
     * @throws SafetensorsException if there is none of that name, it is too large, or it has a type
     *     that DJL's PyTorch engine does not take; the engine is not called then
     */
    public NDArray toNDArray(NDManager manager, String name) throws IOException {
        TensorInfo info = info(name);
        DataType type = info.dtype() == Dtype.BF16 ? DataType.FLOAT32 : info.dtype().dataType();
        if (type == null) {
            throw new SafetensorsException(
                    path
                            + ": tensor \""
                            + Text.shorten(name)
                            + "\" is of "
                            + info.dtype()
                            + ", of which DJL has no arrays; the types that it has are F32, F64, F16, BF16 (as FLOAT32), I8, U8, I32, I64 and"
                            + " BOOL. Read it with floats() or bytes().");
        }
        return manager.create(nativeBytes(info, type), info.shape(), type);
    }

    /**
     * Copies a tensor into memory that native code may keep.
     *
     * @param info the tensor
     * @param type the type of the copy: the tensor's own, or FLOAT32 or FLOAT64 for one of floats
     * @return a direct buffer in native byte order
     */
    ByteBuffer nativeBytes(TensorInfo info, DataType type) throws IOException {
        if (info.shape().dimension() > MAX_ARRAY_DIMENSIONS) {
            throw new SafetensorsException(
                    path
                            + ": tensor \""
                            + Text.shorten(info.name())
                            + "\" has "
                            + info.shape().dimension()
                            + " dimensions; an array has at most "
                            + MAX_ARRAY_DIMENSIONS
                            + ".");
        }
        long size = Math.multiplyExact(info.elements(), (long) type.getNumOfBytes());
        int capacity = bufferSize(info, size, "an array cannot hold it");
        ByteBuffer source = bytes(info.name());
        if (info.dtype() == Dtype.BOOL) {
            Elements.checkBooleans(info, source);
        }
        // Never the mapped memory itself: the engine would write through it, and would outlive it.
        ByteBuffer target = ByteBuffer.allocateDirect(capacity).order(ByteOrder.nativeOrder());
        if (info.dtype().dataType() == type) {
            Elements.copy(type.getNumOfBytes(), source, target);
        } else if (type == DataType.FLOAT32) {
            Elements.toFloats(info, source, target.asFloatBuffer());
        } else {
            float[] floats = floats(info.name());
            for (int i = 0; i < floats.length; i++) {
                target.putDouble(8 * i, floats[i]);
            }
        }
        return target.rewind();
    }

    private int bufferSize(TensorInfo info, long size, String advice) {
        if (size > Integer.MAX_VALUE - 8) {
            throw new SafetensorsException(
                    path
                            + ": tensor \""
                            + Text.shorten(info.name())
                            + "\" takes "
                            + size
                            + ", more than 2^31 - 9 of a buffer; "
                            + advice
                            + ".");
        }
        return (int) size;
    }

    int windows() {
        return data.windows();
    }

    /** Closes the file. Views that were returned stay valid. */
    @Override
    public void close() throws IOException {
        channel.close();
    }
}
