package io.github.djlqat.recipe;

import io.github.djlqat.block.BlockFormat;
import io.github.djlqat.convention.AffineRule;
import io.github.djlqat.convention.Convention;
import io.github.djlqat.convention.Conventions;
import io.github.djlqat.format.CodebookFormat;
import io.github.djlqat.format.FloatFormat;
import io.github.djlqat.format.IntegerFormat;
import io.github.djlqat.scheme.Granularity;
import io.github.djlqat.scheme.QuantizationScheme;
import io.github.djlqat.scheme.Symmetry;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Legal recipes at random, with names that are awkward to print. */
final class RandomRecipes {

    private static final List<String> NAMES =
            List.of(
                    "int8",
                    "null",
                    "~",
                    "true",
                    "yes",
                    "8",
                    "-1",
                    "1e3",
                    "0x1F",
                    "1_000",
                    ".inf",
                    "12:30",
                    "2001-01-01",
                    "a: b",
                    "a #b",
                    "# a",
                    "- a",
                    "? a",
                    "*Conv2d*",
                    "&x",
                    "!x",
                    "%x",
                    "@x",
                    "`x`",
                    "'x'",
                    "\"x\"",
                    "{x}",
                    "[x]",
                    " x ",
                    "x:",
                    "é",
                    "重み",
                    "\uD83D\uDE00",
                    "a\\b",
                    "<<",
                    "=",
                    "...",
                    "---",
                    "|",
                    ">",
                    "a,b",
                    "\u00A0x");

    private final Random random;

    RandomRecipes(Random random) {
        this.random = random;
    }

    Recipe recipe() {
        TensorQuantization activations = random.nextBoolean() ? inputs() : null;
        boolean quantized = activations != null;
        List<Rule> rules = new ArrayList<>();
        for (int i = random.nextInt(4); i > 0; i--) {
            rules.add(rule());
        }
        return new Recipe(
                pick(NAMES),
                weight(),
                activations,
                quantized && random.nextBoolean() ? activations() : null,
                rules,
                training());
    }

    private Rule rule() {
        String name =
                random.nextBoolean()
                        ? pick(List.of("*", "*Conv2d*", "0?Linear", "a b", "8", "true", "~"))
                        : null;
        if (random.nextInt(4) == 0) {
            String site = random.nextBoolean() ? pick(List.of("*", "add#3", "mul#?")) : null;
            TensorRecipe format = random.nextBoolean() ? activations() : null;
            return new Rule(site, pick(ElementwiseOps.NAMES), null, format == null, null, format);
        }
        String op = random.nextBoolean() ? pick(LayerOps.NAMES) : null;
        Position position =
                random.nextBoolean() || (name == null && op == null)
                        ? pick(List.of(Position.values()))
                        : null;
        if (random.nextInt(3) == 0) {
            return new Rule(name, op, position, true, null, null);
        }
        TensorQuantization activations = random.nextBoolean() ? inputs() : null;
        return new Rule(
                name,
                op,
                position,
                false,
                activations == null || random.nextBoolean() ? weight() : null,
                activations);
    }

    private TrainingOptions training() {
        TrainingOptions options = new TrainingOptions(random.nextBoolean(), steps(), steps());
        return random.nextBoolean()
                ? options
                : options.withQuantizeAfter(random.nextInt(1000))
                        .withQuantizeGraduallyOver(random.nextInt(1000))
                        .withQuantizedShare(1 - random.nextDouble(), random.nextLong());
    }

    private TensorQuantization weight() {
        if (random.nextInt(5) == 0) {
            return pick(
                    List.of(
                            new EstimatorRecipe(EstimatorType.DOREFA, CodebookFormat.BINARY),
                            new EstimatorRecipe(EstimatorType.XNOR_NET, CodebookFormat.BINARY),
                            new EstimatorRecipe(EstimatorType.BITNET, CodebookFormat.TERNARY),
                            new EstimatorRecipe(EstimatorType.APOT, IntegerFormat.parse("int3"))));
        }
        return random.nextInt(3) == 0 ? format(granularity()) : weights();
    }

