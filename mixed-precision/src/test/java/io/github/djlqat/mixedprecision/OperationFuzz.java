package io.github.djlqat.mixedprecision;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.internal.NDArrayEx;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.ndarray.types.SparseFormat;
import ai.djl.nn.LambdaBlock;
import ai.djl.nn.recurrent.RNN;
import ai.djl.training.ParameterStore;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;

/**
 * Calls all methods of arrays and managers within autocasting, with arguments of all types at
 * random, and goes on to compute with what they return. A process of its own, which must not die.
 */
final class OperationFuzz {

    /** Which end the life of arrays, or read files. */
    private static final Set<String> LEFT_OUT =
            Set.of(
                    "close",
                    "attach",
                    "detach",
                    "returnResource",
                    "tempAttach",
                    "tempAttachInternal",
                    "tempAttachUncappedInternal",
                    "attachInternal",
                    "attachUncappedInternal",
                    "detachInternal",
                    "attachAll",
                    "cap",
                    "ret",
                    "zeroGradients",
                    "load",
                    "decode",
                    "invoke",
                    "from",
                    "setName");

    private final Random random;
    private final NDList arrays = new NDList();
    private NDManager manager;
    private int returned;
    private int seen;

    private OperationFuzz(long seed) {
        this.random = new Random(seed);
    }

    public static void main(String[] arguments) {
        int rounds = Integer.parseInt(arguments[0]);
        int returned = 0;
        for (Precision precision :
                List.of(Precision.BFLOAT16, Precision.FLOAT16, Precision.FLOAT8)) {
            for (Computation computation : List.of(Computation.NATIVE, Computation.SIMULATED)) {
                for (boolean training : new boolean[] {false, true}) {
                    int parity = precision.ordinal() + computation.ordinal() + (training ? 1 : 0);
                    // One round takes half of the combinations, with each pair of settings in it.
                    if (rounds == 1 && parity % 2 != 0) {
                        continue;
                    }
                    for (int round = 0; round < rounds; round++) {
                        OperationFuzz fuzz = new OperationFuzz(round);
                        fuzz.run(precision, computation, training);
                        returned += fuzz.returned;
                    }
                }
            }
        }
        System.out.println("end " + returned);
    }

    private void run(Precision precision, Computation computation, boolean training) {
        System.out.println(precision + " " + computation + " " + training);
        Autocast settings =
                Autocast.builder().setPrecision(precision).optComputation(computation).build();
        try (NDManager root = NDManager.newBaseManager("PyTorch")) {
            LambdaBlock block = new LambdaBlock(this::callAll);
            try (AutocastBlock autocast = new AutocastBlock(block, settings, root)) {
                autocast.forward(
                        new ParameterStore(root, false),
                        new NDList(
                                Training.random(root, 1, new Shape(4, 4)),
                                Training.random(root, 2, new Shape(4, 4)),
                                Training.random(root, 3, new Shape(4, 4))
                                        .toType(DataType.FLOAT16, false),
                                Training.random(root, 4, new Shape(4, 4))
                                        .toType(DataType.FLOAT64, false),
                                root.arange(16).toType(DataType.INT64, false).reshape(4, 4).mod(4),
                                root.ones(new Shape(4, 4), DataType.BOOLEAN),
                                root.create(0.5f)),
                        training);
            }
        }
    }

    private NDList callAll(NDList inputs) {
        manager = inputs.head().getManager();
        for (Class<?> type : List.of(NDArray.class, NDArrayEx.class, NDManager.class)) {
            Method[] methods = type.getMethods();
            Arrays.sort(methods, Comparator.comparing(Method::toGenericString));
            for (Method method : methods) {
                if (!Modifier.isStatic(method.getModifiers())
                        && !LEFT_OUT.contains(method.getName())) {
                    renew(inputs);
                    call(type, method);
                }
            }
        }
        return new NDList(inputs.head());
    }

    /** Methods change their arrays, so each gets others. */
    private void renew(NDList inputs) {
        arrays.clear();
        NDArray low = inputs.get(0).matMul(inputs.get(1));
        arrays.add(low);
        arrays.add(low.getNDArrayInternal().relu());
        for (NDArray input : inputs) {
            arrays.add(input.duplicate());
        }
    }

