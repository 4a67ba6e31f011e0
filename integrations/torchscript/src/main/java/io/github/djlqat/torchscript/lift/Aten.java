package io.github.djlqat.torchscript.lift;

import io.github.djlqat.torchscript.error.TorchScriptException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** The table of PyTorch's operations that have a form in DJL. */
final class Aten {

    private static final List<String> PREFIXES = List.of("torch.", "ops.aten.", "ops.prim.");
    private static final Map<String, AtenOp> TABLE = table();

    private Aten() {}

    private static Map<String, AtenOp> table() {
        Map<String, AtenOp> table = new HashMap<>();
        FormOps.register(table);
        ArithmeticOps.register(table);
        ComparisonOps.register(table);
        ActivationOps.register(table);
        LayerOps.register(table);
        AttentionOps.register(table);
        NormalizationOps.register(table);
        PoolingOps.register(table);
        RecurrentOps.register(table);
        ShapeOps.register(table);
        IndexingOps.register(table);
        JoiningOps.register(table);
        ReductionOps.register(table);
        CreationOps.register(table);
        return Map.copyOf(table);
    }

    /**
     * Computes an operation.
     *
     * @param dotted its name in the source, such as {@code torch.conv2d}
     * @throws TorchScriptException if it is not lifted
     */
    static @Nullable Object apply(String dotted, AtenCall call) {
        String name = name(dotted);
        if (name == null) {
            name = dotted;
        }
        AtenCall named =
                new AtenCall(
                        name,
                        call.arguments(),
                        call.keywords(),
                        call.manager(),
                        call.training(),
                        call.budget());
        if (ScalarOps.isKnown(name) && ScalarOps.takes(named)) {
            return ScalarOps.apply(named);
        }
        AtenOp op = TABLE.get(name);
        if (op != null) {
            return op.apply(named);
        }
        AtenOp changing = name.endsWith("_") ? TABLE.get(pure(name)) : null;
        if (changing != null) {
            return inPlace(changing, named);
        }
        throw refusal(dotted);
    }

    static TorchScriptException refusal(String dotted) {
        TreeSet<String> known = new TreeSet<>(TABLE.keySet());
        return new TorchScriptException(
                "the operation "
                        + dotted
                        + " has no form in DJL"
                        + (dotted.endsWith("._transformer_encoder_layer_fwd")
                                ? "; trace after torch.backends.mha.set_fastpath_enabled(False)"
                                : "")
                        + ". Legal are, in place too, "
                        + String.join(", ", known)
                        + "; and arithmetic of numbers, lists and strings");
    }

    private static @Nullable String name(String dotted) {
        for (String prefix : PREFIXES) {
            if (dotted.startsWith(prefix)) {
                return dotted.substring(prefix.length());
            }
        }
        return dotted.contains(".") ? null : dotted;
    }

    private static String pure(String name) {
        return name.substring(0, name.length() - 1);
    }

    private static Object inPlace(AtenOp op, AtenCall call) {
        Tensor target = call.tensor(0);
        if (op.apply(call) instanceof Tensor result && result.shape().equals(target.shape())) {
            if (result != target) {
                target.set(
                        result.type() == target.type()
                                ? result.array()
                                : result.array().toType(target.type(), false));
            }
            return target;
        }
        throw new TorchScriptException(
                "the operation in place has a result of another shape than " + target.shape());
    }
}
