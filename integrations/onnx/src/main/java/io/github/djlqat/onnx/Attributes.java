package io.github.djlqat.onnx;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.AttributeProto.AttributeType;
import com.google.protobuf.ByteString;
import java.util.ArrayList;
import java.util.List;

/** The attributes of an ONNX node. */
public final class Attributes {

    private final List<AttributeProto> list = new ArrayList<>();

    /**
     * Adds an integer.
     *
     * @param name the attribute's name
     * @param value its value
     * @return this
     */
    public Attributes integer(String name, long value) {
        list.add(attribute(name, AttributeType.INT).setI(value).build());
        return this;
    }

    /**
     * Adds a list of integers.
     *
     * @param name the attribute's name
     * @param values its values
     * @return this
     */
    public Attributes integers(String name, long... values) {
        AttributeProto.Builder builder = attribute(name, AttributeType.INTS);
        for (long value : values) {
            builder.addInts(value);
        }
        list.add(builder.build());
        return this;
    }

    /**
     * Adds a number.
     *
     * @param name the attribute's name
     * @param value its value
     * @return this
     */
    public Attributes real(String name, float value) {
        list.add(attribute(name, AttributeType.FLOAT).setF(value).build());
        return this;
    }

    /**
     * Adds a string.
     *
     * @param name the attribute's name
     * @param value its value
     * @return this
     */
    public Attributes text(String name, String value) {
        list.add(
                attribute(name, AttributeType.STRING).setS(ByteString.copyFromUtf8(value)).build());
        return this;
    }

    /**
     * Adds a list of strings.
     *
     * @param name the attribute's name
     * @param values its values
     * @return this
     */
    public Attributes texts(String name, List<String> values) {
        AttributeProto.Builder builder = attribute(name, AttributeType.STRINGS);
        values.forEach(value -> builder.addStrings(ByteString.copyFromUtf8(value)));
        list.add(builder.build());
        return this;
    }

    List<AttributeProto> list() {
        return list;
    }

    private static AttributeProto.Builder attribute(String name, AttributeType type) {
        return AttributeProto.newBuilder().setName(name).setType(type);
    }
}
