package io.github.djlqat.report.drawing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class PaletteTest {

    private static final List<Palette> PALETTES = List.of(Palette.LIGHT, Palette.DARK);

    @Test
    void contrastIsThatOfTheStandard() {
        assertThat(new Rgb(0).contrast(new Rgb(0xFFFFFF))).isCloseTo(21, within(1e-9));
        // The example that is just short of enough: #777777 on white.
        assertThat(new Rgb(0x777777).contrast(new Rgb(0xFFFFFF))).isCloseTo(4.48, within(0.005));
    }

    @ParameterizedTest
    @EnumSource(names = {"TEXT", "MUTED", "SERIES_1", "SERIES_2", "SERIES_3", "SERIES_4"})
    void textIsLegibleOnEveryGround(Ink ink) {
        for (Palette palette : PALETTES) {
            for (Ink ground : List.of(Ink.PAPER, Ink.SURFACE, Ink.TINT_1, Ink.TINT_2)) {
                assertThat(palette.color(ink).contrast(palette.color(ground)))
                        .as(ink + " on " + ground)
                        .isGreaterThanOrEqualTo(4.5);
            }
        }
    }

    @Test
    void outlinesStandOutFromTheirGround() {
        for (Palette palette : PALETTES) {
            for (Ink ground : List.of(Ink.PAPER, Ink.SURFACE)) {
                assertThat(palette.color(Ink.AXIS).contrast(palette.color(ground)))
                        .isGreaterThanOrEqualTo(3);
            }
        }
    }
}
