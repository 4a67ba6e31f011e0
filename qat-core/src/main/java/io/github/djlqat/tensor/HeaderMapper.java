package io.github.djlqat.tensor;

import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.jsontype.NamedType;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.djlqat.block.BlockFormat;
import io.github.djlqat.format.CodebookFormat;
import io.github.djlqat.format.Formats;
import io.github.djlqat.format.NumberFormat;
import io.github.djlqat.format.TieBreak;
import io.github.djlqat.scheme.Granularity;
import io.github.djlqat.scheme.QuantizationScheme;
import java.nio.charset.StandardCharsets;

/**
 * The headers of packed tensors in JSON: formats by their names, a table of the user's by its
 * values, and nothing unknown or missing taken.
 */
final class HeaderMapper {

    private static final ObjectMapper MAPPER = create();

    private HeaderMapper() {}

    /** Names the record of a sealed interface. */
    @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "kind")
    private interface Kind {}

    /** A header as it is written, one of blocks, scheme and elements with granularity in it. */
    private record Document(JsonNode format, long[] shape, long crc32) {}

    /** A table that has no name of its own. */
    private record Table(String name, float[] values, TieBreak tieBreak) {}

    static byte[] write(TensorHeader header) throws JsonProcessingException {
        JsonNode format = MAPPER.valueToTree(write(header.format()));
        return MAPPER.writeValueAsBytes(new Document(format, header.shape(), header.crc32()));
    }

    static TensorHeader read(byte[] json) throws JsonProcessingException {
        try {
            Document document = MAPPER.treeToValue(tree(json), Document.class);
            return new TensorHeader(format(document.format()), document.shape(), document.crc32());
        } catch (IllegalArgumentException e) {
            throw new JsonMappingException(null, String.valueOf(e.getMessage()), e);
        }
    }

    private static JsonNode tree(byte[] json) throws JsonProcessingException {
        JsonNode node = MAPPER.readTree(new String(json, StandardCharsets.UTF_8));
        if (!node.isObject()) {
            throw new JsonMappingException(null, "it is no object");
        }
        return node;
    }

    private static JsonNode write(StorageFormat format) {
        ObjectNode node = MAPPER.createObjectNode();
        if (format instanceof BlockStorageFormat blocks) {
            node.put("blocks", blocks.blocks().formatName());
        } else if (format instanceof IntegerStorageFormat integers) {
            node.set("scheme", MAPPER.valueToTree(integers.scheme()));
            node.put("zeroPoints", integers.zeroPoints());
        } else if (format instanceof ScaledStorageFormat scaled) {
            node.set("elements", write(scaled.elements()));
            // By the interface, whose records are named.
            node.set(
                    "granularity",
                    MAPPER.valueToTree(new Shared(scaled.granularity())).get("granularity"));
        }
        return node;
    }

    /** Which elements share a scale. */
    private record Shared(Granularity granularity) {}

    private static JsonNode write(NumberFormat format) {
        if (format instanceof CodebookFormat codebook && !isNamed(codebook)) {
            return MAPPER.valueToTree(
                    new Table(codebook.formatName(), codebook.values(), codebook.tieBreak()));
        }
        return MAPPER.getNodeFactory().textNode(format.formatName());
    }

    private static boolean isNamed(CodebookFormat codebook) {
        return Formats.named().contains(codebook);
    }

    private static StorageFormat format(JsonNode node) throws JsonProcessingException {
        if (node.has("blocks")) {
            requireFields(node, 1);
            return new BlockStorageFormat(BlockFormat.parse(node.get("blocks").asText()));
        }
        requireFields(node, 2);
        if (node.has("scheme") && node.path("zeroPoints").isBoolean()) {
            return new IntegerStorageFormat(
                    MAPPER.treeToValue(node.get("scheme"), QuantizationScheme.class),
                    node.get("zeroPoints").booleanValue());
        }
        if (node.has("elements") && node.has("granularity")) {
            return new ScaledStorageFormat(
                    elements(node.get("elements")),
                    MAPPER.treeToValue(node.get("granularity"), Granularity.class));
        }
        throw new JsonMappingException(
                null,
                "the format has blocks, or a scheme and zeroPoints, or elements and a granularity");
    }

    private static void requireFields(JsonNode node, int count) throws JsonMappingException {
        if (node.size() != count) {
            throw new JsonMappingException(
                    null, "the format has " + node.size() + " fields, not " + count);
        }
    }

    private static NumberFormat elements(JsonNode node) throws JsonProcessingException {
        if (node.isTextual()) {
            return Formats.parse(node.textValue());
        }
        Table table = MAPPER.treeToValue(node, Table.class);
        return new CodebookFormat(table.name(), table.values(), table.tieBreak());
    }

    private static ObjectMapper create() {
        JsonMapper.Builder builder =
                JsonMapper.builder()
                        .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
                        .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
                        .enable(DeserializationFeature.FAIL_ON_NULL_CREATOR_PROPERTIES)
                        .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
                        .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                        .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
                        // What a record says about its components is none of them.
                        .disable(MapperFeature.AUTO_DETECT_IS_GETTERS)
                        .addMixIn(Granularity.class, Kind.class);
        for (Class<?> kind : Granularity.class.getPermittedSubclasses()) {
            builder.registerSubtypes(new NamedType(kind, kind.getSimpleName()));
        }
        return builder.build();
    }
}
