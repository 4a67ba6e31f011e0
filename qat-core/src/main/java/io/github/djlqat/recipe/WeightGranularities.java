package io.github.djlqat.recipe;

import com.fasterxml.jackson.core.JsonPointer;
import io.github.djlqat.scheme.Granularity;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Turns what was written of a weight's granularity into one. */
final class WeightGranularities {

    private WeightGranularities() {}

    /**
     * Makes a granularity.
     *
     * @param document what was written of the weight
     * @param at the place of the weight
     * @return the granularity, per channel where none was written
     * @throws Refusal if a key is missing or does not go with the granularity
     */
    static Granularity granularity(WeightsDocument document, JsonPointer at) {
        WeightGranularity granularity =
                document.granularity() == null
                        ? WeightGranularity.PER_CHANNEL
                        : document.granularity();
        refuseKeysOfOthers(document, granularity, at);
        Integer axis = document.axis();
        return switch (granularity) {
            case PER_TENSOR -> Granularity.PER_TENSOR;
            case PER_CHANNEL ->
                    Refusal.at(
                            at.appendProperty("axis"),
                            () -> new Granularity.PerChannel(axis == null ? 0 : axis));
            case PER_GROUP -> {
                int size = required(document.groupSize(), at, "groupSize", granularity);
                boolean shortTail = Boolean.TRUE.equals(document.shortTail());
                yield Refusal.at(
                        at.appendProperty(size < 1 ? "groupSize" : "axis"),
                        () -> new Granularity.PerGroup(axis == null ? 1 : axis, size, shortTail));
            }
            case PER_BLOCK -> {
                int rows = required(document.blockRows(), at, "blockRows", granularity);
                int columns = required(document.blockColumns(), at, "blockColumns", granularity);
                yield Refusal.at(
                        at.appendProperty(rows < 1 ? "blockRows" : "blockColumns"),
                        () -> new Granularity.PerBlock(rows, columns));
            }
        };
    }

    private static void refuseKeysOfOthers(
            WeightsDocument document, WeightGranularity granularity, JsonPointer at) {
        Map<String, @Nullable Object> given = new LinkedHashMap<>();
        given.put("axis", document.axis());
        given.put("groupSize", document.groupSize());
        given.put("shortTail", document.shortTail());
        given.put("blockRows", document.blockRows());
        given.put("blockColumns", document.blockColumns());
        Set<String> legal =
                switch (granularity) {
                    case PER_TENSOR -> Set.of();
                    case PER_CHANNEL -> Set.of("axis");
                    case PER_GROUP -> Set.of("axis", "groupSize", "shortTail");
                    case PER_BLOCK -> Set.of("blockRows", "blockColumns");
                };
        given.forEach(
                (key, value) -> {
                    if (value != null && !legal.contains(key)) {
                        throw new Refusal(
                                at.appendProperty(key),
                                word(granularity)
                                        + " weights have no "
                                        + key
                                        + ", so "
                                        + value
                                        + " is not legal; legal is to leave it out, or granularity "
                                        + (key.equals("axis")
                                                ? "per-channel or per-group."
                                                : key.startsWith("block")
                                                        ? "per-block."
                                                        : "per-group."));
                    }
                });
    }

    private static int required(
            @Nullable Integer value, JsonPointer at, String key, WeightGranularity granularity) {
        return DocumentToRecipe.required(value, at, key, word(granularity) + " granularity");
    }

    private static String word(WeightGranularity granularity) {
        return switch (granularity) {
            case PER_TENSOR -> "per-tensor";
            case PER_CHANNEL -> "per-channel";
            case PER_GROUP -> "per-group";
            case PER_BLOCK -> "per-block";
        };
    }
}
