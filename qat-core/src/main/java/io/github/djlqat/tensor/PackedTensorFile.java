package io.github.djlqat.tensor;

import ai.djl.ndarray.types.Shape;
import com.fasterxml.jackson.core.JsonProcessingException;
import io.github.djlqat.io.AtomicFile;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.Channels;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.CRC32;

/**
 * A packed tensor in a file: 8 bytes {@code DJLQAT-T}, the length of the header as a little-endian
 * 32-bit integer, the header in JSON, and the planes one after the other.
 */
final class PackedTensorFile {

    private static final byte[] MAGIC = "DJLQAT-T".getBytes(StandardCharsets.US_ASCII);

    /** A header is far below a kilobyte unless it holds a table of the user's. */
    private static final int LONGEST_HEADER = 1 << 20;

    private PackedTensorFile() {}

    static void save(PackedTensor tensor, Path path) throws IOException {
        AtomicFile.write(path, channel -> write(tensor, Channels.newOutputStream(channel)));
    }

    static void write(PackedTensor tensor, OutputStream stream) throws IOException {
        TensorHeader header =
                new TensorHeader(
                        tensor.format(), tensor.shape().getShape(), checksum(tensor.planes()));
        byte[] json = HeaderMapper.write(header);
        if (json.length > LONGEST_HEADER) {
            throw new IOException("The description of the tensor takes " + json.length + " bytes.");
        }
        stream.write(MAGIC);
        stream.write(
                ByteBuffer.allocate(Integer.BYTES)
                        .order(ByteOrder.LITTLE_ENDIAN)
                        .putInt(0, json.length)
                        .array());
        stream.write(json);
        for (byte[] plane : tensor.planes()) {
            stream.write(plane);
        }
    }

    static PackedTensor load(Path path) throws IOException {
        try (InputStream stream = Files.newInputStream(path)) {
            PackedTensor tensor = read(stream);
            if (stream.read() >= 0) {
                throw new IOException("there are bytes behind the tensor's end");
            }
            return tensor;
        } catch (IOException e) {
            throw new IOException(
                    "Cannot load a packed tensor from " + path + ": " + e.getMessage() + ".", e);
        }
    }

    static PackedTensor read(InputStream stream) throws IOException {
        byte[] magic = stream.readNBytes(MAGIC.length);
        if (!Arrays.equals(magic, MAGIC)) {
            throw new IOException("it does not start with DJLQAT-T, as a packed tensor does");
        }
        int length =
                ByteBuffer.wrap(read(stream, Integer.BYTES, "length of the header"))
                        .order(ByteOrder.LITTLE_ENDIAN)
                        .getInt();
        if (length < 0 || length > LONGEST_HEADER) {
            throw new IOException(
                    "the length of the header is "
                            + Integer.toUnsignedString(length)
                            + "; legal are 0 to "
                            + LONGEST_HEADER);
        }
        TensorHeader header = header(read(stream, length, "header"));
        try {
            return tensor(header, stream);
        } catch (IllegalArgumentException e) {
            throw new IOException("its content is not legal: " + e.getMessage(), e);
        }
    }

    private static TensorHeader header(byte[] json) throws IOException {
        try {
            return HeaderMapper.read(json);
        } catch (JsonProcessingException e) {
            throw new IOException(
                    "the header is not that of a packed tensor: " + e.getOriginalMessage(), e);
        }
    }

    private static PackedTensor tensor(TensorHeader header, InputStream stream) throws IOException {
        Shape shape = new Shape(header.shape());
        List<byte[]> planes = new ArrayList<>();
        for (StoredPlane plane : header.format().planes(shape)) {
            planes.add(read(stream, plane.size(), plane.name()));
        }
        if (checksum(planes) != header.crc32()) {
            throw new IOException("its bytes are not those that were written: CRC-32 differs");
        }
        return new PackedTensor(header.format(), shape, planes);
    }

    /** Allocates no more than comes: the length may be a lie. */
    private static byte[] read(InputStream stream, long length, String what) throws IOException {
        if (length < 0 || length > Integer.MAX_VALUE - 8) {
            throw new IOException("the " + what + " would take " + length + " bytes");
        }
        byte[] bytes = stream.readNBytes((int) length);
        if (bytes.length < length) {
            throw new IOException(
                    "it ends after "
                            + bytes.length
                            + " of the "
                            + length
                            + " bytes of its "
                            + what);
        }
        return bytes;
    }

    private static long checksum(List<byte[]> planes) {
        CRC32 crc = new CRC32();
        planes.forEach(crc::update);
        return crc.getValue();
    }
}
