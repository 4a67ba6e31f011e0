package io.github.djlqat.onnx;

import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Initializers that are kept outside their model, one behind the other in a file.
 *
 * @param offsets where the data of each tensor begins, by its name
 * @param tensors the tensors in order
 * @param digest a digest of names, offsets and data, 16 hexadecimal digits
 * @see <a href="https://onnx.ai/onnx/repo-docs/ExternalData.html">External data</a>
 */
record ExternalData(Map<String, Long> offsets, List<TensorProto> tensors, String digest) {

    /** Runtimes map tensors into memory that begin at a page. */
    private static final long PAGE = 4096;

    private static final int DIGEST_BYTES = 8;

    static ExternalData of(List<TensorProto> tensors) {
        MessageDigest digest = sha256();
        Map<String, Long> offsets = new LinkedHashMap<>();
        long end = 0;
        for (TensorProto tensor : tensors) {
            long offset = (end + PAGE - 1) / PAGE * PAGE;
            offsets.put(tensor.getName(), offset);
            end = offset + tensor.getRawData().size();
            digest.update(ByteBuffer.allocate(Long.BYTES).putLong(0, offset));
            digest.update(tensor.getRawData().asReadOnlyByteBuffer());
        }
        String hex = HexFormat.of().formatHex(digest.digest(), 0, DIGEST_BYTES);
        return new ExternalData(offsets, tensors, hex);
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java platform has SHA-256.", e);
        }
    }

    void writeTo(FileChannel channel) throws IOException {
        for (TensorProto tensor : tensors) {
            channel.position(Objects.requireNonNull(offsets.get(tensor.getName())));
            ByteBuffer data = tensor.getRawData().asReadOnlyByteBuffer();
            while (data.hasRemaining()) {
                channel.write(data);
            }
        }
    }

    /** Returns a tensor that names its data in a file, or the tensor itself if it is not here. */
    TensorProto reference(TensorProto tensor, String location) {
        Long offset = offsets.get(tensor.getName());
        if (offset == null) {
            return tensor;
        }
        return tensor.toBuilder()
                .clearRawData()
                .setDataLocation(TensorProto.DataLocation.EXTERNAL)
                .addExternalData(entry("location", location))
                .addExternalData(entry("offset", Long.toString(offset)))
                .addExternalData(entry("length", Long.toString(tensor.getRawData().size())))
                .build();
    }

    private static StringStringEntryProto entry(String key, String value) {
        return StringStringEntryProto.newBuilder().setKey(key).setValue(value).build();
    }
}
