package io.github.djlqat.recipe;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLParser;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;

/**
 * The tree of a document, and where in the text its keys and values stand. Jackson's own trees
 * forget that, and a combination of values can only be refused once all of them are known.
 */
final class LocatedTree {

    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

    private final String source;
    private final Map<JsonPointer, JsonLocation> keys = new HashMap<>();
    private final Map<JsonPointer, JsonLocation> values = new HashMap<>();

    private LocatedTree(String source) {
        this.source = source;
    }

    /** A tree that has been read, and its places. */
    record Read(JsonNode root, LocatedTree places) {}

    /**
     * Reads a document.
     *
     * @param parser the parser, before its first token
     * @param source where the text came from, for messages
     * @return the document's tree and places
     * @throws IOException if the text is not in the parser's notation
     * @throws RecipeException if there is no document, more than one, a key given twice, or an
     *     alias
     */
    static Read read(JsonParser parser, String source) throws IOException {
        LocatedTree places = new LocatedTree(source);
        if (parser.nextToken() == null) {
            throw new RecipeException(
                    source,
                    1,
                    1,
                    "there is nothing in it; a recipe is an object with at least a name.",
                    null);
        }
        JsonNode root = places.node(parser, JsonPointer.empty());
        if (parser.nextToken() != null) {
            throw places.refuse(parser, "something follows the recipe; legal is one recipe.");
        }
        return new Read(root, places);
    }

    /**
     * Makes the exception for something at a place in the document.
     *
     * @param pointer the place; if the text has no such value, what encloses it is meant
     * @param key whether the key there is meant, not the value
     * @param problem the offending value and what would be legal
     * @param cause the exception underneath
     * @return the exception
     */
    RecipeException refuse(JsonPointer pointer, boolean key, String problem, Throwable cause) {
        JsonPointer at = pointer;
        Map<JsonPointer, JsonLocation> map = key ? keys : values;
        JsonLocation location = map.get(at);
        while (location == null && !at.matches()) {
            at = at.head();
            location = values.get(at);
        }
        String path = pointer.toString().substring(pointer.matches() ? 0 : 1).replace('/', '.');
        String message = path.isEmpty() || key ? problem : path + ": " + problem;
        return location == null
                ? new RecipeException(source, 1, 1, message, cause)
                : new RecipeException(
                        source, location.getLineNr(), location.getColumnNr(), message, cause);
    }

    private RecipeException refuse(JsonParser parser, String problem) {
        JsonLocation location = parser.currentTokenLocation();
        return new RecipeException(
                source, location.getLineNr(), location.getColumnNr(), problem, null);
    }

    private JsonNode node(JsonParser parser, JsonPointer pointer) throws IOException {
        values.put(pointer, parser.currentTokenLocation());
        if (parser instanceof YAMLParser yaml && yaml.isCurrentAlias()) {
            throw refuse(
                    parser,
                    "*"
                            + parser.getText()
                            + " is a YAML alias, which recipes do not use; put a pattern that begins"
                            + " with * in quotes.");
        }
        return switch (parser.currentToken()) {
            case START_OBJECT -> object(parser, pointer);
            case START_ARRAY -> array(parser, pointer);
            case VALUE_NUMBER_INT -> NODES.numberNode(parser.getBigIntegerValue());
            case VALUE_NUMBER_FLOAT -> NODES.numberNode(parser.getDoubleValue());
            case VALUE_TRUE -> NODES.booleanNode(true);
            case VALUE_FALSE -> NODES.booleanNode(false);
            case VALUE_NULL -> NODES.nullNode();
            default -> NODES.textNode(parser.getText());
        };
    }

    private ObjectNode object(JsonParser parser, JsonPointer pointer) throws IOException {
        ObjectNode object = NODES.objectNode();
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            String name = parser.currentName();
            JsonPointer child = pointer.appendProperty(name);
            JsonLocation location = parser.currentTokenLocation();
            if (keys.put(child, location) != null) {
                throw refuse(
                        parser, "the key " + Names.quote(name) + " is given twice; legal is once.");
            }
            parser.nextToken();
            object.set(name, node(parser, child));
        }
        return object;
    }

    private ArrayNode array(JsonParser parser, JsonPointer pointer) throws IOException {
        ArrayNode array = NODES.arrayNode();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            array.add(node(parser, pointer.appendIndex(array.size())));
        }
        return array;
    }
}
