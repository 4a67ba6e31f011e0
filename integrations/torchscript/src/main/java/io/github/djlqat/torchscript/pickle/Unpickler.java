package io.github.djlqat.torchscript.pickle;

import io.github.djlqat.torchscript.error.TorchScriptException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads the pickles of TorchScript archives.
 *
 * <p>Of the opcodes of protocol 2 those are read that PyTorch writes; a global is a TorchScript
 * class or one of a short list, and is never looked up in Python or Java. Everything else is
 * refused with its position.
 *
 * @see <a
 *     href="https://github.com/pytorch/pytorch/blob/main/torch/csrc/jit/serialization/unpickler.h">
 *     PyTorch's unpickler</a>
 */
public final class Unpickler {

    private static final int PROTOCOL = 2;
    private static final Object MARK = new Object();

    private final PickleInput in;
    private final PickleLimits limits;
    private final List<Object> stack = new ArrayList<>();
    private final Map<Integer, Object> memo = new HashMap<>();

    private Unpickler(PickleInput in, PickleLimits limits) {
        this.in = in;
        this.limits = limits;
    }

    /**
     * Reads a pickle.
     *
     * @param pickle its bytes
     * @param name its name, for messages
     * @param limits what it may take
     * @return its value
     * @throws TorchScriptException if it is malformed, exceeds the limits, contains itself, or uses
     *     an opcode or a global that TorchScript's pickles do not have
     */
    public static PickleValue read(byte[] pickle, String name, PickleLimits limits) {
        PickleInput in = new PickleInput(pickle, name);
        try {
            return new Unpickler(in, limits).run();
        } catch (PickleProblem | TorchScriptException e) {
            throw in.refusal(String.valueOf(e.getMessage()), e);
        }
    }

    private PickleValue run() {
        if (in.opcode() != Opcode.PROTOCOL) {
            throw new PickleProblem("it does not begin with a protocol; protocol 2 is legal");
        }
        int protocol = in.unsignedByte();
        if (protocol != PROTOCOL) {
            throw new PickleProblem("its protocol is " + protocol + "; 2 is legal");
        }
        while (true) {
            int opcode = in.opcode();
            if (opcode == Opcode.STOP) {
                break;
            }
            execute(opcode);
        }
        if (stack.size() != 1) {
            throw new PickleProblem("it leaves " + stack.size() + " values; one is legal");
        }
        if (in.remaining() > 0) {
            throw new PickleProblem(in.remaining() + " bytes follow its end; none are legal");
        }
        return new Freezer(limits).freeze(pop());
    }

    private void execute(int opcode) {
        switch (opcode) {
            case Opcode.NONE -> push(new NoneValue());
            case Opcode.NEW_TRUE -> push(new BooleanValue(true));
            case Opcode.NEW_FALSE -> push(new BooleanValue(false));
            case Opcode.BINARY_INT -> push(new IntegerValue(in.int32()));
            case Opcode.BINARY_INT1 -> push(new IntegerValue(in.unsignedByte()));
            case Opcode.BINARY_INT2 -> push(new IntegerValue(in.unsignedShort()));
            case Opcode.LONG1 -> push(new IntegerValue(in.longInteger()));
            case Opcode.BINARY_FLOAT -> push(new FloatValue(in.float64()));
            case Opcode.BINARY_UNICODE -> push(new StringValue(in.string()));
            case Opcode.GLOBAL -> push(new Global(in.line(), in.line()));
            case Opcode.MARK -> push(MARK);
            case Opcode.EMPTY_TUPLE -> push(new Node.Tuple(List.of()));
            case Opcode.TUPLE -> push(new Node.Tuple(popMarked()));
            case Opcode.TUPLE1 -> push(new Node.Tuple(pop(1)));
            case Opcode.TUPLE2 -> push(new Node.Tuple(pop(2)));
            case Opcode.TUPLE3 -> push(new Node.Tuple(pop(3)));
            case Opcode.EMPTY_LIST -> push(new Node.Sequence());
            case Opcode.APPEND -> append(pop(1));
            case Opcode.APPENDS -> append(popMarked());
            case Opcode.EMPTY_DICT -> push(new Node.Dictionary());
            case Opcode.SET_ITEM -> setItems(pop(2));
            case Opcode.SET_ITEMS -> setItems(popMarked());
            case Opcode.BINARY_PUT -> memo.put(in.unsignedByte(), top());
            case Opcode.LONG_BINARY_PUT -> memo.put(in.int32(), top());
            case Opcode.BINARY_GET -> push(recall(in.unsignedByte()));
            case Opcode.LONG_BINARY_GET -> push(recall(in.int32()));
            case Opcode.NEW_OBJECT -> newObject();
            case Opcode.BUILD -> build();
            case Opcode.REDUCE -> reduce();
            case Opcode.PERSISTENT_ID -> push(Reductions.storage(pop()));
            default ->
                    throw new PickleProblem(
                            String.format(
                                    "opcode 0x%02x is not one that TorchScript's pickles use",
                                    opcode));
        }
    }

