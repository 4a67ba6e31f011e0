package io.github.djlqat.torchscript.pickle;

import io.github.djlqat.torchscript.pickle.DictionaryValue.Entry;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Writes the pickles of TorchScript archives, in protocol 2.
 *
 * <p>A container that occurs several times as one Java object is written once and referred to, so
 * that it is one object again when the pickle is read; so are equal storages, whose tensors share
 * memory.
 */
public final class Pickler {

    private static final int PROTOCOL = 2;

    private final PickleOutput out = new PickleOutput();
    private final Map<PickleValue, Integer> objects = new IdentityHashMap<>();
    // Strings, names and storages, whose identity does not matter.
    private final Map<Object, Integer> values = new HashMap<>();
    private int memoSize;

    private Pickler() {}

    /**
     * Writes a value.
     *
     * @param value the value
     * @return the pickle
     */
    public static byte[] write(PickleValue value) {
        Pickler pickler = new Pickler();
        pickler.out.opcode(Opcode.PROTOCOL);
        pickler.out.unsignedByte(PROTOCOL);
        pickler.push(value);
        pickler.out.opcode(Opcode.STOP);
        return pickler.out.toByteArray();
    }

    private void push(PickleValue value) {
        if (value instanceof NoneValue) {
            out.opcode(Opcode.NONE);
        } else if (value instanceof BooleanValue bool) {
            out.opcode(bool.value() ? Opcode.NEW_TRUE : Opcode.NEW_FALSE);
        } else if (value instanceof IntegerValue integer) {
            out.integer(integer.value());
        } else if (value instanceof FloatValue number) {
            out.float64(number.value());
        } else if (value instanceof StringValue string) {
            string(string.value());
        } else if (value instanceof NameValue name) {
            global(name.name());
        } else if (value instanceof StorageValue storage) {
            once(values, storage, () -> storage(storage));
        } else if (value instanceof TupleValue tuple && tuple.items().isEmpty()) {
            out.opcode(Opcode.EMPTY_TUPLE);
        } else {
            once(objects, value, () -> container(value));
        }
    }

    private void container(PickleValue value) {
        if (value instanceof TupleValue tuple) {
            tuple(tuple.items(), this::push);
        } else if (value instanceof ListValue list) {
            list(list);
        } else if (value instanceof DictionaryValue dictionary) {
            dictionary(dictionary);
        } else if (value instanceof TaggedValue tagged) {
            call(Globals.RESTORE_TYPE_TAG, List.of(tagged.value(), new StringValue(tagged.type())));
        } else if (value instanceof ComplexValue complex) {
            call(
                    Globals.COMPLEX,
                    List.of(new FloatValue(complex.real()), new FloatValue(complex.imaginary())));
        } else if (value instanceof ObjectValue object) {
            global(object.className());
            out.opcode(Opcode.EMPTY_TUPLE);
            out.opcode(Opcode.NEW_OBJECT);
            push(object.state());
            out.opcode(Opcode.BUILD);
        } else if (value instanceof EnumValue member) {
            global(member.className());
            push(member.value());
            out.opcode(Opcode.REDUCE);
        } else if (value instanceof TensorValue tensor) {
            call(
                    Globals.REBUILD_TENSOR,
                    List.of(
                            tensor.storage(),
                            new IntegerValue(tensor.offset()),
                            integers(tensor.shape()),
                            integers(tensor.stride()),
                            new BooleanValue(tensor.requiresGrad()),
                            Globals.NO_HOOKS));
        } else if (value instanceof CallValue call) {
            call(call.function(), call.arguments());
        }
    }

    private void list(ListValue list) {
        if (list.kind() != ListKind.GENERIC) {
            call(
                    Globals.LIST_BUILDERS + list.kind().builder(),
                    List.of(new ListValue(ListKind.GENERIC, list.items())));
            return;
        }
        out.opcode(Opcode.EMPTY_LIST);
        out.opcode(Opcode.MARK);
        list.items().forEach(this::push);
        out.opcode(Opcode.APPENDS);
    }

    private void dictionary(DictionaryValue dictionary) {
        out.opcode(Opcode.EMPTY_DICT);
        out.opcode(Opcode.MARK);
        for (Entry entry : dictionary.entries()) {
            push(entry.key());
            push(entry.value());
        }
        out.opcode(Opcode.SET_ITEMS);
    }

    private void call(String function, List<PickleValue> arguments) {
        global(function);
        tuple(arguments, this::push);
        out.opcode(Opcode.REDUCE);
    }

    private void storage(StorageValue storage) {
        out.opcode(Opcode.MARK);
        string("storage");
        global("torch." + storage.type().className());
        string(storage.key());
        string(storage.device());
        out.integer(storage.elements());
        out.opcode(Opcode.TUPLE);
        out.opcode(Opcode.PERSISTENT_ID);
    }

    private static PickleValue integers(List<Long> numbers) {
        return new TupleValue(numbers.stream().<PickleValue>map(IntegerValue::new).toList());
    }

    private <T> void tuple(List<T> items, Consumer<T> push) {
        switch (items.size()) {
            case 0 -> out.opcode(Opcode.EMPTY_TUPLE);
            case 1, 2, 3 -> {
                items.forEach(push);
                out.opcode(Opcode.TUPLE1 - 1 + items.size());
            }
            default -> {
                out.opcode(Opcode.MARK);
                items.forEach(push);
                out.opcode(Opcode.TUPLE);
            }
        }
    }

    private void string(String text) {
        once(values, text, () -> out.string(text));
    }

    private void global(String name) {
        once(values, new Global(name), () -> out.global(name));
    }

    /** Writes a value, or a reference to where it has been written. */
    private <K> void once(Map<K, Integer> memo, K key, Runnable write) {
        Integer index = memo.get(key);
        if (index != null) {
            out.indexed(Opcode.BINARY_GET, Opcode.LONG_BINARY_GET, index);
            return;
        }
        write.run();
        out.indexed(Opcode.BINARY_PUT, Opcode.LONG_BINARY_PUT, memoSize);
        memo.put(key, memoSize++);
    }
}
