package io.github.djlqat.samples.common.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DigitsTest {

    /**
     * Sums over scikit-learn 1.9.1's load_digits: labels counted, pixels weighted by their place
     * and the image's.
     */
    @Test
    void holdsWhatScikitLearnLoads() {
        ImageSet digits = Digits.load();
        int[] counts = new int[10];
        long pixels = 0;
        long weighted = 0;
        for (int n = 0; n < digits.size(); n++) {
            counts[digits.label(n)]++;
            for (int i = 0; i < 64; i++) {
                int value = digits.pixel(n, 0, i / 8, i % 8);
                pixels += value;
                weighted += (long) value * (i + 1) * (n + 1);
            }
        }
        assertThat(digits.size()).isEqualTo(1797);
        assertThat(counts).containsExactly(178, 182, 177, 183, 181, 182, 181, 179, 174, 180);
        assertThat(pixels).isEqualTo(561_718L);
        assertThat(weighted).isEqualTo(16_337_198_609L);
    }

    @Test
    void splitsIntoFourFifthsAndOneThatHaveNoImageInCommon() {
        ImageSplit split = Digits.split(42);
        assertThat(split.train().size()).isEqualTo(1438);
        assertThat(split.test().size()).isEqualTo(359);
        Map<String, Integer> images = count(new HashMap<>(), Digits.load(), 1);
        count(images, split.train(), -1);
        count(images, split.test(), -1);
        assertThat(images.values()).containsOnly(0);
    }

    @Test
    void theSeedAloneDecidesTheSplit() {
        assertThat(count(new HashMap<>(), Digits.split(3).test(), 1))
                .isEqualTo(count(new HashMap<>(), Digits.split(3).test(), 1))
                .isNotEqualTo(count(new HashMap<>(), Digits.split(4).test(), 1));
    }

    private static Map<String, Integer> count(Map<String, Integer> images, ImageSet set, int step) {
        for (int n = 0; n < set.size(); n++) {
            StringBuilder image = new StringBuilder().append(set.label(n));
            for (int i = 0; i < 64; i++) {
                image.append(' ').append(set.pixel(n, 0, i / 8, i % 8));
            }
            images.merge(image.toString(), step, Integer::sum);
        }
        return images;
    }

    @ParameterizedTest
    @CsvSource({
        "17, 3, \"17\" where an integer of 0 to 16",
        "-1, 3, \"-1\"",
        "4, 10, \"10\" where an integer of 0 to 9"
    })
    void refusesValuesOutsideTheirRange(String pixel, String label, String message) {
        String[] fields = new String[65];
        Arrays.fill(fields, "0");
        String sound = String.join(",", fields);
        fields[5] = pixel;
        fields[64] = label;
        refuses(
                sound + "\n" + String.join(",", fields) + "\n",
                "line 2: " + message.replace("'", ""));
    }

    @Test
    void refusesLinesOfAnotherLengthAndWhatIsNotCompressed() {
        refuses("1,2,3\n", "line 1: 3 values where 65 belong");
        assertThatThrownBy(
                        () -> Digits.parse(new ByteArrayInputStream(new byte[] {1, 2, 3}), "a.gz"))
                .isInstanceOf(IOException.class);
    }

    private static void refuses(String text, String message) {
        assertThatThrownBy(
                        () -> {
                            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
                            try (OutputStream out = new GZIPOutputStream(bytes)) {
                                out.write(text.getBytes(StandardCharsets.US_ASCII));
                            }
                            try (InputStream in = new ByteArrayInputStream(bytes.toByteArray())) {
                                Digits.parse(in, "digits");
                            }
                        })
                .isInstanceOf(IOException.class)
                .hasMessageContaining(message);
    }
}
