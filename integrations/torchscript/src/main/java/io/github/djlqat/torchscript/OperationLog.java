package io.github.djlqat.torchscript;

import io.github.djlqat.torchscript.Operation.Operand;
import io.github.djlqat.torchscript.OperationUse.CallPoint;
import io.github.djlqat.torchscript.Value.Origin;
import io.github.djlqat.torchscript.code.Expression;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What a program was seen to do with the tensors that its archive holds. */
final class OperationLog {

    private final StoredValues stored;
    private final Map<OperationUse.Key, OperationUse> uses = new LinkedHashMap<>();
    private final Map<OperationUse.Key, Fused> fused = new LinkedHashMap<>();
    private final Set<Origin> usedElsewhere = new HashSet<>();
    private final Map<OperationUse.Key, FoldedNorm> norms = new HashMap<>();
    private final Set<OperationUse.Key> normedTwice = new HashSet<>();

    /**
     * A call that computes with stored tensors but cannot be quantized.
     *
     * @param use the call
     * @param condition what decides whether a method does that, or null if nothing does
     */
    record Fused(OperationUse use, @Nullable Expression condition) {}

    OperationLog(StoredValues stored) {
        this.stored = stored;
    }

    /** The operations, in the order in which they were first reached. */
    List<OperationUse> uses() {
        return List.copyOf(uses.values());
    }

    /** Calls that compute with stored tensors but cannot be quantized. */
    List<Fused> fused() {
        return List.copyOf(fused.values());
    }

    /** The stored tensors that anything but an operation computes with. */
    Set<Origin> usedElsewhere() {
        return Set.copyOf(usedElsewhere);
    }

    /** The BatchNorm that a layer's result goes into, or null if there is none or several. */
    @Nullable FoldedNorm normOf(OperationUse use) {
        return normedTwice.contains(use.key()) ? null : norms.get(use.key());
    }

    /** Records the arguments of a BatchNorm: input, weight, bias, mean, variance, …, epsilon. */
    void addNorm(List<Value> arguments) {
        if (arguments.size() < 8
                || !(arguments.get(0) instanceof Value.Result input)
                || !(arguments.get(1) instanceof Value.Stored gamma)
                || !(arguments.get(4) instanceof Value.Stored variance)
                || !(arguments.get(7) instanceof Value.Constant epsilon)
                || !epsilon.text().matches("[0-9.]+(e-?[0-9]+)?")) {
            return;
        }
        FoldedNorm norm =
                new FoldedNorm(
                        gamma.origin(),
                        variance.origin(),
                        Double.parseDouble(epsilon.text()),
                        false);
        FoldedNorm before = norms.putIfAbsent(input.layer(), norm);
        if (before != null && !before.equals(norm)) {
            normedTwice.add(input.layer());
        }
    }

    /** Records that stored tensors go where they are not followed. */
    void useElsewhere(Collection<? extends Value> values) {
        values.forEach(value -> usedElsewhere.addAll(Value.origins(value)));
    }

    /** Returns what is known where either value may be there, and records what is forgotten. */
    Value join(Value a, Value b) {
        Value joined = Value.join(a, b);
        Set<Origin> forgotten = new HashSet<>(Value.origins(a));
        forgotten.addAll(Value.origins(b));
        forgotten.removeAll(Value.origins(joined));
        usedElsewhere.addAll(forgotten);
        return joined;
    }

    void addFused(
            String function,
            ModuleNode host,
            List<CallPoint> chain,
            @Nullable Expression condition) {
        OperationUse use =
                new OperationUse(host, chain, new Operation(function, List.of()), List.of());
        fused.put(use.key(), new Fused(use, condition));
    }

    /** Records an operation with what is known of its arguments. */
    void add(Operation operation, ModuleNode host, List<CallPoint> chain, List<Value> arguments) {
        List<Operand> operands = new ArrayList<>();
        List<Value> values = new ArrayList<>();
        for (Operand operand : operation.operands()) {
            if (operand.argument() >= arguments.size()) {
                useElsewhere(arguments);
                return;
            }
            Value value = arguments.get(operand.argument());
            if (operand.item() == Operand.MATRICES) {
                for (int item : stored.matrices(value)) {
                    operands.add(
                            new Operand(
                                    operand.argument(),
                                    item,
                                    true,
                                    operand.channelAxis(),
                                    StoredValues.size(value)));
                    values.add(stored.item(value, item));
                }
            } else {
                operands.add(operand);
                values.add(operand.item() < 0 ? value : stored.item(value, operand.item()));
            }
        }
        for (int i = 0; i < arguments.size(); i++) {
            int argument = i;
            if (operands.stream().noneMatch(operand -> operand.argument() == argument)) {
                useElsewhere(List.of(arguments.get(i)));
            }
        }
        Operation complete = new Operation(operation.name(), operands);
        add(new OperationUse(host, chain, complete, values));
    }

    private void add(OperationUse use) {
        OperationUse before = uses.get(use.key());
        if (before == null) {
            uses.put(use.key(), use);
        } else if (before.values().size() == use.values().size()) {
            List<Value> both = new ArrayList<>();
            for (int i = 0; i < before.values().size(); i++) {
                both.add(join(before.values().get(i), use.values().get(i)));
            }
            uses.put(use.key(), before.withValues(both));
        } else {
            useElsewhere(use.values());
        }
    }
}