    private void newObject() {
        Object arguments = pop();
        Object type = pop();
        if (!(type instanceof Global global) || !Globals.isScriptClass(global.name())) {
            throw new PickleProblem(
                    "an instance is made of "
                            + describe(type)
                            + "; classes below "
                            + Globals.SCRIPT_ROOT
                            + " are legal");
        }
        if (!(arguments instanceof Node.Tuple tuple) || !tuple.items().isEmpty()) {
            throw new PickleProblem(
                    "an instance of "
                            + Text.quote(global.name())
                            + " is made with arguments; none are legal");
        }
        push(new Node.Instance(global.name()));
    }

    private void build() {
        Object state = pop();
        if (!(top() instanceof Node.Instance instance)) {
            throw new PickleProblem(
                    "state is given to " + describe(top()) + "; instances of classes take it");
        }
        instance.setState(state);
    }

    private void reduce() {
        Object argument = pop();
        Object function = pop();
        if (!(function instanceof Global global)) {
            throw new PickleProblem(describe(function) + " is called; functions are legal");
        }
        push(Reductions.call(global.name(), argument));
    }

    private void append(List<Object> items) {
        if (!(top() instanceof Node.Sequence list)) {
            throw new PickleProblem(
                    "items are appended to " + describe(top()) + "; lists take them");
        }
        list.items().addAll(items);
    }

    private void setItems(List<Object> items) {
        if (!(top() instanceof Node.Dictionary dictionary)) {
            throw new PickleProblem("items are set in " + describe(top()) + "; dicts take them");
        }
        if (items.size() % 2 != 0) {
            throw new PickleProblem("a key of a dict has no value; pairs are legal");
        }
        dictionary.items().addAll(items);
    }

    private Object recall(int index) {
        Object value = memo.get(index);
        if (value == null) {
            throw new PickleProblem("memo " + index + " is read and was never set");
        }
        return value;
    }

    private void push(Object value) {
        stack.add(value);
    }

    private Object top() {
        if (stack.isEmpty() || stack.get(stack.size() - 1) == MARK) {
            throw new PickleProblem("a value is missing on its stack");
        }
        return stack.get(stack.size() - 1);
    }

    private Object pop() {
        Object value = top();
        stack.remove(stack.size() - 1);
        return value;
    }

    private List<Object> pop(int count) {
        Object[] values = new Object[count];
        for (int i = count - 1; i >= 0; i--) {
            values[i] = pop();
        }
        return List.of(values);
    }

    private List<Object> popMarked() {
        int mark = stack.lastIndexOf(MARK);
        if (mark < 0) {
            throw new PickleProblem("a mark is missing on its stack");
        }
        List<Object> tail = stack.subList(mark + 1, stack.size());
        List<Object> values = List.copyOf(tail);
        stack.subList(mark, stack.size()).clear();
        return values;
    }

    private static String describe(Object value) {
        return value instanceof Global global
                ? Text.quote(global.name())
                : "a " + value.getClass().getSimpleName();
    }
}
