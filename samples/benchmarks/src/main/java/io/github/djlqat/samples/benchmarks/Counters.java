package io.github.djlqat.samples.benchmarks;

import java.util.Collection;
import java.util.List;
import java.util.Objects;
import org.openjdk.jmh.results.IterationResult;
import org.openjdk.jmh.results.RunResult;

/** What the rounds of one JMH run counted. */
record Counters(List<IterationResult> rounds) {

    Counters {
        rounds = List.copyOf(rounds);
    }

    /** Reads the only benchmark of a run. */
    static Counters of(Collection<RunResult> results) {
        return new Counters(
                List.copyOf(
                        results.iterator()
                                .next()
                                .getBenchmarkResults()
                                .iterator()
                                .next()
                                .getIterationResults()));
    }

    /** The values of a counter, one for each round. */
    double[] values(String name) {
        return rounds.stream()
                .mapToDouble(
                        round ->
                                Objects.requireNonNull(round.getSecondaryResults().get(name))
                                        .getScore())
                .toArray();
    }
}
