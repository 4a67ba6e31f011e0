package io.github.djlqat.recipe;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What the word for an estimator in a recipe's text stands for. */
sealed interface EstimatorWord {

    /** A method that has a scale of its own. */
    record OfMethod(EstimatorType type) implements EstimatorWord {}

    /** A way of rounding with the scale that the tensor's observer chooses. */
    record OfRounding(RoundingEstimator rounding) implements EstimatorWord {}

    /** Returns the words that a text may hold, in the order in which they are listed. */
    static List<String> words() {
        List<String> words = new ArrayList<>();
        for (EstimatorType type : EstimatorType.values()) {
            words.add(word(type));
        }
        for (RoundingEstimator rounding : RoundingEstimator.values()) {
            words.add(rounding.word());
        }
        return words;
    }

    /** Returns what a word stands for. */
    static EstimatorWord of(String word) {
        for (EstimatorType type : EstimatorType.values()) {
            if (word(type).equals(word)) {
                return new OfMethod(type);
            }
        }
        return new OfRounding(
                RoundingEstimator.valueOf(word.replace('-', '_').toUpperCase(Locale.ROOT)));
    }

    private static String word(EstimatorType type) {
        return type.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
