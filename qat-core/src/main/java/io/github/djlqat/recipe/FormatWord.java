package io.github.djlqat.recipe;

import io.github.djlqat.block.BlockFormat;
import io.github.djlqat.format.CodebookFormat;
import io.github.djlqat.format.FloatFormat;
import io.github.djlqat.format.Formats;
import io.github.djlqat.format.IntegerFormat;
import io.github.djlqat.format.NumberFormat;
import java.util.ArrayList;
import java.util.List;

/** What the word for a format in a recipe's text stands for. */
sealed interface FormatWord {

    /** Returns the name that messages give. */
    default String formatName() {
        if (this instanceof OfBlocks blocks) {
            return blocks.format().formatName();
        }
        return this instanceof OfValues values
                ? values.format().formatName()
                : ((OfIntegers) this).format().formatName();
    }

    /** Integer codes whose range is observed. */
    record OfIntegers(IntegerFormat format) implements FormatWord {}

    /** Values of a floating-point format or a table. */
    record OfValues(NumberFormat format) implements FormatWord {

        /** Whether the values are wide enough in range to go without a scale. */
        boolean isUnscaled() {
            return format instanceof FloatFormat floating && floating.bits() > 8;
        }
    }

    /** Blocks of values with scales in formats of their own. */
    record OfBlocks(BlockFormat format) implements FormatWord {}

    /** Returns the words that a text may hold, in the order in which they are listed. */
    static List<String> words() {
        List<String> words = new ArrayList<>();
        for (NumberFormat format : Formats.named()) {
            boolean scale = format instanceof FloatFormat floating && !floating.signed();
            if (!scale) {
                words.add(format.formatName());
            }
        }
        words.addAll(BlockFormat.names());
        return words;
    }

    /** Returns what a word stands for. */
    static FormatWord of(String word) {
        return BlockFormat.names().contains(word)
                ? new OfBlocks(BlockFormat.parse(word))
                : of(Formats.parse(word));
    }

    /** Returns what stands for a format. */
    static FormatWord of(NumberFormat format) {
        if (format instanceof IntegerFormat integer) {
            return new OfIntegers(integer);
        }
        if (format instanceof FloatFormat || format instanceof CodebookFormat) {
            return new OfValues(format);
        }
        throw new IllegalArgumentException(format + " has no word.");
    }
}
