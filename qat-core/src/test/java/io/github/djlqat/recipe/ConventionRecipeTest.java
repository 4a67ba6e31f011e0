package io.github.djlqat.recipe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.types.Shape;
import io.github.djlqat.convention.Conventions;
import io.github.djlqat.observer.Observers;
import io.github.djlqat.scheme.Granularity;
import io.github.djlqat.scheme.QuantizationParameters;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConventionRecipeTest {

    private static Recipe read(String yaml) {
        return RecipeReader.read(yaml, RecipeFormat.YAML);
    }

    private static TensorRecipe integers(String yaml) {
        return (TensorRecipe) java.util.Objects.requireNonNull(read(yaml).weights());
    }

    @Test
    void theRecipesConventionHoldsWhereATensorNamesNone() {
        Recipe recipe =
                read(
                        """
                        name: x
                        convention: onnxruntime
                        weights: {format: int8}
                        activations: {format: uint8, convention: tensorflow}
                        rules:
                        - {position: last, weights: {format: int4}}
                        """);
        assertThat(((TensorRecipe) recipe.weights()).scheme().convention())
                .isEqualTo(Conventions.asOnnxRuntime());
        assertThat(((TensorRecipe) recipe.activations()).scheme().convention())
                .isEqualTo(Conventions.asTensorFlow());
        assertThat(((TensorRecipe) recipe.rules().get(0).weights()).scheme().convention())
                .isEqualTo(Conventions.asOnnxRuntime());
        assertThat(RecipeReader.read(RecipeWriter.toYaml(recipe), RecipeFormat.YAML))
                .isEqualTo(recipe);
    }

    @Test
    void withoutANameTheConventionIsTheDefault() {
        TensorRecipe weights = integers("name: x\nweights: {format: int8}");
        assertThat(weights.scheme().convention()).isEqualTo(Conventions.DEFAULT);
        assertThat(RecipeWriter.toYaml(read("name: x\nweights: {format: int8}")))
                .contains("convention: default");
    }

    @ParameterizedTest
    @CsvSource({
        "default, 0.015686275",
        "pytorch, 0.015686275",
        "onnxruntime, 0.015686275",
        "awq, 0.015748031",
        "ggml, 0.015748031",
        "ggml-signed-max, -0.015625",
        "fbgemm, 0.015625"
    })
    void observersChooseScalesByTheConvention(String convention, float scale) {
        TensorRecipe weights =
                integers(
                        "name: x\nweights: {format: int8, granularity: per-tensor, convention: "
                                + convention
                                + "}");
        QuantizationParameters parameters =
                Observers.create(weights.observer(), weights.scheme())
                        .observe(new float[] {-1, 0.5f, 2}, new Shape(3))
                        .parameters();
        assertThat(parameters.scales()).containsExactly(scale);
    }

    @Test
    void granularitiesAreNamed() {
        assertThat(
                        integers(
                                        "name: x\nweights: {format: int8, granularity: per-block, blockRows: 128, blockColumns: 64}")
                                .scheme()
                                .granularity())
                .isEqualTo(new Granularity.PerBlock(128, 64));
        assertThat(
                        integers(
                                        "name: x\nweights: {format: int4, granularity: per-group, groupSize: 32, shortTail: true}")
                                .scheme()
                                .granularity())
                .isEqualTo(new Granularity.PerGroup(1, 32, true));
        Recipe recipe = read("name: x\nactivations: {format: int8, granularity: per-token}");
        assertThat(((TensorRecipe) recipe.activations()).scheme().granularity())
                .isEqualTo(new Granularity.PerToken());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "weights: {format: int8, convention: torch} | \"torch\" is not a convention | onnxruntime",
                "weights: {format: uint8, symmetry: affine, convention: ggml} | ggml has no rule for affine | symmetric",
                "weights: {format: int8, shortTail: true} | no shortTail | per-group",
                "weights: {format: int8, granularity: per-block, blockRows: 4} | \"blockColumns\" is missing | per-block",
                "weights: {format: int8, granularity: per-block, blockRows: 0, blockColumns: 2} | 0 by 2 | at least one row",
                "weights: {format: int8, blockRows: 4} | no blockRows, so 4 | per-block",
                "weights: {format: float8_e4m3fn, convention: awq} | \"convention\" is for integer formats | leave it out",
                "activations: {format: int8, granularity: per-channel} | \"per-channel\" | per-token"
            })
    void whatDoesNotGoTogetherIsRefused(String tensor, String problem, String legal) {
        assertThatThrownBy(() -> read("name: x\n" + tensor))
                .isInstanceOf(RecipeException.class)
                .hasMessageContainingAll(problem, legal);
    }

    @Test
    void unsignedSymmetricWeightsNeedTheirZeroInTheMiddle() {
        assertThatThrownBy(() -> read("name: x\nweights: {format: uint4, symmetry: symmetric}"))
                .hasMessageContaining("lose every negative weight");
        assertThat(
                        integers(
                                        "name: x\nweights: {format: uint4, symmetry: symmetric, convention: gptq}")
                                .scheme()
                                .isOneSided())
                .isFalse();
    }
}
