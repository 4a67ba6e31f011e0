package io.github.djlqat.recipe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.djlqat.format.IntegerFormat;
import io.github.djlqat.scheme.Granularity;
import io.github.djlqat.scheme.QuantizationScheme;
import io.github.djlqat.scheme.Symmetry;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class RecipeReaderTest {

    private static final String YAML =
            """
            # The usual recipe of the papers.
            name: mine
            weights: {format: int4, narrowRange: true, symmetry: symmetric, granularity: per-channel, axis: 0,
                      observer: min-max, learning: lsq}
            activations: {format: uint4, symmetry: affine, granularity: per-tensor, observer: mse, learning: lsq}
            elementwise: {format: uint8}
            rules:
              - {position: first, weights: {format: int8, granularity: per-group, groupSize: 32}}
              - {name: "*Conv2d*", op: convolution, exclude: true}
            training: {foldBatchNorm: false, freezeBatchNormAfter: 500, freezeObserversAfter: 600}
            """;

    private static final Recipe EXPECTED =
            new Recipe(
                    "mine",
                    TensorRecipe.weights(
                            new IntegerFormat(4, true, true),
                            ObserverType.MIN_MAX,
                            ScaleLearning.LSQ),
                    TensorRecipe.activations(
                            IntegerFormat.UINT4, ObserverType.MSE, ScaleLearning.LSQ),
                    TensorRecipe.activations(
                            IntegerFormat.UINT8,
                            ObserverType.MOVING_AVERAGE,
                            ScaleLearning.OBSERVED),
                    List.of(
                            Rule.at(
                                    Position.FIRST,
                                    TensorRecipe.weights(
                                                    IntegerFormat.INT8,
                                                    ObserverType.MIN_MAX,
                                                    ScaleLearning.OBSERVED)
                                            .withGranularity(new Granularity.PerGroup(1, 32)),
                                    null),
                            new Rule("*Conv2d*", "convolution", null, true, null, null)),
                    new TrainingOptions(false, 500, 600));

    @TempDir private Path folder;

    @Test
    void readsEveryField() {
        assertThat(RecipeReader.read(YAML, RecipeFormat.YAML)).isEqualTo(EXPECTED);
    }

    @Test
    void readsFilesStreamsAndUrls() throws IOException {
        Path yaml = Files.writeString(folder.resolve("mine.yml"), YAML);
        Path json =
                Files.writeString(
                        folder.resolve("mine.JSON"), "\uFEFF" + RecipeWriter.toJson(EXPECTED));
        assertThat(RecipeReader.read(yaml)).isEqualTo(EXPECTED);
        assertThat(RecipeReader.read(json)).isEqualTo(EXPECTED);
        assertThat(RecipeReader.read(yaml.toUri().toURL())).isEqualTo(EXPECTED);
        ByteArrayInputStream stream =
                new ByteArrayInputStream(YAML.getBytes(StandardCharsets.UTF_8));
        assertThat(RecipeReader.read(stream, RecipeFormat.YAML, "stream")).isEqualTo(EXPECTED);
    }

    @Test
    void whatIsLeftOutGetsItsDefault() {
        Recipe recipe =
                RecipeReader.read(
                        "{\"name\": \"x\", \"weights\": {\"format\": \"int8\"}, \"activations\": {\"format\": \"int8\"}}",
                        RecipeFormat.JSON);
        assertThat(recipe)
                .isEqualTo(
                        new Recipe(
                                "x",
                                TensorRecipe.weights(
                                        IntegerFormat.INT8,
                                        ObserverType.MIN_MAX,
                                        ScaleLearning.OBSERVED),
                                new TensorRecipe(
                                        new QuantizationScheme(
                                                IntegerFormat.INT8,
                                                Symmetry.SYMMETRIC,
                                                Granularity.PER_TENSOR),
                                        ObserverType.MOVING_AVERAGE,
                                        ScaleLearning.OBSERVED),
                                null,
                                List.of(),
                                TrainingOptions.DEFAULT));
    }

    static Stream<BadRecipes.Bad> bad() {
        return BadRecipes.all().stream();
    }

    @ParameterizedTest
    @MethodSource("bad")
    void refusesWithThePlaceTheValueAndWhatIsLegal(BadRecipes.Bad bad) throws IOException {
        String extension = bad.format() == RecipeFormat.JSON ? ".json" : ".yaml";
        Path file = Files.writeString(folder.resolve("bad" + extension), bad.text());
        RecipeException e =
                catchThrowableOfType(RecipeException.class, () -> RecipeReader.read(file));
        assertThat(e).isNotNull().hasMessageContainingAll(bad.said().toArray(String[]::new));
        assertThat(e.source()).isEqualTo(file.toString());
        assertThat(List.of(e.line(), e.column()))
                .as(e.getMessage())
                .isEqualTo(List.of(bad.line(), bad.column()));
        assertThat(e).hasMessageStartingWith(file + ":" + bad.line() + ":" + bad.column() + ": ");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"name\": \"x\",\n\"weights\": {\n",
                "{\"name\": \"x\",\n weights: 3}",
                "{\"name\"\n: x"
            })
    void brokenJsonIsRefusedWithItsLine(String text) {
        RecipeException e =
                catchThrowableOfType(
                        RecipeException.class, () -> RecipeReader.read(text, RecipeFormat.JSON));
        assertThat(e).hasMessageContaining("this is not JSON");
        assertThat(e.line()).isBetween(2, 3);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "name: x\nweights: {format: int8",
                "name: x\nweights: \"int8",
                "name: x\n  weights: 3"
            })
    void brokenYamlIsRefusedWithItsLine(String text) {
        RecipeException e =
                catchThrowableOfType(
                        RecipeException.class, () -> RecipeReader.read(text, RecipeFormat.YAML));
        assertThat(e).hasMessageContaining("this is not YAML");
        assertThat(e.line()).isEqualTo(2);
    }

    @Test
    void hostileTextsAreRefused() throws IOException {
        for (RecipeFormat format : RecipeFormat.values()) {
            assertThatThrownBy(() -> RecipeReader.read("[".repeat(100_000), format))
                    .isInstanceOf(RecipeException.class)
                    .hasMessageContaining("depth");
            byte[] large = new byte[(1 << 20) + 1];
            assertThatThrownBy(
                            () ->
                                    RecipeReader.read(
                                            new ByteArrayInputStream(large), format, "zeros"))
                    .isInstanceOf(RecipeException.class)
                    .hasMessageContaining("1048576");
        }
        byte[] latin = {'n', 'a', 'm', 'e', ':', ' ', (byte) 0xE9};
        assertThatThrownBy(
                        () ->
                                RecipeReader.read(
                                        new ByteArrayInputStream(latin),
                                        RecipeFormat.YAML,
                                        "latin"))
                .isInstanceOf(RecipeException.class)
                .hasMessageContaining("UTF-8");
        String[] digits = {"axis: 1e999999999", "axis: " + "9".repeat(5000), "axis: .nan"};
        for (String axis : digits) {
            assertThatThrownBy(
                            () ->
                                    RecipeReader.read(
                                            "name: x\nweights: {format: int8, " + axis + "}",
                                            RecipeFormat.YAML))
                    .isInstanceOf(RecipeException.class)
                    .hasMessageStartingWith("recipe:2:");
        }
        assertThatThrownBy(() -> RecipeReader.read(folder.resolve("absent.yaml")))
                .isInstanceOf(RecipeException.class)
                .hasMessageContaining("absent.yaml");
        assertThatThrownBy(() -> RecipeReader.read(folder.resolve("recipe.toml")))
                .isInstanceOf(RecipeException.class)
                .hasMessageContainingAll("recipe.toml", ".json", ".yaml", ".yml");
    }

    /**
     * Cuts and swaps characters of a good recipe: each outcome is a recipe or one clear exception.
     */
    @ParameterizedTest
    @EnumSource
    void damagedTextsGiveARecipeOrARecipeException(RecipeFormat format) {
        Random random = new Random(5);
        String good = RecipeWriter.print(EXPECTED, format);
        int refused = 0;
        for (int i = 0; i < 1000; i++) {
            StringBuilder text = new StringBuilder(good);
            for (int j = 0; j <= random.nextInt(3) && text.length() > 0; j++) {
                int at = random.nextInt(text.length());
                switch (random.nextInt(3)) {
                    case 0 -> text.deleteCharAt(at);
                    case 1 ->
                            text.setCharAt(
                                    at,
                                    "{}[]:,\"'*&!%@`\t\n -0x\u0000\uD800"
                                            .charAt(random.nextInt(22)));
                    default -> text.setLength(Math.max(1, at));
                }
            }
            try {
                RecipeReader.read(text.toString(), format);
            } catch (RecipeException e) {
                refused++;
            }
        }
        assertThat(refused).isGreaterThan(500);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void whatIsPrintedReadsBackEqual(long seed) {
        RandomRecipes random = new RandomRecipes(new Random(seed));
        for (int i = 0; i < 100; i++) {
            Recipe recipe = random.recipe();
            for (RecipeFormat format : RecipeFormat.values()) {
                String text = RecipeWriter.print(recipe, format);
                assertThat(RecipeReader.read(text, format)).as(text).isEqualTo(recipe);
            }
        }
    }

    static Stream<String> presets() {
        return Presets.names().stream();
    }

    @ParameterizedTest
    @MethodSource("presets")
    void everyPresetIsPrintable(String name) {
        Recipe preset = Presets.named(name);
        assertThat(RecipeReader.read(RecipeWriter.toYaml(preset), RecipeFormat.YAML))
                .isEqualTo(preset);
        assertThat(RecipeReader.read(RecipeWriter.toJson(preset), RecipeFormat.JSON))
                .isEqualTo(preset);
    }

    @Test
    void yamlIsPrintedPlainly() {
        assertThat(RecipeWriter.toYaml(Presets.named("int4-weight-only-g32")))
                .isEqualTo(
                        """
                name: int4-weight-only-g32
                weights:
                  format: int4
                  narrowRange: true
                  symmetry: symmetric
                  granularity: per-group
                  axis: 1
                  groupSize: 32
                  shortTail: false
                  observer: mse
                  learning: observed
                  convention: default
                training:
                  foldBatchNorm: true
                  freezeBatchNormAfter: -1
                  freezeObserversAfter: -1
                  quantizeAfter: 0
                  quantizeGraduallyOver: 0
                  quantizedShare: 1.0
                  seed: 0
                """);
    }
}
