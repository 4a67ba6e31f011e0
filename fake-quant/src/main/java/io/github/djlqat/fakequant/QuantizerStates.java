package io.github.djlqat.fakequant;

import java.util.IdentityHashMap;
import java.util.Map;

/** What a model's quantizers have seen and learned besides their parameters, to be put back. */
final class QuantizerStates {

    private final Map<FakeQuantize, FakeQuantize.State> observed = new IdentityHashMap<>();
    private final Map<EstimatorQuantize, EstimatorQuantize.State> learned = new IdentityHashMap<>();

    /** Remembers the states that quantizers have now. */
    QuantizerStates(Quantizers quantizers) {
        quantizers.byName().values().forEach(each -> observed.put(each, each.state()));
        quantizers.estimators().values().forEach(each -> learned.put(each, each.state()));
    }

    void restore() {
        observed.forEach(FakeQuantize::restore);
        learned.forEach(EstimatorQuantize::restore);
    }
}