    private TensorQuantization inputs() {
        if (random.nextInt(5) == 0) {
            return pick(
                    List.of(
                            new EstimatorRecipe(EstimatorType.PACT, IntegerFormat.UINT8),
                            new EstimatorRecipe(EstimatorType.BITNET, IntegerFormat.INT8),
                            new EstimatorRecipe(EstimatorType.LSQ_PLUS, IntegerFormat.INT8)));
        }
        return random.nextInt(3) == 0 ? format(activationGranularity()) : activations();
    }

    private FormatRecipe format(Granularity granularity) {
        if (random.nextInt(3) == 0) {
            return new FormatRecipe(
                    new TensorFormat.Blocked(BlockFormat.parse(pick(BlockFormat.names()))));
        }
        return new FormatRecipe(
                random.nextBoolean()
                        ? new TensorFormat.Unscaled(
                                pick(List.of(FloatFormat.FLOAT16, FloatFormat.BFLOAT16)))
                        : new TensorFormat.Scaled(
                                pick(
                                        List.of(
                                                FloatFormat.FLOAT16,
                                                FloatFormat.FLOAT8_E5M2,
                                                FloatFormat.FLOAT4_E2M1FN,
                                                CodebookFormat.NF4)),
                                granularity));
    }

    private Granularity granularity() {
        return switch (random.nextInt(4)) {
            case 0 -> Granularity.PER_TENSOR;
            case 1 -> new Granularity.PerChannel(random.nextInt(4));
            case 2 -> new Granularity.PerBlock(1 + random.nextInt(256), 1 + random.nextInt(256));
            default ->
                    new Granularity.PerGroup(
                            random.nextInt(3), 1 + random.nextInt(256), random.nextBoolean());
        };
    }

    private TensorRecipe weights() {
        Granularity granularity = granularity();
        IntegerFormat format = new IntegerFormat(2 + random.nextInt(7), true, random.nextBoolean());
        return tensor(new QuantizationScheme(format, Symmetry.SYMMETRIC, granularity));
    }

    private TensorRecipe activations() {
        boolean signed = random.nextBoolean();
        Symmetry symmetry = pick(List.of(Symmetry.values()));
        boolean narrow = signed && symmetry == Symmetry.SYMMETRIC && random.nextBoolean();
        int bits = pick(List.of(2, 3, 4, 5, 6, 7, 8, 16));
        IntegerFormat format = new IntegerFormat(bits, signed, narrow);
        return tensor(new QuantizationScheme(format, symmetry, activationGranularity()));
    }

    private Granularity activationGranularity() {
        return random.nextBoolean() ? Granularity.PER_TENSOR : new Granularity.PerToken();
    }

    private QuantizationScheme withConvention(QuantizationScheme scheme) {
        Convention convention = Conventions.named(pick(Conventions.names()));
        boolean legal =
                scheme.symmetry() == Symmetry.SYMMETRIC
                        || convention.scales().affine() != AffineRule.NONE;
        return legal ? scheme.withConvention(convention) : scheme;
    }

    private TensorRecipe tensor(QuantizationScheme scheme) {
        ScaleLearning learning = pick(List.of(ScaleLearning.values()));
        return new TensorRecipe(
                withConvention(scheme),
                pick(List.of(ObserverType.values())),
                learning,
                learning == ScaleLearning.LSQ
                        ? RoundingEstimator.STRAIGHT_THROUGH_INPUT
                        : pick(List.of(RoundingEstimator.values())));
    }

    private long steps() {
        return random.nextBoolean() ? -1 : random.nextLong(Long.MAX_VALUE);
    }

    private <T> T pick(List<T> values) {
        return values.get(random.nextInt(values.size()));
    }
}
