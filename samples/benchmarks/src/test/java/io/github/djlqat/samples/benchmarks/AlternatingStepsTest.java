package io.github.djlqat.samples.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Field;
import java.util.EnumSet;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class AlternatingStepsTest {

    @Test
    void everyVariantRunsOnceARoundAndFirstInOneOfTwo() {
        Set<Variant> first = EnumSet.noneOf(Variant.class);
        for (int round = 0; round < 2 * Variant.values().length; round++) {
            List<Variant> order = RoundOrder.of(Variant.values(), round);
            assertThat(order).containsExactlyInAnyOrder(Variant.values());
            first.add(order.get(0));
        }
        assertThat(first).containsExactlyInAnyOrder(Variant.values());
    }

    @ParameterizedTest
    @EnumSource(Variant.class)
    void aVariantsTimeIsReportedUnderItsCounter(Variant variant)
            throws ReflectiveOperationException {
        StepTimes times = new StepTimes();
        times.record(variant, 42);
        for (Variant other : Variant.values()) {
            Field field = StepTimes.class.getField(StepTimes.counter(other));
            assertThat(field.getLong(times)).isEqualTo(other == variant ? 42 : 0);
        }
    }

    @ParameterizedTest
    @EnumSource(KernelVariant.class)
    void aKernelsTimeIsReportedUnderItsCounter(KernelVariant variant)
            throws ReflectiveOperationException {
        KernelTimes times = new KernelTimes();
        times.record(variant, 42);
        for (KernelVariant other : KernelVariant.values()) {
            Field field = KernelTimes.class.getField(KernelTimes.counter(other));
            assertThat(field.getLong(times)).isEqualTo(other == variant ? 42 : 0);
        }
    }

    @Test
    void peakMemoryIsReadFromTheStatusOfAProcess() {
        assertThat(
                        PeakMemory.parse(
                                List.of("VmPeak:\t 9 kB", "VmHWM:\t  352612 kB", "VmRSS:\t 7 kB")))
                .isEqualTo(OptionalLong.of(352612));
        assertThat(PeakMemory.parse(List.of("Name:\tjava"))).isEmpty();
    }
}
