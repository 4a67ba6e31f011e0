package io.github.djlqat.recipe;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.cfg.CoercionAction;
import com.fasterxml.jackson.databind.cfg.CoercionInputShape;
import com.fasterxml.jackson.databind.deser.std.StdDeserializer;
import com.fasterxml.jackson.databind.exc.MismatchedInputException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.ser.std.StdSerializer;
import com.fasterxml.jackson.databind.type.LogicalType;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLGenerator;
import java.io.IOException;

/** Jackson, set up for recipes: words for values, nothing coerced, nothing unknown taken. */
final class RecipeMapper {

    /** A recipe nests five levels; what nests deeper is not one. */
    private static final int MAX_DEPTH = 32;

    private static final ObjectMapper JSON = create(RecipeFormat.JSON);

    private static final ObjectMapper YAML = create(RecipeFormat.YAML);

    private RecipeMapper() {}

    /**
     * Returns a mapper.
     *
     * @param format the notation that it reads and writes
     * @return the mapper of that notation
     */
    static ObjectMapper of(RecipeFormat format) {
        return format == RecipeFormat.JSON ? JSON : YAML;
    }

    private static ObjectMapper create(RecipeFormat format) {
        return JsonMapper.builder(factory(format))
                .addModule(words())
                .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
                .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
                .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
                .withCoercionConfig(
                        LogicalType.Textual,
                        config ->
                                config.setCoercion(CoercionInputShape.Integer, CoercionAction.Fail)
                                        .setCoercion(CoercionInputShape.Float, CoercionAction.Fail)
                                        .setCoercion(
                                                CoercionInputShape.Boolean, CoercionAction.Fail))
                .defaultPropertyInclusion(
                        JsonInclude.Value.construct(
                                JsonInclude.Include.NON_EMPTY, JsonInclude.Include.NON_NULL))
                .enable(SerializationFeature.INDENT_OUTPUT)
                .build();
    }

    private static JsonFactory factory(RecipeFormat format) {
        StreamReadConstraints constraints =
                StreamReadConstraints.builder().maxNestingDepth(MAX_DEPTH).build();
        return switch (format) {
            case JSON -> JsonFactory.builder().streamReadConstraints(constraints).build();
            case YAML ->
                    YAMLFactory.builder()
                            .streamReadConstraints(constraints)
                            .disable(YAMLGenerator.Feature.WRITE_DOC_START_MARKER)
                            .disable(YAMLGenerator.Feature.SPLIT_LINES)
                            .enable(YAMLGenerator.Feature.MINIMIZE_QUOTES)
                            .enable(YAMLGenerator.Feature.ALWAYS_QUOTE_NUMBERS_AS_STRINGS)
                            .enable(YAMLGenerator.Feature.INDENT_ARRAYS_WITH_INDICATOR)
                            .build();
        };
    }

    private static SimpleModule words() {
        SimpleModule module = new SimpleModule("recipe words");
        Vocabulary.ALL.forEach(vocabulary -> register(module, vocabulary));
        return module;
    }

    private static <T> void register(SimpleModule module, Vocabulary<T> vocabulary) {
        module.addDeserializer(vocabulary.type(), new WordDeserializer<>(vocabulary));
        module.addSerializer(vocabulary.type(), new WordSerializer<>(vocabulary));
    }

    private static final class WordDeserializer<T> extends StdDeserializer<T> {

        private static final long serialVersionUID = 1L;

        private final transient Vocabulary<T> vocabulary;

        WordDeserializer(Vocabulary<T> vocabulary) {
            super(vocabulary.type());
            this.vocabulary = vocabulary;
        }

        @Override
        public T deserialize(JsonParser parser, DeserializationContext context) throws IOException {
            T value =
                    parser.hasToken(JsonToken.VALUE_STRING)
                            ? vocabulary.words().get(parser.getText())
                            : null;
            if (value == null) {
                throw MismatchedInputException.from(
                        parser, vocabulary.type(), "not " + vocabulary.what());
            }
            return value;
        }
    }

    private static final class WordSerializer<T> extends StdSerializer<T> {

        private static final long serialVersionUID = 1L;

        private final transient Vocabulary<T> vocabulary;

        WordSerializer(Vocabulary<T> vocabulary) {
            super(vocabulary.type());
            this.vocabulary = vocabulary;
        }

        @Override
        public void serialize(T value, JsonGenerator generator, SerializerProvider provider)
                throws IOException {
            generator.writeString(vocabulary.wordFor(value));
        }
    }
}
