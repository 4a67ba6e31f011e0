package io.github.djlqat.recipe;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.github.victools.jsonschema.generator.CustomDefinition;
import com.github.victools.jsonschema.generator.FieldScope;
import com.github.victools.jsonschema.generator.Option;
import com.github.victools.jsonschema.generator.OptionPreset;
import com.github.victools.jsonschema.generator.SchemaGenerationContext;
import com.github.victools.jsonschema.generator.SchemaGenerator;
import com.github.victools.jsonschema.generator.SchemaGeneratorConfigBuilder;
import com.github.victools.jsonschema.generator.SchemaVersion;
import com.github.victools.jsonschema.module.jackson.JacksonModule;
import java.math.BigDecimal;
import org.jspecify.annotations.Nullable;

/** Generates the JSON Schema of recipes from the classes that Jackson reads them into. */
final class RecipeSchema {

    /** A name pattern: not blank, without the characters that mean nothing in it. */
    private static final String GLOB = "^(?=.*\\S)[^\\[\\]{}()|^+\\\\,!\"'<>\\u0000-\\u001f]+$";

    private RecipeSchema() {}

    /**
     * Generates the schema.
     *
     * @return the schema's text, ending in a line feed
     */
    static String generate() {
        SchemaGeneratorConfigBuilder builder =
                new SchemaGeneratorConfigBuilder(
                        SchemaVersion.DRAFT_2020_12, OptionPreset.PLAIN_JSON);
        builder.with(new JacksonModule())
                .with(
                        Option.FORBIDDEN_ADDITIONAL_PROPERTIES_BY_DEFAULT,
                        Option.DEFINITIONS_FOR_ALL_OBJECTS);
        builder.forTypesInGeneral()
                .withCustomDefinitionProvider(
                        (type, context) -> words(type.getErasedType(), context));
        builder.forFields()
                .withRequiredCheck(field -> field.getAnnotation(Required.class) != null)
                .withNullableCheck(field -> isTensor(field.getType().getErasedType()))
                .withNumberInclusiveMinimumResolver(RecipeSchema::minimum)
                .withStringPatternResolver(RecipeSchema::pattern)
                .withEnumResolver(
                        field ->
                                field.getName().equals("op") ? ElementwiseOps.AND_LAYER_OPS : null);
        ObjectNode generated =
                new SchemaGenerator(builder.build()).generateSchema(RecipeDocument.class);
        ObjectNode schema = generated.objectNode();
        schema.set("$schema", generated.get("$schema"));
        schema.put("$id", "urn:io.github.djlqat:recipe");
        schema.put("title", "djl-qat recipe");
        schema.put("description", "What is quantized in a model, and how.");
        generated.properties().forEach(entry -> schema.set(entry.getKey(), entry.getValue()));
        return schema.toPrettyString().replace("\r\n", "\n") + "\n";
    }

    private static @Nullable CustomDefinition words(
            Class<?> type, SchemaGenerationContext context) {
        for (Vocabulary<?> vocabulary : Vocabulary.ALL) {
            if (vocabulary.type().equals(type)) {
                ObjectNode node = context.getGeneratorConfig().createObjectNode();
                node.put("type", "string");
                vocabulary.words().keySet().forEach(node.putArray("enum")::add);
                return new CustomDefinition(node, true);
            }
        }
        return null;
    }

    private static boolean isTensor(Class<?> type) {
        return type.equals(WeightsDocument.class) || type.equals(ActivationsDocument.class);
    }

    private static @Nullable BigDecimal minimum(FieldScope field) {
        Minimum minimum = field.getAnnotation(Minimum.class);
        return minimum == null ? null : BigDecimal.valueOf(minimum.value());
    }

    private static @Nullable String pattern(FieldScope field) {
        if (!field.getName().equals("name")) {
            return null;
        }
        return field.getDeclaringType().getErasedType().equals(RuleDocument.class) ? GLOB : "\\S";
    }
}
