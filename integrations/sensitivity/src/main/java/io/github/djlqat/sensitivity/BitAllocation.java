package io.github.djlqat.sensitivity;

import io.github.djlqat.sensitivity.Budget.Limit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Chooses a candidate for each layer so that the sum of the layers' sensitivities is least and the
 * budget is kept: an integer program, solved exactly.
 *
 * <p>Sensitivities are measured with one layer quantized at a time, and their sum stands for what
 * all layers together do; that is exact where the losses are independent, and the usual first-order
 * model where they are not.
 *
 * @see <a href="https://arxiv.org/abs/2011.10680">Yao et al., HAWQ-V3, section 4</a>
 */
public final class BitAllocation {

    private final Sensitivity sensitivity;
    private final List<Limit> limits;
    private final List<Candidate> candidates;
    private final List<LayerSize> layers;

    private BitAllocation(Sensitivity sensitivity, Budget budget) {
        this.sensitivity = sensitivity;
        this.limits = budget.limits();
        this.candidates = sensitivity.candidates();
        this.layers = sensitivity.layers().stream().map(LayerSensitivity::layer).toList();
    }

    /**
     * Finds the best allocation.
     *
     * @param sensitivity the scores
     * @param measure which of them is minimized
     * @param budget what may be used
     * @return the allocation; the one of the solver's choice where several are equally good
     * @throws IllegalArgumentException if no allocation keeps the budget, naming the limit and the
     *     least that is possible; if a layer was not measured so; or if a use is negative or not
     *     finite
     * @throws java.util.concurrent.CancellationException if the thread was interrupted, as it still
     *     is then
     */
    public static Allocation solve(Sensitivity sensitivity, Measure measure, Budget budget) {
        return new BitAllocation(sensitivity, budget).solve(measure);
    }

    private Allocation solve(Measure measure) {
        double[][] costs =
                matrix(
                        measure.id(),
                        (layer, candidate) ->
                                measure.cost(
                                        sensitivity.score(
                                                layer.name(), candidate.name(), measure)));
        List<double[][]> uses =
                limits.stream().map(limit -> matrix(limit.quantity(), limit.use())).toList();
        for (int k = 0; k < limits.size(); k++) {
            requireNotNegative(limits.get(k), uses.get(k));
        }
        int[] chosen = program(costs, uses, limits.size()).orElseThrow(() -> infeasible(uses));
        Map<String, Candidate> byLayer = new LinkedHashMap<>();
        for (int i = 0; i < chosen.length; i++) {
            byLayer.put(layers.get(i).name(), candidates.get(chosen[i]));
        }
        List<Allocation.Figure> figures = new ArrayList<>();
        for (int k = 0; k < limits.size(); k++) {
            Limit limit = limits.get(k);
            figures.add(
                    new Allocation.Figure(
                            limit.quantity(),
                            limit.unit(),
                            IntegerProgram.sum(uses.get(k), chosen) / limit.divisor().of(layers),
                            limit.most()));
        }
        return new Allocation(measure, IntegerProgram.sum(costs, chosen), byLayer, figures);
    }

    private double[][] matrix(String what, Budget.Use value) {
        double[][] values = new double[layers.size()][candidates.size()];
        for (int i = 0; i < values.length; i++) {
            for (int j = 0; j < candidates.size(); j++) {
                values[i][j] = value.of(layers.get(i), candidates.get(j));
                if (!Double.isFinite(values[i][j])) {
                    throw new IllegalArgumentException(
                            "The "
                                    + what
                                    + " of layer "
                                    + layers.get(i).name()
                                    + " with "
                                    + candidates.get(j).name()
                                    + " is "
                                    + values[i][j]
                                    + "; it must be finite.");
                }
            }
        }
        return values;
    }

    private void requireNotNegative(Limit limit, double[][] uses) {
        for (int i = 0; i < uses.length; i++) {
            for (int j = 0; j < uses[i].length; j++) {
                if (uses[i][j] < 0) {
                    throw new IllegalArgumentException(
                            "The "
                                    + limit.quantity()
                                    + " of layer "
                                    + layers.get(i).name()
                                    + " with "
                                    + candidates.get(j).name()
                                    + " is "
                                    + uses[i][j]
                                    + "; it must not be negative.");
                }
            }
        }
    }

    /** Solves with the first limits only. */
    private Optional<int[]> program(double[][] costs, List<double[][]> uses, int count) {
        IntegerProgram program = new IntegerProgram(costs);
        for (int k = 0; k < count; k++) {
            Limit limit = limits.get(k);
            program.limit(uses.get(k), limit.most() * limit.divisor().of(layers));
        }
        addAgreements(program);
        return program.solve();
    }

    /** A weight is kept once, so that layers that share it must agree on its format. */
    private void addAgreements(IntegerProgram program) {
        Map<Object, List<Integer>> byFormat = new LinkedHashMap<>();
        for (int j = 0; j < candidates.size(); j++) {
            byFormat.computeIfAbsent(
                            Optional.ofNullable(candidates.get(j).weights()),
                            format -> new ArrayList<>())
                    .add(j);
        }
        List<List<Integer>> groups = List.copyOf(byFormat.values());
        Map<String, Integer> first = new LinkedHashMap<>();
        for (int i = 0; i < layers.size(); i++) {
            Integer other = first.putIfAbsent(layers.get(i).weight(), i);
            if (other != null) {
                program.agree(other, i, groups);
            }
        }
    }

    private IllegalArgumentException infeasible(List<double[][]> uses) {
        for (int k = 0; k < limits.size(); k++) {
            Limit limit = limits.get(k);
            double divisor = limit.divisor().of(layers);
            Optional<int[]> least = program(uses.get(k), uses, k);
            if (least.isEmpty()) {
                break;
            }
            double figure = IntegerProgram.sum(uses.get(k), least.get()) / divisor;
            if (program(uses.get(k), uses, k + 1).isEmpty()) {
                return new IllegalArgumentException(
                        String.format(
                                Locale.ROOT,
                                "No choice among %s keeps %s within %s %s; the least that is possible%s is %s %s.",
                                candidates.stream().map(Candidate::name).toList(),
                                limit.quantity(),
                                limit.most(),
                                limit.unit(),
                                k == 0 ? "" : " within the limits before it",
                                figure,
                                limit.unit()));
            }
        }
        return new IllegalArgumentException("No choice among the candidates keeps the budget.");
    }
}
