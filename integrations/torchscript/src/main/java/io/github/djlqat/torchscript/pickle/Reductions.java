package io.github.djlqat.torchscript.pickle;

import java.util.List;

/** What the functions that a pickle calls stand for. */
final class Reductions {

    private static final String STORAGE_PREFIX = "torch.";

    private Reductions() {}

    /** Reads a persistent id: the storage of a tensor. */
    static StorageValue storage(Object id) {
        if (id instanceof Node.Tuple tuple
                && tuple.items().size() == 5
                && tuple.items().get(0) instanceof StringValue kind
                && kind.value().equals("storage")
                && tuple.items().get(1) instanceof Global type
                && type.name().startsWith(STORAGE_PREFIX)
                && tuple.items().get(2) instanceof StringValue key
                && tuple.items().get(3) instanceof StringValue device
                && tuple.items().get(4) instanceof IntegerValue elements) {
            StorageType storageType =
                    StorageType.of(type.name().substring(STORAGE_PREFIX.length()))
                            .orElseThrow(
                                    () ->
                                            new PickleProblem(
                                                    "a storage is of type "
                                                            + Text.quote(type.name())
                                                            + "; the types of PyTorch's storages are legal"));
            return new StorageValue(storageType, key.value(), device.value(), elements.value());
        }
        throw new PickleProblem(
                "a persistent id is not (\"storage\", type, key, device, number of elements)");
    }

    /** Checks that a function may be called; the call is read when all of its parts are known. */
    static Node call(String function, Object argument) {
        if (!Globals.isScriptClass(function) && !Globals.isFunction(function)) {
            throw new PickleProblem(
                    Text.quote(function)
                            + " is called, which is not one of the functions that TorchScript's pickles call");
        }
        if (!Globals.isScriptClass(function) && !(argument instanceof Node.Tuple)) {
            throw new PickleProblem(function + " is called without a tuple of arguments");
        }
        return new Node.Call(function, argument);
    }

    /** Makes the value of a call. */
    static PickleValue value(String function, List<PickleValue> arguments) {
        if (function.equals(Globals.REBUILD_TENSOR)) {
            return tensor(arguments);
        }
        if (function.equals(Globals.COMPLEX)
                && arguments.size() == 2
                && arguments.get(0) instanceof FloatValue real
                && arguments.get(1) instanceof FloatValue imaginary) {
            return new ComplexValue(real.value(), imaginary.value());
        }
        if (function.equals(Globals.RESTORE_TYPE_TAG)
                && arguments.size() == 2
                && (arguments.get(0) instanceof ListValue
                        || arguments.get(0) instanceof DictionaryValue)
                && arguments.get(1) instanceof StringValue type) {
            return new TaggedValue(arguments.get(0), type.value());
        }
        for (ListKind kind : ListKind.values()) {
            if (kind != ListKind.GENERIC
                    && function.equals(Globals.LIST_BUILDERS + kind.builder())
                    && arguments.size() == 1
                    && arguments.get(0) instanceof ListValue list) {
                return new ListValue(kind, list.items());
            }
        }
        if (Globals.isKeptFunction(function)) {
            return new CallValue(function, arguments);
        }
        throw new PickleProblem(function + " is called with arguments that it does not take");
    }

    private static PickleValue tensor(List<PickleValue> arguments) {
        if (arguments.size() < 6
                || !(arguments.get(0) instanceof StorageValue storage)
                || !(arguments.get(1) instanceof IntegerValue offset)
                || !(arguments.get(2) instanceof TupleValue shape)
                || !(arguments.get(3) instanceof TupleValue stride)
                || !(arguments.get(4) instanceof BooleanValue requiresGrad)) {
            throw new PickleProblem(
                    "a tensor is not made of storage, offset, shape, stride, requires_grad and hooks");
        }
        TensorValue tensor =
                new TensorValue(
                        storage, offset.value(), longs(shape), longs(stride), requiresGrad.value());
        if (arguments.size() == 6 && arguments.get(5).equals(Globals.NO_HOOKS)) {
            return tensor;
        }
        // What else there is, such as a pending conjugation, is PyTorch's own affair.
        return new CallValue(Globals.REBUILD_TENSOR, arguments);
    }

    private static List<Long> longs(TupleValue tuple) {
        return tuple.items().stream()
                .map(
                        item -> {
                            if (item instanceof IntegerValue integer) {
                                return integer.value();
                            }
                            throw new PickleProblem(
                                    "a tensor's shape or stride is not a tuple of ints");
                        })
                .toList();
    }
}
