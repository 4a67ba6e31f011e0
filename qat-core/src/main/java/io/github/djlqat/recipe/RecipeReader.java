package io.github.djlqat.recipe;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.exc.MismatchedInputException;
import com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException;
import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Reads recipes from JSON or YAML, in the form that {@code recipe.schema.json} beside this class
 * describes. Every method throws {@link RecipeException} for text that is not a legal recipe.
 */
public final class RecipeReader {

    /** No recipe is larger than this many bytes. */
    private static final int MAX_BYTES = 1 << 20;

    private RecipeReader() {}

    /**
     * Reads a file.
     *
     * @param path a file whose name ends in {@code .json}, {@code .yaml} or {@code .yml}, in UTF-8
     * @return the recipe
     * @throws RecipeException if the file cannot be read or is not a legal recipe
     */
    public static Recipe read(Path path) {
        String source = path.toString();
        RecipeFormat format = RecipeFormat.ofFileName(source);
        try (InputStream stream = Files.newInputStream(path)) {
            return read(stream, format, source);
        } catch (IOException e) {
            throw new RecipeException(source, 0, 0, "the file cannot be read: " + e + ".", e);
        }
    }

    /**
     * Reads a resource.
     *
     * @param url a URL whose path ends in {@code .json}, {@code .yaml} or {@code .yml}, to text in
     *     UTF-8
     * @return the recipe
     * @throws RecipeException if the resource cannot be read or is not a legal recipe
     */
    public static Recipe read(URL url) {
        RecipeFormat format = RecipeFormat.ofFileName(url.getPath());
        try (InputStream stream = url.openStream()) {
            return read(stream, format, url.toString());
        } catch (IOException e) {
            throw new RecipeException(
                    url.toString(), 0, 0, "the resource cannot be read: " + e + ".", e);
        }
    }

    /**
     * Reads a stream to its end; the caller closes it.
     *
     * @param stream text in UTF-8
     * @param format the notation
     * @param source where the text comes from, for messages
     * @return the recipe
     * @throws RecipeException if the stream cannot be read or is not a legal recipe
     */
    public static Recipe read(InputStream stream, RecipeFormat format, String source) {
        try {
            byte[] bytes = stream.readNBytes(MAX_BYTES + 1);
            if (bytes.length > MAX_BYTES) {
                throw new RecipeException(
                        source, 0, 0, "a recipe has at most " + MAX_BYTES + " bytes.", null);
            }
            String text =
                    StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
            return parse(text.startsWith("\uFEFF") ? text.substring(1) : text, format, source);
        } catch (CharacterCodingException e) {
            throw new RecipeException(source, 0, 0, "it is no text in UTF-8, as recipes are.", e);
        } catch (IOException e) {
            throw new RecipeException(
                    source, 0, 0, "it cannot be read: " + e.getMessage() + ".", e);
        }
    }

    /**
     * Reads a text.
     *
     * @param text the text
     * @param format the notation
     * @return the recipe
     * @throws RecipeException if the text is not a legal recipe
     */
    public static Recipe read(String text, RecipeFormat format) {
        return parse(text, format, "recipe");
    }

    private static Recipe parse(String text, RecipeFormat format, String source) {
        ObjectMapper mapper = RecipeMapper.of(format);
        LocatedTree.Read read;
        try (JsonParser parser = mapper.createParser(text)) {
            read = LocatedTree.read(parser, source);
        } catch (JacksonException e) {
            JsonLocation at = e.getLocation();
            throw new RecipeException(
                    source,
                    at == null ? 1 : at.getLineNr(),
                    at == null ? 1 : at.getColumnNr(),
                    "this is not "
                            + format
                            + ": "
                            + String.valueOf(e.getOriginalMessage()).replaceAll("\\s+", " "),
                    e);
        } catch (IOException e) {
            throw new RecipeException(source, 0, 0, "the text cannot be read: " + e + ".", e);
        }
        try {
            return bind(mapper, read);
        } catch (Refusal e) {
            throw read.places().refuse(e.pointer(), false, e.problem(), e);
        }
    }

    private static Recipe bind(ObjectMapper mapper, LocatedTree.Read read) {
        RecipeDocument document;
        try {
            document = mapper.treeToValue(read.root(), RecipeDocument.class);
        } catch (UnrecognizedPropertyException e) {
            String key = e.getPropertyName();
            List<String> known = names(e.getKnownPropertyIds());
            String problem = Names.quote(key) + " is not a key here; " + Names.legal(key, known);
            throw read.places().refuse(pointer(e), true, problem, e);
        } catch (JsonMappingException e) {
            JsonPointer pointer = pointer(e);
            Class<?> type =
                    e instanceof MismatchedInputException mismatch
                            ? mismatch.getTargetType()
                            : null;
            throw read.places().refuse(pointer, false, mismatch(read.root().at(pointer), type), e);
        } catch (JacksonException e) {
            throw read.places().refuse(JsonPointer.empty(), false, e.getOriginalMessage(), e);
        }
        if (document == null) {
            throw new Refusal(
                    JsonPointer.empty(),
                    "null is not a recipe; legal is an object with at least a name.");
        }
        return DocumentToRecipe.recipe(document);
    }

    private static String mismatch(JsonNode node, @Nullable Class<?> type) {
        String value = node.isTextual() ? node.textValue() : node.toString();
        for (Vocabulary<?> vocabulary : Vocabulary.ALL) {
            if (vocabulary.type().equals(type)) {
                return Names.quote(value)
                        + " is not "
                        + vocabulary.what()
                        + "; "
                        + Names.legal(value, vocabulary.words().keySet());
            }
        }
        return Names.quote(value) + " is not legal here; legal is " + expected(type) + ".";
    }

    private static String expected(@Nullable Class<?> type) {
        if (type == null || Number.class.isAssignableFrom(type)) {
            return "a whole number of at most "
                    + (type == Long.class ? Long.MAX_VALUE : Integer.MAX_VALUE);
        }
        if (type == Boolean.class) {
            return "true or false";
        }
        if (type == String.class) {
            return "text; in YAML, put a number or true or false in quotes";
        }
        return Collection.class.isAssignableFrom(type) ? "a list" : "an object";
    }

    private static List<String> names(@Nullable Collection<Object> ids) {
        return ids == null ? List.of() : ids.stream().map(Objects::toString).toList();
    }

    private static JsonPointer pointer(JsonMappingException e) {
        JsonPointer pointer = JsonPointer.empty();
        for (JsonMappingException.Reference reference : e.getPath()) {
            pointer =
                    reference.getFieldName() != null
                            ? pointer.appendProperty(reference.getFieldName())
                            : pointer.appendIndex(reference.getIndex());
        }
        return pointer;
    }
}
