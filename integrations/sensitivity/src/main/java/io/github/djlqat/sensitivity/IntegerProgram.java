package io.github.djlqat.sensitivity;

import com.google.ortools.Loader;
import com.google.ortools.sat.BoolVar;
import com.google.ortools.sat.CpModel;
import com.google.ortools.sat.CpSolver;
import com.google.ortools.sat.CpSolverStatus;
import com.google.ortools.sat.LinearExpr;
import com.google.ortools.sat.Literal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/**
 * Chooses one of the same candidates for each item so that the sum of costs is least and every
 * limited sum of uses within its limit: the multiple-choice knapsack problem with several
 * knapsacks, solved exactly by CP-SAT.
 *
 * <p>With \( x_{ij} \in \{0, 1\} \) telling whether item \( i \) takes candidate \( j \): minimize
 * \( \sum_{ij} c_{ij} x_{ij} \) subject to \( \sum_j x_{ij} = 1 \) for every item, \( \sum_{ij}
 * u^k_{ij} x_{ij} \le b^k \) for every limit, and \( \sum_{j \in g} x_{ij} = \sum_{j \in g} x_{i'j}
 * \) for every group of candidates and pair of items that must agree on it.
 *
 * <p>The solver computes in integers. Costs are rounded to \( 2^{-44} \) of the largest magnitude
 * among them. Uses are taken as they are where all are whole numbers, and else rounded to \(
 * 2^{-40} \) of the largest, with a unit for each item left over, so that a sum that equals its
 * limit in exact arithmetic keeps it.
 *
 * @see <a href="https://developers.google.com/optimization/cp/cp_solver">OR-Tools, the CP-SAT
 *     solver</a>
 */
final class IntegerProgram {

    private static final double COST_STEPS = 0x1p44;
    private static final double USE_STEPS = 0x1p40;
    private static final double LARGEST_WHOLE = 0x1p50;

    /** By how much a product of a limit may have been rounded. */
    private static final double ROUNDING = 0x1p-50;

    private final double[][] costs;
    private final List<Row> rows = new ArrayList<>();
    private final List<Agreement> agreements = new ArrayList<>();

    private record Row(double[][] uses, double limit) {}

    private record Agreement(int one, int other, List<List<Integer>> groups) {}

    /**
     * Begins a problem.
     *
     * @param costs the cost of each candidate for each item: [item][candidate], finite
     */
    IntegerProgram(double[][] costs) {
        this.costs = costs;
    }

    /** Limits the sum of uses, [item][candidate], which are finite and not negative. */
    IntegerProgram limit(double[][] uses, double limit) {
        rows.add(new Row(uses, limit));
        return this;
    }

    /** Has two items take candidates of the same group; the groups part the candidates. */
    IntegerProgram agree(int one, int other, List<List<Integer>> groups) {
        agreements.add(new Agreement(one, other, groups));
        return this;
    }

    /**
     * Solves the problem.
     *
     * @return the candidate of each item, or empty where none fits the limits
     * @throws IllegalStateException if the solver ends without an answer
     * @throws CancellationException if the thread was interrupted, as it still is then
     */
    Optional<int[]> solve() {
        Loader.loadNativeLibraries();
        CpModel model = new CpModel();
        BoolVar[][] choices = new BoolVar[costs.length][];
        for (int i = 0; i < costs.length; i++) {
            choices[i] = new BoolVar[costs[i].length];
            for (int j = 0; j < costs[i].length; j++) {
                choices[i][j] = model.newBoolVar("x" + i + "_" + j);
            }
            model.addExactlyOne((Literal[]) choices[i]);
        }
        BoolVar[] all = flat(choices);
        rows.forEach(row -> addLimit(model, all, row));
        agreements.forEach(agreement -> addAgreement(model, choices, agreement));
        model.minimize(LinearExpr.weightedSum(all, steps(costs, COST_STEPS / largest(costs))));
        CpSolver solver = new CpSolver();
        // One worker and one seed give one answer among equals.
        solver.getParameters().setNumWorkers(1).setRandomSeed(0);
        CpSolverStatus status = run(solver, model);
        return switch (status) {
            case OPTIMAL -> Optional.of(read(solver, choices));
            case INFEASIBLE -> Optional.empty();
            default ->
                    throw new IllegalStateException(
                            "The integer program ended as " + status + " before the best answer.");
        };
    }