    private void call(Class<?> type, Method method) {
        Object receiver =
                type == NDManager.class
                        ? manager
                        : type == NDArray.class ? array() : array().getNDArrayInternal();
        Object[] values = new Object[method.getParameterCount()];
        for (int i = 0; i < values.length; i++) {
            Optional<Object> value = value(method.getParameterTypes()[i]);
            if (value.isEmpty()) {
                return;
            }
            values[i] = value.get();
        }
        System.out.println(method.toGenericString() + " " + types(receiver, values));
        try {
            use(method.invoke(receiver, values));
        } catch (InvocationTargetException | IllegalAccessException | RuntimeException e) {
            // What cannot be computed is refused.
        }
    }

    private static String types(Object receiver, Object[] values) {
        StringBuilder text = new StringBuilder();
        if (receiver instanceof NDArray array) {
            text.append(array.getDataType());
        }
        for (Object value : values) {
            text.append(' ')
                    .append(
                            value instanceof NDArray array
                                    ? array.getDataType().toString()
                                    : value);
        }
        return text.toString().replace('\n', ' ');
    }

    private void use(Object result) {
        if (result instanceof NDList list) {
            list.forEach(this::use);
        } else if (result instanceof NDArray array) {
            returned++;
            for (int use = 0; use < 9; use++) {
                try {
                    seen += use(use, array).hashCode();
                } catch (RuntimeException e) {
                    // As above.
                }
            }
        }
    }

    private Object use(int use, NDArray array) {
        return switch (use) {
            case 0 -> array.toString();
            case 1 -> array.getNDArrayInternal().relu().softmax(-1).toFloatArray();
            case 2 -> NDArrays.concat(new NDList(array, partner(array)), 0).getDataType();
            case 3 -> NDArrays.stack(new NDList(array, partner(array))).toArray();
            case 4 -> NDArrays.where(array.gt(0), array, partner(array)).toFloatArray();
            case 5 -> array.matMul(partner(array)).toFloatArray();
            case 6 -> array.addi(partner(array)).muli(0.5f).toFloatArray();
            case 7 -> array.sum().toType(type(), false).toString();
            default -> array.toType(DataType.BFLOAT16, true).mean().toFloatArray();
        };
    }

    private NDArray array() {
        // Those of the low type more often.
        return arrays.get(random.nextBoolean() ? random.nextInt(2) : random.nextInt(arrays.size()));
    }

    /** One of the same shape: others are refused before anything is computed. */
    private NDArray partner(NDArray array) {
        NDArray other = array();
        return other.getShape().equals(array.getShape()) ? other : array;
    }

    private DataType type() {
        return DataType.values()[random.nextInt(DataType.values().length)];
    }

    private Optional<Object> value(Class<?> type) {
        if (type == NDArray.class) {
            return Optional.of(array());
        }
        if (type == NDList.class) {
            return Optional.of(new NDList(array(), array()));
        }
        if (type == NDArray[].class) {
            return Optional.of(new NDArray[] {array()});
        }
        if (type == DataType.class) {
            return Optional.of(type());
        }
        if (type == Number.class || type == Object.class) {
            return Optional.of(random.nextBoolean() ? (Object) 2 : (Object) 0.5f);
        }
        if (type == int.class) {
            return Optional.of(random.nextInt(2));
        }
        if (type == long.class) {
            return Optional.of(1L + random.nextInt(2));
        }
        if (type == float.class) {
            return Optional.of(0.5f);
        }
        if (type == double.class) {
            return Optional.of(0.5);
        }
        if (type == boolean.class) {
            return Optional.of(random.nextBoolean());
        }
        if (type == Shape.class) {
            return Optional.of(random.nextBoolean() ? new Shape(2, 2) : new Shape(4, 4));
        }
        if (type == int[].class) {
            return Optional.of(new int[] {random.nextInt(2)});
        }
        if (type == long[].class) {
            return Optional.of(new long[] {2, 2});
        }
        if (type == float[].class) {
            return Optional.of(new float[16]);
        }
        if (type == NDIndex.class) {
            return Optional.of(new NDIndex(random.nextBoolean() ? "0" : ":,1:3"));
        }
        if (type == Device.class) {
            return Optional.of(Device.cpu());
        }
        if (type == RNN.Activation.class) {
            return Optional.of(RNN.Activation.TANH);
        }
        return type == SparseFormat.class ? Optional.of(SparseFormat.DENSE) : Optional.empty();
    }
}
