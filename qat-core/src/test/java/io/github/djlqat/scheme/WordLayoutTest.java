package io.github.djlqat.scheme;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class WordLayoutTest {

    private static final int[] ZERO_TO_SEVEN = IntStream.range(0, 8).toArray();

    @Test
    void eightCodesAreTheWordOfTheReference() {
        assertThat(WordLayout.GPTQ_ROWS.pack(ZERO_TO_SEVEN, 8, 1, 4)).containsExactly(0x76543210);
        assertThat(WordLayout.COLUMNS.pack(ZERO_TO_SEVEN, 1, 8, 4)).containsExactly(0x76543210);
        assertThat(WordLayout.AWQ.pack(ZERO_TO_SEVEN, 1, 8, 4)).containsExactly(0x75316420);
    }

    @Test
    void gptqTakesDownAColumnAndWordsAreInRows() {
        int[] codes = new int[16 * 2];
        codes[0] = 1;
        codes[1] = 2;
        codes[2 * 9] = 3;
        codes[2 * 15 + 1] = 4;
        assertThat(WordLayout.GPTQ_ROWS.pack(codes, 16, 2, 4))
                .containsExactly(1, 2, 0x30, 0x40000000);
    }

    /** The codes at the ends of words, 10 and 21, lie in two words each. */
    @Test
    void thirtyTwoCodesOfThreeBitsAreThreeWords() {
        int[] codes = new int[32];
        codes[10] = 0b101;
        codes[21] = 0b011;
        codes[31] = 0b111;
        assertThat(WordLayout.GPTQ_ROWS.pack(codes, 32, 1, 3))
                .containsExactly(0b01 << 30, 1 | 1 << 31, 1 | 0b111 << 29);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8})
    void everyMatrixSurvives(int bits) {
        Random random = new Random(bits);
        for (int rows = 0; rows < 40; rows += 13) {
            for (int columns = 1; columns < 40; columns += 6) {
                int[] codes = random.ints((long) rows * columns, 0, 1 << bits).toArray();
                for (WordLayout layout :
                        new WordLayout[] {WordLayout.GPTQ_ROWS, WordLayout.COLUMNS}) {
                    int[] words = layout.pack(codes, rows, columns, bits);
                    assertThat(layout.unpack(words, rows, columns, bits)).isEqualTo(codes);
                }
            }
        }
        int[] codes = random.ints(24 * 5, 0, 16).toArray();
        assertThat(WordLayout.AWQ.unpack(WordLayout.AWQ.pack(codes, 5, 24, 4), 5, 24, 4))
                .isEqualTo(codes);
    }

    @ParameterizedTest
    @EnumSource
    void refusesWhatDoesNotFit(WordLayout layout) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> layout.pack(new int[9], 1, 8, 4))
                .withMessageContaining("9 codes");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> layout.unpack(new int[3], 1, 8, 4))
                .withMessageContaining("3 words");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> layout.pack(new int[] {0, 0, 0, 0, 0, 0, 0, 16}, 1, 8, 4))
                .withMessageContaining("more than 4 bits");
    }

    @Test
    void awqHasFourBitsAndEights() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> WordLayout.AWQ.pack(new int[8], 1, 8, 3))
                .withMessageContaining("not 3 bits");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> WordLayout.AWQ.pack(new int[6], 1, 6, 4))
                .withMessageContaining("6 columns");
    }
}
