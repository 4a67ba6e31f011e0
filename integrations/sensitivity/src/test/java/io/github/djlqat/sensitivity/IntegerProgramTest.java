package io.github.djlqat.sensitivity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CancellationException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Every answer is compared with the best of all assignments. */
class IntegerProgramTest {

    private static final int INSTANCES = 40;

    private record Instance(
            double[][] costs,
            List<double[][]> uses,
            List<Double> limits,
            List<List<Integer>> groups) {

        static Instance draw(Random random, boolean whole) {
            int items = 1 + random.nextInt(6);
            int candidates = 1 + random.nextInt(5);
            double orders = random.nextInt(8);
            double[][] costs = new double[items][candidates];
            for (double[] row : costs) {
                for (int j = 0; j < candidates; j++) {
                    double sign = random.nextInt(20) == 0 ? -1 : random.nextInt(10) == 0 ? 0 : 1;
                    row[j] = sign * Math.pow(10, -orders * random.nextDouble());
                }
            }
            List<double[][]> uses = new ArrayList<>();
            List<Double> limits = new ArrayList<>();
            for (int k = random.nextInt(3); k >= 0; k--) {
                double[][] use = new double[items][candidates];
                double total = 0;
                for (double[] row : use) {
                    double size = Math.exp(random.nextDouble() * 14);
                    size = whole ? Math.ceil(size) : size;
                    total += size;
                    for (int j = 0; j < candidates; j++) {
                        row[j] = size * (2 + random.nextInt(7));
                    }
                }
                uses.add(use);
                limits.add(total * (2 + random.nextInt(14) / 2.0));
            }
            List<List<Integer>> groups = List.of(new ArrayList<>(), new ArrayList<>());
            for (int j = 0; j < candidates; j++) {
                groups.get(random.nextInt(2)).add(j);
            }
            boolean agree = items > 1 && random.nextInt(3) == 0;
            return new Instance(
                    costs,
                    uses,
                    limits,
                    agree ? groups.stream().filter(g -> !g.isEmpty()).toList() : List.of());
        }

        Optional<int[]> solve() {
            IntegerProgram program = new IntegerProgram(costs);
            for (int k = 0; k < uses.size(); k++) {
                program.limit(uses.get(k), limits.get(k));
            }
            if (!groups.isEmpty()) {
                program.agree(0, 1, groups);
            }
            return program.solve();
        }

        boolean isLegal(int[] chosen) {
            for (int k = 0; k < uses.size(); k++) {
                if (IntegerProgram.sum(uses.get(k), chosen) > limits.get(k) * (1 + 1e-10)) {
                    return false;
                }
            }
            return groups.stream()
                    .allMatch(group -> group.contains(chosen[0]) == group.contains(chosen[1]));
        }

        double best() {
            double best = Double.POSITIVE_INFINITY;
            int[] chosen = new int[costs.length];
            long assignments = (long) Math.pow(costs[0].length, costs.length);
            for (long code = 0; code < assignments; code++) {
                long rest = code;
                for (int i = 0; i < chosen.length; i++) {
                    chosen[i] = (int) (rest % costs[0].length);
                    rest /= costs[0].length;
                }
                if (isLegal(chosen)) {
                    best = Math.min(best, IntegerProgram.sum(costs, chosen));
                }
            }
            return best;
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void findsTheBestOfAllAssignments(long seed) {
        Random random = new Random(seed);
        int feasible = 0;
        for (int i = 0; i < INSTANCES; i++) {
            Instance instance = Instance.draw(random, seed % 2 == 0);
            Optional<int[]> solved = instance.solve();
            double best = instance.best();
            assertThat(solved.isPresent()).isEqualTo(Double.isFinite(best));
            if (solved.isPresent()) {
                feasible++;
                assertThat(instance.isLegal(solved.get())).isTrue();
                assertThat(IntegerProgram.sum(instance.costs(), solved.get()))
                        .isCloseTo(best, within(1e-12));
            }
        }
        assertThat(feasible).isBetween(1, INSTANCES - 1);
    }

    @Test
    void anInterruptEndsTheSearch() {
        Thread.currentThread().interrupt();
        assertThatThrownBy(() -> new IntegerProgram(new double[][] {{1, 2}}).solve())
                .isInstanceOf(CancellationException.class);
        assertThat(Thread.interrupted()).isTrue();
    }

    /** In doubles 0.1 + 0.2 is more than 0.3; as times of two layers they fit. */
    @Test
    void aSumThatEqualsItsLimitKeepsIt() {
        double[][] uses = {{0.1, 0.05}, {0.2, 0.05}};
        Optional<int[]> solved =
                new IntegerProgram(new double[][] {{0, 1}, {0, 1}}).limit(uses, 0.3).solve();
        assertThat(solved).hasValueSatisfying(c -> assertThat(c).containsExactly(0, 0));
    }

    @Test
    void whatExceedsItsLimitByOneUnitDoesNot() {
        double[][] uses = {{100_001, 1}};
        Optional<int[]> solved =
                new IntegerProgram(new double[][] {{0, 1}}).limit(uses, 100_000).solve();
        assertThat(solved).hasValueSatisfying(c -> assertThat(c).containsExactly(1));
    }
}