    /** The solver knows nothing of interrupts, so that it runs in a thread of its own. */
    private static CpSolverStatus run(CpSolver solver, CpModel model) {
        // A task that is done by then is got in spite of an interrupt.
        if (Thread.currentThread().isInterrupted()) {
            throw interrupted();
        }
        FutureTask<CpSolverStatus> task = new FutureTask<>(() -> solver.solve(model));
        Thread worker = new Thread(task, "cp-sat");
        worker.setDaemon(true);
        worker.start();
        try {
            return task.get();
        } catch (InterruptedException e) {
            solver.stopSearch();
            Thread.currentThread().interrupt();
            throw interrupted();
        } catch (ExecutionException e) {
            throw new IllegalStateException(
                    "The integer program could not be solved: " + e.getCause(), e);
        }
    }

    private static CancellationException interrupted() {
        return new CancellationException("The integer program was interrupted.");
    }

    private static void addLimit(CpModel model, BoolVar[] all, Row row) {
        double largest = largest(row.uses());
        boolean whole = isWhole(row.uses()) && largest < LARGEST_WHOLE;
        double scale = whole ? 1 : USE_STEPS / largest;
        long[] uses = new long[all.length];
        int next = 0;
        double reach = 0;
        for (double[] item : row.uses()) {
            double most = 0;
            for (double use : item) {
                uses[next] = Math.round(use * scale);
                most = Math.max(most, uses[next++]);
            }
            reach += most;
        }
        double limit =
                Math.floor(row.limit() * scale * (1 + ROUNDING)) + (whole ? 0 : row.uses().length);
        if (limit < reach) {
            model.addLessOrEqual(LinearExpr.weightedSum(all, uses), (long) Math.max(-1, limit));
        }
    }

    private static void addAgreement(CpModel model, BoolVar[][] choices, Agreement agreement) {
        for (List<Integer> group : agreement.groups()) {
            model.addEquality(
                    LinearExpr.sum(chosen(choices[agreement.one()], group)),
                    LinearExpr.sum(chosen(choices[agreement.other()], group)));
        }
    }

    private static BoolVar[] chosen(BoolVar[] choices, List<Integer> group) {
        return group.stream().map(j -> choices[j]).toArray(BoolVar[]::new);
    }

    private static BoolVar[] flat(BoolVar[][] choices) {
        return Arrays.stream(choices).flatMap(Arrays::stream).toArray(BoolVar[]::new);
    }

    private static long[] steps(double[][] values, double scale) {
        return Arrays.stream(values)
                .flatMapToDouble(Arrays::stream)
                .mapToLong(value -> Math.round(value * scale))
                .toArray();
    }

    private static boolean isWhole(double[][] values) {
        return Arrays.stream(values)
                .flatMapToDouble(Arrays::stream)
                .allMatch(value -> value == Math.rint(value));
    }

    private static double largest(double[][] values) {
        double largest =
                Arrays.stream(values)
                        .flatMapToDouble(Arrays::stream)
                        .map(Math::abs)
                        .max()
                        .orElse(0);
        return largest == 0 ? 1 : largest;
    }

    private static int[] read(CpSolver solver, BoolVar[][] choices) {
        int[] chosen = new int[choices.length];
        for (int i = 0; i < choices.length; i++) {
            for (int j = 0; j < choices[i].length; j++) {
                if (solver.booleanValue(choices[i][j])) {
                    chosen[i] = j;
                }
            }
        }
        return chosen;
    }

    /** Adds up what the chosen candidates cost or use. */
    static double sum(double[][] values, int[] chosen) {
        double sum = 0;
        for (int i = 0; i < chosen.length; i++) {
            sum += values[i][chosen[i]];
        }
        return sum;
    }
}
