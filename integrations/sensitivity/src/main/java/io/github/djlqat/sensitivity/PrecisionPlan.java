package io.github.djlqat.sensitivity;

import io.github.djlqat.recipe.Recipe;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.List;
import java.util.Locale;

/**
 * What a search found.
 *
 * @param sensitivity the scores that it chose by
 * @param allocation the candidate of each layer, and what they use of the budget
 * @param recipe the same as a recipe, for {@code Quantization.prepare} and {@code RecipeWriter}
 */
public record PrecisionPlan(Sensitivity sensitivity, Allocation allocation, Recipe recipe) {

    private static final int DIGITS = 6;

    /**
     * Prints the choice as a table: a line for each layer, with its sizes, candidate and score, and
     * below it what is used of the budget.
     *
     * @return the text, each line ending in a line feed
     */
    public String report() {
        TextTable table = new TextTable();
        Measure measure = allocation.measure();
        table.add("layer", List.of("weights", "inputs", "format", measure.id()));
        allocation
                .candidates()
                .forEach(
                        (name, candidate) -> {
                            LayerSize size = sensitivity.layer(name).layer();
                            table.add(
                                    name,
                                    List.of(
                                            Long.toString(size.weights()),
                                            Long.toString(size.inputs()),
                                            candidate.name(),
                                            String.format(
                                                    Locale.ROOT,
                                                    "%.3g",
                                                    sensitivity.score(
                                                            name, candidate.name(), measure))));
                        });
        StringBuilder text = new StringBuilder(table.toString());
        for (Allocation.Figure figure : allocation.figures()) {
            text.append(figure.quantity())
                    .append(": ")
                    .append(number(figure.used()))
                    .append(" of ")
                    .append(number(figure.limit()))
                    .append(' ')
                    .append(figure.unit())
                    .append('\n');
        }
        return text.toString();
    }

    private static String number(double value) {
        return new BigDecimal(value)
                .round(new MathContext(DIGITS))
                .stripTrailingZeros()
                .toPlainString();
    }
}
