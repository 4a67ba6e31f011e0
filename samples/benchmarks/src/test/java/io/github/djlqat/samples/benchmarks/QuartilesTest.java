package io.github.djlqat.samples.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class QuartilesTest {

    @Test
    void ratiosArePairedBeforeTheirMedianIsTaken() {
        // The machine slows down tenfold on the way; the ratio of the medians would be 30 / 20.
        double[] base = {10, 20, 100};
        double[] values = {30, 22, 101};
        Quartiles ratios = Quartiles.ofRatios(values, base);
        assertThat(ratios.median()).isEqualTo(1.1, within(1e-12));
        assertThat(ratios.lower()).isEqualTo((1.01 + 1.1) / 2, within(1e-12));
        assertThat(ratios.upper()).isEqualTo((1.1 + 3) / 2, within(1e-12));
    }

    @Test
    void quartilesInterpolateAsNumpyDoes() {
        // numpy.quantile([7, 1, 3, 10, 4, 2], [.25, .5, .75]) of NumPy
        Quartiles quartiles = Quartiles.of(7, 1, 3, 10, 4, 2);
        assertThat(quartiles).isEqualTo(new Quartiles(2.25, 3.5, 6.25));
    }

    @Test
    void oneValueIsAllItsQuartiles() {
        assertThat(Quartiles.of(4.5)).isEqualTo(new Quartiles(4.5, 4.5, 4.5));
    }

    @Test
    void whatHasNoRatioIsRefused() {
        assertThatThrownBy(Quartiles::of).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Quartiles.ofRatios(new double[2], new double[] {1}))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("2 with 1");
        assertThatThrownBy(() -> Quartiles.ofRatios(new double[] {1}, new double[] {0}))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("0.0");
        assertThatThrownBy(() -> Quartiles.of(1, Double.NaN))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("NaN");
    }
}
