package io.github.djlqat.torchscript.pickle;

import io.github.djlqat.torchscript.pickle.DictionaryValue.Entry;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;

/** Makes immutable values of what a pickle has put together, each object once. */
final class Freezer {

    private static final int CHARACTERS_PER_VALUE = 16;

    private final PickleLimits limits;
    private final Map<Object, Frozen> frozen = new IdentityHashMap<>();

    Freezer(PickleLimits limits) {
        this.limits = limits;
    }

    /** A value, and the number of values it stands for when each is counted wherever it occurs. */
    private record Frozen(PickleValue value, long values) {}

    PickleValue freeze(Object root) {
        return part(root, 0).value;
    }

    private Frozen part(Object part, int depth) {
        if (part instanceof StringValue string) {
            return new Frozen(string, 1 + string.value().length() / CHARACTERS_PER_VALUE);
        }
        if (part instanceof PickleValue value) {
            return new Frozen(value, 1);
        }
        if (part instanceof Global global) {
            if (!Globals.isKeptName(global.name())) {
                throw new PickleProblem(
                        Text.quote(global.name())
                                + " stands as a value, which TorchScript's pickles do not have");
            }
            return new Frozen(new NameValue(global.name()), 1);
        }
        Frozen known = frozen.get(part);
        if (known != null) {
            return known;
        }
        if (depth >= limits.maxDepth()) {
            throw new PickleProblem(
                    "its containers are more than "
                            + limits.maxDepth()
                            + " deep, or one contains itself");
        }
        Frozen result = container((Node) part, depth + 1);
        if (result.values > limits.maxValues()) {
            throw new PickleProblem(
                    "it has more than " + limits.maxValues() + " values, which is the limit");
        }
        frozen.put(part, result);
        return result;
    }

    private Frozen container(Node node, int depth) {
        Parts parts = new Parts(depth);
        PickleValue value;
        if (node instanceof Node.Tuple tuple) {
            value = new TupleValue(parts.all(tuple.items()));
        } else if (node instanceof Node.Sequence list) {
            value = new ListValue(ListKind.GENERIC, parts.all(list.items()));
        } else if (node instanceof Node.Dictionary dictionary) {
            value = new DictionaryValue(parts.entries(dictionary.items()));
        } else if (node instanceof Node.Instance instance) {
            Object state = instance.state();
            if (state == null) {
                throw new PickleProblem(
                        "an instance of " + Text.quote(instance.className()) + " has no state");
            }
            value = new ObjectValue(instance.className(), parts.one(state));
        } else {
            Node.Call call = (Node.Call) node;
            value =
                    call.argument() instanceof Node.Tuple arguments
                                    && !Globals.isScriptClass(call.function())
                            ? Reductions.value(call.function(), parts.all(arguments.items()))
                            : new EnumValue(call.function(), parts.one(call.argument()));
        }
        return new Frozen(value, parts.values);
    }

    /** The parts of one container, counted. */
    private final class Parts {

        private final int depth;
        private long values = 1;

        Parts(int depth) {
            this.depth = depth;
        }

        PickleValue one(Object part) {
            Frozen result = part(part, depth);
            // Each summand is at most the limit, and the sum is checked before the next.
            values += result.values;
            if (values > limits.maxValues()) {
                throw new PickleProblem(
                        "it has more than " + limits.maxValues() + " values, which is the limit");
            }
            return result.value;
        }

        List<PickleValue> all(List<Object> parts) {
            List<PickleValue> result = new ArrayList<>(parts.size());
            parts.forEach(part -> result.add(one(part)));
            return result;
        }

        List<Entry> entries(List<Object> keysAndValues) {
            List<Entry> result = new ArrayList<>(keysAndValues.size() / 2);
            for (int i = 0; i < keysAndValues.size(); i += 2) {
                result.add(new Entry(one(keysAndValues.get(i)), one(keysAndValues.get(i + 1))));
            }
            return result;
        }
    }
}
