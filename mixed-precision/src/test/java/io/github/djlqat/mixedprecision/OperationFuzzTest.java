package io.github.djlqat.mixedprecision;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

/** No call of a model's under autocasting ends the process, whatever types it asks for. */
class OperationFuzzTest {

    /** More rounds than by default are asked for by -Dautocast.rounds=NUMBER. */
    @Test
    void noCallEndsTheProcess() throws IOException, InterruptedException {
        String rounds = Integer.toString(Integer.getInteger("autocast.rounds", 1));
        Process process = Forked.java(OperationFuzz.class, rounds).start();
        List<String> lines;
        try (var reader = process.inputReader()) {
            lines = reader.lines().toList();
        }
        String last = lines.isEmpty() ? "nothing" : lines.get(lines.size() - 1);
        assertThat(process.waitFor()).as(last).isZero();
        assertThat(last).startsWith("end ");
        assertThat(Integer.parseInt(last.substring(4))).isGreaterThan(1000);
    }
}
