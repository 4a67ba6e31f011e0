package io.github.djlqat.sensitivity;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.training.GradientCollector;
import ai.djl.training.ParameterStore;
import io.github.djlqat.intercept.InterceptedBlock;
import io.github.djlqat.intercept.Interceptor;
import io.github.djlqat.sensitivity.Samples.Sample;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.TreeSet;

/**
 * Estimates the trace of the Hessian of a network's loss, by tensor: \( \mathrm{tr}(H) =
 * \mathbb{E}[v^\top H v] \) for \( v \) of independent signs. One probe moves all tensors at once,
 * since \( \mathbb{E}[v_i^\top \sum_j H_{ij} v_j] = \mathrm{tr}(H_{ii}) \).
 *
 * <p>DJL's engine gives no gradient of a gradient. The product is the central difference \( H v
 * \approx (\nabla L(w + \epsilon v) - \nabla L(w - \epsilon v)) / 2 \epsilon \), whose error is \(
 * O(\epsilon^2) \) where the loss is smooth, plus \( O(u / \epsilon) \) for gradients that are
 * rounded to \( u \approx 6 \cdot 10^{-8} \). Each tensor is moved by \( \epsilon \) of the root of
 * its mean square, \( \epsilon = 10^{-2} \). Across the kinks of rectifiers the difference is that
 * of the gradient over the step, where the Hessian knows only one side. Networks are differentiated
 * as they infer, with the running statistics of BatchNorm.
 *
 * @see <a href="https://doi.org/10.1080/03610918908812806">Hutchinson, A stochastic estimator of
 *     the trace of the influence matrix</a>
 */
final class HutchinsonTrace {

    /** The step in units of a tensor's own size. */
    static final double STEP = 1e-2;

    private final Block block;
    private final Perturbation tensors;
    private final TrialLoss loss;
    private final NDManager manager;

    /**
     * Begins an estimate.
     *
     * @param block a block in floating point
     * @param tensors what is differentiated by
     * @param loss the loss
     * @param manager the manager to compute in; nothing stays attached to it
     */
    HutchinsonTrace(Block block, Perturbation tensors, TrialLoss loss, NDManager manager) {
        this.block = block;
        this.tensors = tensors;
        this.loss = loss;
        this.manager = manager;
    }

    /** A tensor's shape and the root of its mean square. */
    private record Extent(Shape shape, double size) {}

    /**
     * Probes a batch once.
     *
     * @param sample the batch
     * @param random draws the signs
     * @return \( v^\top H v \) by tensor, for the mean loss of the batch
     */
    Map<String, Double> probe(Sample sample, SplittableRandom random) {
        try (NDManager scope = manager.newSubManager()) {
            Map<String, Extent> extents = new LinkedHashMap<>();
            NDArray reference =
                    forward(
                                    sample.in(scope),
                                    scope,
                                    tensors.watching((name, x) -> extents.put(name, extent(x))))
                            .head()
                            .stopGradient();
            Map<String, NDArray> signs = new LinkedHashMap<>();
            for (String name : new TreeSet<>(extents.keySet())) {
                Shape shape = Objects.requireNonNull(extents.get(name)).shape();
                signs.put(name, signs(scope, shape, random));
            }
            Map<String, Double> above = slopes(sample, reference, signs, extents, STEP);
            Map<String, Double> below = slopes(sample, reference, signs, extents, -STEP);
            Map<String, Double> curvatures = new LinkedHashMap<>();
            above.forEach(
                    (name, slope) ->
                            curvatures.put(
                                    name,
                                    (slope - Objects.requireNonNull(below.get(name)))
                                            / (2
                                                    * STEP
                                                    * Objects.requireNonNull(extents.get(name))
                                                            .size())));
            return curvatures;
        }
    }

    private static Extent extent(NDArray array) {
        try (NDArray squares = array.square();
                NDArray mean = squares.mean()) {
            double size = Math.sqrt(mean.getFloat());
            return new Extent(array.getShape(), size > 0 ? size : 1);
        }
    }

    private static NDArray signs(NDManager scope, Shape shape, SplittableRandom random) {
        float[] signs = new float[Math.toIntExact(shape.size())];
        for (int i = 0; i < signs.length; i++) {
            signs[i] = random.nextBoolean() ? 1 : -1;
        }
        return scope.create(signs, shape);
    }

    /** Returns the loss's slopes \( v^\top \nabla L \) at shifts of a step times the signs. */
    private Map<String, Double> slopes(
            Sample sample,
            NDArray reference,
            Map<String, NDArray> signs,
            Map<String, Extent> extents,
            double step) {
        try (NDManager scope = manager.newSubManager()) {
            Map<String, NDArray> shifts = new LinkedHashMap<>();
            signs.forEach(
                    (name, sign) -> {
                        NDArray shift =
                                sign.mul(step * Objects.requireNonNull(extents.get(name)).size());
                        shift.attach(scope);
                        shift.setRequiresGradient(true);
                        shifts.put(name, shift);
                    });
            Map<String, Double> slopes = new LinkedHashMap<>();
            Sample own = sample.in(scope);
            try (GradientCollector collector =
                    Engine.getEngine(manager.getEngine().getEngineName()).newGradientCollector()) {
                NDList outputs = forward(own, scope, tensors.shifting(shifts));
                collector.backward(loss.of(own, reference, outputs));
                shifts.forEach(
                        (name, shift) -> {
                            try (NDArray gradient = shift.getGradient();
                                    NDArray product =
                                            gradient.mul(Objects.requireNonNull(signs.get(name)));
                                    NDArray sum = product.sum()) {
                                slopes.put(name, (double) sum.getFloat());
                            }
                        });
            }
            return slopes;
        }
    }

    private NDList forward(Sample sample, NDManager scope, Interceptor interceptor) {
        return new InterceptedBlock(block, interceptor)
                .forward(new ParameterStore(scope, false), sample.inputs(), false);
    }
}
