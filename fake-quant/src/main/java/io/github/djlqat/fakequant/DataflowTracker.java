package io.github.djlqat.fakequant;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import io.github.djlqat.fakequant.Dataflow.Known;
import io.github.djlqat.fakequant.Dataflow.Operation;
import io.github.djlqat.intercept.ForwardPass;
import io.github.djlqat.intercept.NamedParameter;
import io.github.djlqat.intercept.OpCall;
import io.github.djlqat.intercept.Site;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Tells which operation of the traced program each operation of one forward pass is.
 *
 * <p>An operation that the traced program does not have, such as noise that is multiplied in only
 * while training, stands for its receiver where it keeps the shape, so that what comes behind it is
 * known again.
 */
final class DataflowTracker {

    private static final Match NONE = new Match(null, Dataflow.UNKNOWN, false, null);

    /**
     * An operation of the pass.
     *
     * @param site the site it was planned under, or null for an operation that is not planned
     * @param output the number of its first output
     * @param isKnown whether the traced program has it
     * @param receiver the array it stands for where the traced program does not have it, or null
     */
    record Match(@Nullable Site site, int output, boolean isKnown, @Nullable NDArray receiver) {}

    private final Dataflow dataflow;
    private final ForwardPass pass;
    private final Map<NDArray, Integer> numbers = new IdentityHashMap<>();
    private final Map<Known, Integer> runs = new HashMap<>();
    private final Map<String, Operation> strangers = new HashMap<>();

    DataflowTracker(Dataflow dataflow, ForwardPass pass) {
        this.dataflow = dataflow;
        this.pass = pass;
        NDList inputs = pass.inputs();
        for (int i = 0; i < Math.min(dataflow.inputs(), inputs.size()); i++) {
            numbers.put(inputs.get(i), Dataflow.CONSTANT + 1 + i);
        }
    }

    /**
     * Finds an operation in the traced program.
     *
     * @throws IllegalStateException if the pass runs a planned operation more often than the traced
     *     program, or uses a planned layer in another way
     */
    Match match(OpCall call) {
        NDArray receiver = call.hasReceiver() ? (NDArray) call.arguments().get(0) : null;
        if (receiver != null && Dataflow.isTransparent(call.op())) {
            return transparent(call.op(), number(receiver));
        }
        List<Integer> arguments = new ArrayList<>();
        call.arguments().forEach(argument -> add(argument, arguments));
        Operation operation = new Operation(call.op(), arguments);
        Known known = known(call, operation);
        if (known == null) {
            strangers.putIfAbsent(call.op(), operation);
            return receiver == null ? NONE : new Match(null, number(receiver), false, receiver);
        }
        int run = runs.merge(known, 1, Integer::sum);
        if (run > known.sites().size()) {
            refuseRepetition(known, operation, run);
            return new Match(null, known.output(), true, null);
        }
        return new Match(known.sites().get(run - 1), known.output(), true, null);
    }

    /** What passes a value on is at a site of its own, where the value may be quantized. */
    private Match transparent(String op, int value) {
        Known known = dataflow.transparent(new Operation(op, List.of(value)));
        if (known == null) {
            return new Match(null, value, true, null);
        }
        int run = runs.merge(known, 1, Integer::sum);
        List<Site> sites = known.sites();
        return new Match(sites.get(Math.min(run, sites.size()) - 1), value, true, null);
    }

    /**
     * Remembers what the results of an operation are. One that had nothing to do, such as a cast to
     * the type that an array has, returns an array that is known, which stays what it is; a planned
     * one, such as a rectifier that its quantizer absorbs, does so in place of what was traced.
     */
    void follow(OpCall call, Match match, NDList outputs) {
        boolean changes = call.isInPlace() || dataflow.isPlanned(match.site());
        for (int i = 0; i < outputs.size(); i++) {
            int number = number(match, outputs, i);
            if (changes) {
                numbers.put(outputs.get(i), number);
            } else {
                numbers.putIfAbsent(outputs.get(i), number);
            }
        }
    }

    private static int number(Match match, NDList outputs, int index) {
        if (match.isKnown()) {
            return match.output() + index;
        }
        NDArray receiver = match.receiver();
        return receiver != null
                        && outputs.size() == 1
                        && receiver.getShape().equals(outputs.get(index).getShape())
                ? match.output()
                : Dataflow.UNKNOWN;
    }

    /**
     * Checks that what was planned has come.
     *
     * @throws IllegalStateException if a planned operation may have come in a form that is not
     *     known
     */
    void complete() {
        for (Known known : dataflow.known()) {
            int run = runs.getOrDefault(known, 0);
            Site site = known.sites().get(0);
            Operation stranger = strangers.get(site.op());
            if (run == known.sites().size() || !dataflow.isPlanned(known)) {
                continue;
            }
            if (run > 0 && dataflow.differ(known)) {
                throw changed(
                        known.sites()
                                + " were planned, which compute from the same values, but only "
                                + run
                                + " of them came");
            }
            if (run == 0 && stranger != null) {
                throw changed(
                        site
                                + " was planned and did not come, but "
                                + describe(stranger)
                                + " did, which was not there");
            }
        }
    }

    private @Nullable Known known(OpCall call, Operation operation) {
        for (Object argument : call.arguments()) {
            Optional<NamedParameter> parameter = call.parameter(argument);
            if (parameter.isPresent()) {
                return layer(parameter.get().layer(), operation);
            }
        }
        return dataflow.operation(operation);
    }

    private @Nullable Known layer(String layer, Operation operation) {
        List<Known> uses = dataflow.layer(layer, operation.op());
        if (uses.size() == 1) {
            return uses.get(0);
        }
        Known known = dataflow.operation(operation);
        if (known == null && uses.stream().anyMatch(dataflow::isPlanned)) {
            throw changed(
                    "the layer "
                            + layer
                            + " was planned at "
                            + uses.stream().flatMap(use -> use.sites().stream()).toList()
                            + ", but came as "
                            + describe(operation));
        }
        return known;
    }

    private void refuseRepetition(Known known, Operation operation, int run) {
        if (dataflow.isPlanned(known)) {
            throw changed(
                    known.sites()
                            + " was planned, but "
                            + describe(operation)
                            + " came "
                            + run
                            + " times, so that it cannot be told which of them is meant");
        }
    }

    private IllegalStateException changed(String how) {
        return new IllegalStateException(
                "The model computes in another way "
                        + (pass.training() ? "in training" : "now")
                        + " than when it was prepared: "
                        + how
                        + ". Have the block run the quantized operations in the same way each time, or exclude them.");
    }

    private String describe(Operation operation) {
        return operation.arguments().stream()
                .map(dataflow::name)
                .collect(Collectors.joining(", ", operation.op() + " of (", ")"));
    }

    private void add(@Nullable Object argument, List<Integer> arguments) {
        if (argument instanceof NDArray array) {
            arguments.add(number(array));
        } else if (argument instanceof NDList list) {
            list.forEach(array -> arguments.add(number(array)));
        } else if (argument instanceof NDArray[] arrays) {
            for (NDArray array : arrays) {
                arguments.add(number(array));
            }
        }
    }

    private int number(NDArray array) {
        Integer known = numbers.get(array);
        if (known != null) {
            return known;
        }
        return pass.parameter(array)
                .map(parameter -> dataflow.parameter(parameter.name()))
                .orElse(Dataflow.CONSTANT);
    }
}
