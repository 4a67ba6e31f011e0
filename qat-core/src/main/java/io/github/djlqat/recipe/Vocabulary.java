package io.github.djlqat.recipe;

import io.github.djlqat.convention.Convention;
import io.github.djlqat.convention.Conventions;
import io.github.djlqat.scheme.Symmetry;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;

/**
 * The words by which a recipe's text names the values of a type.
 *
 * @param <T> the type
 * @param type the type
 * @param what what a value is called in messages, with its article
 * @param words the legal words and their values, in the order in which they are listed
 */
record Vocabulary<T>(Class<T> type, String what, Map<String, T> words) {

    /** The vocabularies of every type that a recipe's text names by words. */
    static final List<Vocabulary<?>> ALL =
            List.of(
                    formats(),
                    of(Convention.class, "a convention", Conventions.names(), Conventions::named),
                    ofEnum(Symmetry.class, "a symmetry"),
                    ofEnum(WeightGranularity.class, "a granularity of weights"),
                    ofEnum(ActivationGranularity.class, "a granularity of activations"),
                    ofEnum(ObserverType.class, "an observer"),
                    ofEnum(ScaleLearning.class, "a way of learning scales"),
                    of(
                            EstimatorWord.class,
                            "an estimator",
                            EstimatorWord.words(),
                            EstimatorWord::of),
                    ofEnum(Position.class, "a position"));

    /**
     * Returns the word for a value.
     *
     * @param value a value of the type
     * @return its word
     */
    String wordFor(T value) {
        return words.entrySet().stream()
                .filter(entry -> entry.getValue().equals(value))
                .map(Map.Entry::getKey)
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(value + " has no word."));
    }

    private static Vocabulary<FormatWord> formats() {
        return of(FormatWord.class, "a number format", FormatWord.words(), FormatWord::of);
    }

    private static <E extends Enum<E>> Vocabulary<E> ofEnum(Class<E> type, String what) {
        List<String> names =
                Arrays.stream(type.getEnumConstants())
                        .map(value -> value.name().toLowerCase(Locale.ROOT).replace('_', '-'))
                        .toList();
        return of(
                type,
                what,
                names,
                word -> Enum.valueOf(type, word.replace('-', '_').toUpperCase(Locale.ROOT)));
    }

    private static <T> Vocabulary<T> of(
            Class<T> type, String what, List<String> names, Function<String, T> value) {
        Map<String, T> words = new LinkedHashMap<>();
        names.forEach(name -> words.put(name, value.apply(name)));
        return new Vocabulary<>(type, what, words);
    }
}
