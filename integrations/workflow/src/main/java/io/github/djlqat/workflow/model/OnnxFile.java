package io.github.djlqat.workflow.model;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.WireFormat;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Checks that a file is a message of the ONNX format on its outside, before native code reads it:
 * its errors do not always come back where PyTorch runs in the same process.
 */
final class OnnxFile {

    /** The field of {@code ModelProto} that holds the graph. */
    private static final int GRAPH = 7;

    private OnnxFile() {}

    /**
     * Checks a file.
     *
     * @throws IOException if it cannot be read or is no ONNX file
     */
    static void check(Path path) throws IOException {
        boolean graph = false;
        try (InputStream stream = Files.newInputStream(path)) {
            CodedInputStream in = CodedInputStream.newInstance(stream);
            in.setSizeLimit(Integer.MAX_VALUE);
            for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
                graph |= WireFormat.getTagFieldNumber(tag) == GRAPH;
                if (!in.skipField(tag)) {
                    throw none(path, null);
                }
            }
        } catch (InvalidProtocolBufferException e) {
            throw none(path, e);
        }
        if (!graph) {
            throw none(path, null);
        }
    }

    private static IOException none(Path path, @Nullable Throwable cause) {
        return new IOException(path + " is no ONNX file, or a damaged one.", cause);
    }
}
