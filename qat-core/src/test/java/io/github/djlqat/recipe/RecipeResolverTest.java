package io.github.djlqat.recipe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.djlqat.format.IntegerFormat;
import io.github.djlqat.graph.Ops;
import io.github.djlqat.scheme.Granularity;
import io.github.djlqat.scheme.QuantizationScheme;
import io.github.djlqat.scheme.Symmetry;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RecipeResolverTest {

    private static final TensorRecipe W4 =
            TensorRecipe.weights(IntegerFormat.INT4, ObserverType.MSE, ScaleLearning.LSQ);
    private static final TensorRecipe W8 =
            TensorRecipe.weights(IntegerFormat.INT8, ObserverType.MIN_MAX, ScaleLearning.OBSERVED);
    private static final TensorRecipe A4 =
            TensorRecipe.activations(IntegerFormat.UINT4, ObserverType.MSE, ScaleLearning.LSQ);
    private static final TensorRecipe A8 =
            TensorRecipe.activations(
                    IntegerFormat.UINT8, ObserverType.MOVING_AVERAGE, ScaleLearning.OBSERVED);

    private static Recipe recipe(Rule... rules) {
        return new Recipe("test", W4, A4, null, List.of(rules), TrainingOptions.DEFAULT);
    }

    private static ResolvedLayer resolve(Recipe recipe) {
        return RecipeResolver.resolve(
                recipe, "ResNet_03SequentialBlock_01Conv2d", "convolution", true, false);
    }

    @Test
    void withoutRulesTheRecipesOwnFormatsHold() {
        assertThat(resolve(recipe())).isEqualTo(new ResolvedLayer(W4, A4));
    }

    @Test
    void aRuleKeepsWhatItDoesNotGive() {
        assertThat(resolve(recipe(new Rule("*Conv2d", null, null, false, W8, null))))
                .isEqualTo(new ResolvedLayer(W8, A4));
    }

    @Test
    void laterRulesWinFieldByField() {
        Rule first = new Rule("*", null, null, false, W8, A8);
        Rule second = new Rule(null, "convolution", null, false, null, A4);
        assertThat(resolve(recipe(first, second))).isEqualTo(new ResolvedLayer(W8, A4));
        assertThat(resolve(recipe(second, first))).isEqualTo(new ResolvedLayer(W8, A8));
    }

    @Test
    void anExclusionClearsAndALaterRuleTakesInAgain() {
        Rule eight = new Rule("*", null, null, false, W8, A8);
        Rule weights = new Rule(null, null, Position.FIRST, false, W8, null);
        assertThat(resolve(recipe(eight, Rule.excluding("*Conv2d*"))).isFloatingPoint()).isTrue();
        assertThat(resolve(recipe(eight, Rule.excluding("*Conv2d*"), weights)))
                .isEqualTo(new ResolvedLayer(W8, A4));
    }

    @Test
    void onlyRulesThatNameItsOpHoldForAnOperationWithoutWeights() {
        Recipe plain = new Recipe("test", W4, A4, A8, List.of(), TrainingOptions.DEFAULT);
        Recipe ruled =
                plain.withRules(
                        List.of(
                                Rule.excluding("*"),
                                new Rule("*", null, null, false, W8, A4),
                                new Rule("add#?", "add", null, true, null, null),
                                new Rule("add#4", "add", null, false, null, A4)));
        RecipeResolver resolver = new RecipeResolver(ruled);
        assertThat(resolver.resolveElementwise("add", "add")).isEqualTo(A8);
        assertThat(resolver.resolveElementwise("add#3", "add")).isNull();
        assertThat(resolver.resolveElementwise("add#4", "add")).isEqualTo(A4);
        assertThat(resolver.resolveElementwise("mul#3", "mul")).isEqualTo(A8);
        assertThat(resolve(recipe(new Rule("*", "add", null, true, null, null))))
                .isEqualTo(new ResolvedLayer(W4, A4));
    }

    @Test
    void elementwiseOpsAreThoseOfTheGraph() {
        assertThat(ElementwiseOps.NAMES).allMatch(Ops::isElementwise);
        assertThat(Ops.isElementwise("addi") && Ops.isElementwise("muli")).isTrue();
    }

    @Test
    void aRuleForAnOperationWithoutWeightsGivesNoWeightsAndNoPosition() {
        assertThatThrownBy(() -> new Rule(null, "add", null, false, W8, null))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("The op add has no weights and no position");
        assertThatThrownBy(() -> new Rule(null, "mul", Position.FIRST, true, null, null))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("The op mul has no weights and no position");
    }

    @Test
    void everyConditionOfARuleHasToHold() {
        RuleMatcher matcher =
                new RuleMatcher(new Rule("a*", "linear", Position.LAST, true, null, null));
        assertThat(matcher.matches("ab", "linear", false, true)).isTrue();
        assertThat(matcher.matches("b", "linear", false, true)).isFalse();
        assertThat(matcher.matches("ab", "matMul", false, true)).isFalse();
        assertThat(matcher.matches("ab", "linear", true, false)).isFalse();
    }

    @Test
    void aSingleLayerIsBothFirstAndLast() {
        Recipe recipe = recipe(Rule.at(Position.FIRST, W8, null), Rule.at(Position.LAST, null, A8));
        assertThat(RecipeResolver.resolve(recipe, "01Linear", "linear", true, true))
                .isEqualTo(new ResolvedLayer(W8, A8));
        assertThat(RecipeResolver.resolve(recipe, "01Linear", "linear", false, false))
                .isEqualTo(new ResolvedLayer(W4, A4));
    }

    @ParameterizedTest
    @CsvSource({
        "02Conv2d,02Conv2d,true",
        "02conv2d,02Conv2d,false",
        "*Conv2d*,02Conv2d,true",
        "??Conv2d,02Conv2d,true",
        "?Conv2d,02Conv2d,false",
        "*,x,true",
        "a*b*c,aXbYbZc,true",
        "a*b*c,aXbYbZ,false",
        "a.c,abc,false",
        "*$1,Net$1,true"
    })
    void globsMatchTheWholeName(String pattern, String name, boolean expected) {
        assertThat(new Glob(pattern).matches(name)).isEqualTo(expected);
    }

    /** The twin translates the glob to a regular expression. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void globsAgreeWithRegularExpressions(long seed) {
        Random random = new Random(seed);
        for (int i = 0; i < 2000; i++) {
            String pattern = word(random, "ab*?", 1 + random.nextInt(6));
            String name = word(random, "ab", random.nextInt(8));
            boolean expected = name.matches(pattern.replace("?", ".").replace("*", ".*"));
            assertThat(new Glob(pattern).matches(name))
                    .as("%s on %s", pattern, name)
                    .isEqualTo(expected);
        }
    }

    private static String word(Random random, String alphabet, int length) {
        StringBuilder word = new StringBuilder();
        for (int i = 0; i < length; i++) {
            word.append(alphabet.charAt(random.nextInt(alphabet.length())));
        }
        return word.toString();
    }

    @Test
    void aHostilePatternDoesNotBlowUp() {
        String name = "a".repeat(2000);
        assertThat(new Glob("*a".repeat(40) + "*b").matches(name)).isFalse();
    }

    @Test
    void everyPresetKeepsTheNameItWasAskedBy() {
        assertThat(Presets.names())
                .allSatisfy(name -> assertThat(Presets.named(name).name()).isEqualTo(name));
        assertThat(Presets.named("w8a8").withName("int8")).isEqualTo(Presets.named("int8"));
        assertThatThrownBy(() -> Presets.named("w5a5"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("w5a5")
                .hasMessageContaining("int4-weight-only-g32");
    }

    @ParameterizedTest
    @CsvSource({"w4a4,-7,7,15", "w3a3,-4,3,7", "w2a2,-2,1,3"})
    void lowBitPresetsHaveTheirCodesAndEightBitsAtTheEnds(
            String name, int qmin, int qmax, int activationMax) {
        RecipeResolver resolver = new RecipeResolver(Presets.named(name));
        ResolvedLayer middle = resolver.resolve("02Conv2d", "convolution", false, false);
        assertThat(integers(middle.weights()).scheme().format().qmin()).isEqualTo(qmin);
        assertThat(integers(middle.weights()).scheme().format().qmax()).isEqualTo(qmax);
        assertThat(integers(middle.weights()).learning()).isEqualTo(ScaleLearning.LSQ);
        assertThat(integers(middle.activations()).scheme().format().qmin()).isZero();
        assertThat(integers(middle.activations()).scheme().format().qmax())
                .isEqualTo(activationMax);
        for (boolean first : new boolean[] {true, false}) {
            ResolvedLayer end = resolver.resolve("01Conv2d", "convolution", first, !first);
            assertThat(integers(end.weights()).scheme().format())
                    .isEqualTo(new IntegerFormat(8, true, true));
            assertThat(integers(end.activations()).scheme().format())
                    .isEqualTo(IntegerFormat.UINT8);
        }
    }

    @Test
    void weightOnlyPresetsLeaveActivationsAlone() {
        ResolvedLayer layer =
                RecipeResolver.resolve(
                        Presets.named("int4-weight-only-g32"), "01Linear", "linear", true, true);
        assertThat(layer.activations()).isNull();
        assertThat(integers(layer.weights()).scheme().granularity())
                .isEqualTo(new Granularity.PerGroup(1, 32));
        assertThat(Presets.named("int4-weight-only").elementwise()).isNull();
    }

    @Test
    void impossibleRecipesAreRefused() {
        assertThatThrownBy(
                        () -> new Recipe("x", null, null, null, List.of(), TrainingOptions.DEFAULT))
                .hasMessageContaining("quantizes nothing");
        assertThatThrownBy(() -> recipe(new Rule("[0-9]*", null, null, true, null, null)))
                .hasMessageContaining("[0-9]*");
        assertThatThrownBy(() -> new Rule("*", null, null, true, W8, null))
                .hasMessageContaining("not both");
        assertThatThrownBy(() -> new Rule(null, null, null, true, null, null))
                .hasMessageContaining("position");
        assertThatThrownBy(() -> new Rule("*", null, null, false, null, null))
                .hasMessageContaining("exclude");
        assertThatThrownBy(() -> new Rule(null, "relu", null, true, null, null))
                .hasMessageContaining("relu")
                .hasMessageContaining("convolution");
        assertThatThrownBy(() -> new TrainingOptions(true, -2, 0)).hasMessageContaining("-2");
        TensorRecipe affine =
                new TensorRecipe(
                        new QuantizationScheme(
                                IntegerFormat.INT8, Symmetry.AFFINE, new Granularity.PerChannel(0)),
                        ObserverType.MIN_MAX,
                        ScaleLearning.OBSERVED);
        assertThatThrownBy(
                        () -> new Recipe("x", affine, A8, null, List.of(), TrainingOptions.DEFAULT))
                .hasMessageContaining("zero points");
        assertThatThrownBy(
                        () -> new Recipe("x", W8, affine, null, List.of(), TrainingOptions.DEFAULT))
                .hasMessageContaining("per-tensor");
    }

    private static TensorRecipe integers(TensorQuantization tensor) {
        return (TensorRecipe) tensor;
    }
}
