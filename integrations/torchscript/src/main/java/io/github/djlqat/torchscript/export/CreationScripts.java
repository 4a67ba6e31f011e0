package io.github.djlqat.torchscript.export;

import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.util.Map;
import java.util.Objects;

/** Arrays that the model makes without its inputs. */
final class CreationScripts {

    private static final String OPTIONS = ", layout=None, device=None, pin_memory=None)";

    private CreationScripts() {}

    static void register(Map<String, ScriptConverter> table) {
        table.put("zeros", n -> full(n, 0));
        table.put("ones", n -> full(n, 1));
        table.put("zerosLike", n -> full(n, 0));
        table.put("onesLike", n -> full(n, 1));
        table.put("full", n -> full(n, n.literal(1, Number.class)));
        table.put("create", CreationScripts::create);
        table.put("arange", CreationScripts::arange);
        table.put("toType", n -> "torch.to(" + n.value(0) + ", " + type(n, n.dataType()) + ")");
    }

    private static String full(ScriptNode node, Number value) {
        return "torch.full("
                + node.outputShape()
                + ", "
                + ScriptNode.text(value)
                + ", dtype="
                + type(node, node.dataType())
                + OPTIONS;
    }

    // (shape), whose elements are whatever was in memory, (number) or (data), with more behind them
    private static String create(ScriptNode node) {
        Object data = node.literal(0, Object.class);
        if (data instanceof Shape) {
            return full(node, 0);
        }
        if (!Objects.deepEquals(data, node.twin().literal(0, Object.class))) {
            throw node.failure("its data depends on the batch size");
        }
        if (data instanceof Number number) {
            return full(node, number);
        }
        if (data instanceof Boolean truth) {
            return full(node, truth ? 1 : 0);
        }
        return node.constant(data);
    }

    // (stop), (start, stop), (start, stop, step) or (start, stop, step, dataType)
    private static String arange(ScriptNode node) {
        int numbers = 0;
        while (node.isLiteral(numbers, Number.class)) {
            numbers++;
        }
        String start = numbers == 1 ? "0" : node.number(0);
        String step = numbers < 3 ? "1" : node.number(2);
        String count = node.outputShape().replaceAll("[\\[\\]]", "");
        String positions =
                "torch.arange(" + count + ", dtype=" + type(node, node.dataType()) + OPTIONS;
        return "torch.add(torch.mul(" + positions + ", " + step + "), " + start + ")";
    }

    /** The number by which TorchScript knows an element type. */
    private static String type(ScriptNode node, DataType type) {
        return switch (type) {
            case UINT8 -> "0";
            case INT8 -> "1";
            case INT32 -> "3";
            case INT64 -> "4";
            case FLOAT16 -> "5";
            case FLOAT32 -> "6";
            case FLOAT64 -> "7";
            case BOOLEAN -> "11";
            default -> throw node.failure("its data type is " + type);
        };
    }
}
