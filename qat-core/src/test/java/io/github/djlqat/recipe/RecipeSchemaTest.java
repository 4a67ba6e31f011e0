package io.github.djlqat.recipe;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import com.networknt.schema.ValidationMessage;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class RecipeSchemaTest {

    private static final String NAME = "recipe.schema.json";

    private final JsonSchema schema =
            JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012)
                    .getSchema(RecipeSchema.generate());

    /**
     * Run with {@code -Drecipe.schema.rewrite=true} in the module's folder to write the resource
     * anew.
     */
    @Test
    void theShippedSchemaIsWhatTheClassesGenerate() throws IOException {
        String generated = RecipeSchema.generate();
        if (Boolean.getBoolean("recipe.schema.rewrite")) {
            Files.writeString(
                    Path.of("src/main/resources/io/github/djlqat/recipe", NAME), generated);
            return;
        }
        try (InputStream stream = RecipeReader.class.getResourceAsStream(NAME)) {
            assertThat(stream).as(NAME).isNotNull();
            assertThat(
                            new String(stream.readAllBytes(), StandardCharsets.UTF_8)
                                    .replace("\r\n", "\n"))
                    .isEqualTo(generated);
        }
    }

    @Test
    void presetsAndRandomRecipesAreValid() throws JsonProcessingException {
        RandomRecipes random = new RandomRecipes(new Random(11));
        Stream<Recipe> recipes =
                Stream.concat(
                        Presets.names().stream().map(Presets::named),
                        Stream.generate(random::recipe).limit(100));
        for (Recipe recipe : recipes.toList()) {
            for (RecipeFormat format : RecipeFormat.values()) {
                String text = RecipeWriter.print(recipe, format);
                assertThat(validate(text, format)).as(text).isEmpty();
            }
        }
    }

    @Test
    void nullMeansFloatingPoint() throws JsonProcessingException {
        String text =
                "{\"name\": \"x\", \"weights\": {\"format\": \"int8\"}, \"activations\": null}";
        assertThat(validate(text, RecipeFormat.JSON)).isEmpty();
        assertThat(RecipeReader.read(text, RecipeFormat.JSON).activations()).isNull();
    }

    static Stream<BadRecipes.Bad> structurallyBad() {
        return BadRecipes.all().stream()
                .filter(BadRecipes.Bad::structural)
                .filter(bad -> !bad.title().matches("key twice|alias|second document|nothing"));
    }

    @ParameterizedTest
    @MethodSource("structurallyBad")
    void theSchemaRefusesWhatTheReaderRefuses(BadRecipes.Bad bad) throws JsonProcessingException {
        assertThat(validate(bad.text(), bad.format())).isNotEmpty();
    }

    private Set<ValidationMessage> validate(String text, RecipeFormat format)
            throws JsonProcessingException {
        JsonNode node = RecipeMapper.of(format).readTree(text);
        return schema.validate(node);
    }
}
