package io.github.djlqat.safetensors;

import ai.djl.ndarray.types.Shape;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Parses and validates the JSON of a header.
 *
 * <p>Files come from strangers: whatever the bytes are, the outcome is a valid header or a {@link
 * SafetensorsException}, with memory in proportion to the header's length, which the format caps.
 */
final class HeaderReader {

    // The deepest legal nesting is the shape: an array in an object in an object.
    private static final int MAX_DEPTH = 3;

    // Names are not canonicalized: a table that grows with hostile names is of no use to a parser
    // that sees each once.
    private static final JsonFactory JSON =
            JsonFactory.builder()
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
                    .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
                    .streamReadConstraints(
                            StreamReadConstraints.builder()
                                    .maxNestingDepth(MAX_DEPTH)
                                    .maxStringLength(Header.MAX_BYTES)
                                    .maxNameLength(Header.MAX_BYTES)
                                    .maxNumberLength(32)
                                    .build())
                    .build();

    private HeaderReader() {}

    /**
     * Parses a header.
     *
     * @param json the bytes between the length and the data
     * @param dataSize the number of bytes of the file after the header
     * @return the header
     * @throws SafetensorsException if it breaks the format
     */
    static Header read(byte[] json, long dataSize) {
        if (json.length == 0 || json[0] != '{') {
            throw new SafetensorsException("the header must start with '{'.");
        }
        List<TensorInfo> tensors = new ArrayList<>();
        Map<String, String> metadata = new LinkedHashMap<>();
        // A reader of our own: the parser's decoder for byte arrays guesses the encoding and lets
        // malformed UTF-8 pass.
        try (Reader text =
                        new InputStreamReader(
                                new ByteArrayInputStream(json),
                                StandardCharsets.UTF_8
                                        .newDecoder()
                                        .onMalformedInput(CodingErrorAction.REPORT)
                                        .onUnmappableCharacter(CodingErrorAction.REPORT));
                JsonParser parser = JSON.createParser(text)) {
            expect(parser.nextToken(), JsonToken.START_OBJECT, "The header");
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                String name = parser.currentName();
                checkUnicode(name);
                if (name.equals(Header.METADATA)) {
                    readMetadata(parser, metadata);
                } else {
                    tensors.add(readTensor(parser, name));
                }
            }
            if (parser.nextToken() != null) {
                throw new SafetensorsException(
                        "the header's JSON object is followed by more than whitespace.");
            }
        } catch (IOException e) {
            throw new SafetensorsException(
                    "the header is not UTF-8 JSON of the legal form: " + firstLine(e), e);
        }
        return new Header(
                checkLayout(tensors, dataSize),
                Collections.unmodifiableMap(metadata),
                (long) Header.PREFIX_BYTES + json.length);
    }

    private static void readMetadata(JsonParser parser, Map<String, String> metadata)
            throws IOException {
        expect(parser.nextToken(), JsonToken.START_OBJECT, Header.METADATA);
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String key = parser.currentName();
            checkUnicode(key);
            expect(
                    parser.nextToken(),
                    JsonToken.VALUE_STRING,
                    Header.METADATA + " \"" + Text.shorten(key) + "\"");
            String value = parser.getText();
            checkUnicode(value);
            metadata.put(key, value);
        }
    }

    private static TensorInfo readTensor(JsonParser parser, String name) throws IOException {
        String where = "Tensor \"" + Text.shorten(name) + "\"";
        expect(parser.nextToken(), JsonToken.START_OBJECT, where);
        Dtype dtype = null;
        long[] shape = null;
        long[] offsets = null;
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String field = parser.currentName();
            JsonToken value = parser.nextToken();
            switch (field) {
                case "dtype" -> {
                    expect(value, JsonToken.VALUE_STRING, where + ": dtype");
                    dtype = parseDtype(where, parser.getText());
                }
                case "shape" -> shape = readNumbers(parser, where + ": shape");
                case "data_offsets" -> offsets = readNumbers(parser, where + ": data_offsets");
                default ->
                        throw new SafetensorsException(
                                where
                                        + " has the unknown field \""
                                        + Text.shorten(field)
                                        + "\"; the legal ones are dtype, shape and data_offsets.");
            }
        }
        if (dtype == null || shape == null || offsets == null) {
            throw new SafetensorsException(where + " lacks one of dtype, shape and data_offsets.");
        }
        if (offsets.length != 2) {
            throw new SafetensorsException(
                    where + ": data_offsets has " + offsets.length + " numbers; it takes 2.");
        }
        return new TensorInfo(name, dtype, new Shape(shape), offsets[0], offsets[1]);
    }

    private static Dtype parseDtype(String where, String text) {
        try {
            return Dtype.parse(text);
        } catch (SafetensorsException e) {
            throw new SafetensorsException(where + ": " + e.getMessage(), e);
        }
    }

    private static long[] readNumbers(JsonParser parser, String where) throws IOException {
        expect(parser.currentToken(), JsonToken.START_ARRAY, where);
        long[] numbers = new long[4];
        int count = 0;
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            expect(parser.currentToken(), JsonToken.VALUE_NUMBER_INT, where);
            long number = parser.getLongValue();
            if (number < 0) {
                throw new SafetensorsException(where + " holds " + number + "; the least is 0.");
            }
            if (count == numbers.length) {
                numbers = Arrays.copyOf(numbers, 2 * count);
            }
            numbers[count++] = number;
        }
        return Arrays.copyOf(numbers, count);
    }

    private static List<TensorInfo> checkLayout(List<TensorInfo> tensors, long dataSize) {
        List<TensorInfo> ordered = new ArrayList<>(tensors);
        ordered.sort(
                Comparator.comparingLong(TensorInfo::begin).thenComparingLong(TensorInfo::end));
        long expected = 0;
        for (TensorInfo tensor : ordered) {
            if (tensor.begin() != expected) {
                throw new SafetensorsException(
                        "Tensor \""
                                + Text.shorten(tensor.name())
                                + "\" starts at offset "
                                + tensor.begin()
                                + ", which "
                                + (tensor.begin() < expected ? "overlaps" : "leaves a hole after")
                                + " the tensor before it, which ends at "
                                + expected
                                + ".");
            }
            expected = tensor.end();
        }
        if (expected != dataSize) {
            throw new SafetensorsException(
                    "the file is "
                            + (expected > dataSize ? "truncated" : "too long")
                            + ": its tensors take "
                            + expected
                            + " bytes and "
                            + dataSize
                            + " follow the header.");
        }
        return List.copyOf(ordered);
    }

    private static void expect(@Nullable JsonToken found, JsonToken expected, String where) {
        if (found != expected) {
            throw new SafetensorsException(
                    where
                            + ": found "
                            + (found == null ? "the end" : found)
                            + " where "
                            + expected
                            + " is due.");
        }
    }

    // JSON can spell half of a surrogate pair, which has no UTF-8 form and so could never be
    // written again.
    private static void checkUnicode(String text) {
        if (!StandardCharsets.UTF_8.newEncoder().canEncode(text)) {
            throw new SafetensorsException(
                    "\""
                            + Text.shorten(text)
                            + "\" holds an unpaired surrogate, which is not a Unicode text.");
        }
    }

    private static String firstLine(IOException e) {
        String message = String.valueOf(e.getMessage());
        int end = message.indexOf('\n');
        return Text.shorten(end < 0 ? message : message.substring(0, end));
    }
}
