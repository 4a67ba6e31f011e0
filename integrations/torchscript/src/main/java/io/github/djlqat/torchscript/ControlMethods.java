package io.github.djlqat.torchscript;

import io.github.djlqat.torchscript.RewritePlan.Placed;
import io.github.djlqat.torchscript.code.FunctionDefinition;
import io.github.djlqat.torchscript.code.Program.ClassSource;
import io.github.djlqat.torchscript.error.TorchScriptException;
import java.util.List;

/** The methods of the root that reach all quantizers of a model. */
final class ControlMethods {

    static final String MODES = "quantizer_modes";
    static final String ASSIGN = "quantizer_assign";
    static final String STATES = "quantizer_states";
    static final String OBSERVED = "quantizer_observed";
    static final String WEIGHTS = "quantizer_weights";

    private static final List<String> ALL = List.of(MODES, ASSIGN, STATES, OBSERVED, WEIGHTS);

    /** The tensors of a quantizer's state. */
    private static final int STATE = 4;

    private final String indent;
    private final String self;
    private final ModuleReferences references;
    private final StringBuilder text = new StringBuilder();

    private ControlMethods(String indent, String self, ModuleReferences references) {
        this.indent = indent;
        this.self = self;
        this.references = references;
    }

    /**
     * Refuses a class that has methods of such names.
     *
     * @throws TorchScriptException if it does
     */
    static void requireFree(ClassSource root, List<String> names) {
        for (FunctionDefinition method : root.definition().methods()) {
            if (names.contains(method.name())) {
                throw new TorchScriptException(
                        root.file().path()
                                + ":"
                                + root.file().line(method.span().from())
                                + ": the model's class "
                                + root.definition().name()
                                + " has a method "
                                + method.name()
                                + " already, by which a prepared model is controlled; legal is another name.");
            }
        }
    }

    /**
     * Returns the methods' source.
     *
     * @param root the root's class
     * @param indent the indentation of its methods
     * @param all the quantizers
     * @param references how modules are reached
     * @throws TorchScriptException if the class has methods of their names
     */
    static String of(
            ClassSource root, String indent, List<Placed> all, ModuleReferences references) {
        requireFree(root, ALL);
        return new ControlMethods(indent, "self: " + root.qualifiedName(), references).of(all);
    }

    private String of(List<Placed> all) {
        StringBuilder modes = new StringBuilder();
        StringBuilder states = new StringBuilder();
        StringBuilder observed = new StringBuilder();
        StringBuilder rounded = new StringBuilder();
        StringBuilder assigned = new StringBuilder();
        for (int i = 0; i < all.size(); i++) {
            Placed placed = all.get(i);
            String quantizer = references.attribute(placed.node(), placed.attribute());
            String mode = "int(torch.select(modes, 0, " + i + "))";
            line(modes, i, "(" + quantizer + ").set_mode(" + mode + ", )");
            line(states, i, "torch.extend(tensors, (" + quantizer + ").state())");
            String slice = "torch.slice(tensors, " + STATE * i + ", " + STATE * (i + 1) + ")";
            line(assigned, i, "(" + quantizer + ").assign(" + slice + ", )");
            line(observed, i, "torch.append(tensors, (" + quantizer + ").observed)");
            QuantizerSpec spec = placed.spec();
            if (spec != null && spec.origin() != null) {
                String round = spec.swapped() ? "round_transposed" : "round";
                // An attribute may be declared as an Optional.
                String weight = "unchecked_cast(Tensor, " + expression(spec.origin()) + ")";
                line(
                        rounded,
                        i,
                        "torch.append(tensors, ("
                                + quantizer
                                + ")."
                                + round
                                + "("
                                + weight
                                + ", ))");
            }
        }
        method(MODES + "(" + self + ", modes: Tensor) -> Tensor", "", modes, "modes");
        method(
                ASSIGN + "(" + self + ", tensors: List[Tensor]) -> List[Tensor]",
                "",
                assigned,
                "tensors");
        String empty = indent + "  tensors = annotate(List[Tensor], [])\n";
        method(STATES + "(" + self + ") -> List[Tensor]", empty, states, "tensors");
        method(OBSERVED + "(" + self + ") -> List[Tensor]", empty, observed, "tensors");
        method(WEIGHTS + "(" + self + ") -> List[Tensor]", empty, rounded, "tensors");
        return text.toString();
    }

    private void line(StringBuilder body, int number, String call) {
        body.append(indent).append("  _").append(number).append(" = ").append(call).append('\n');
    }

    private void method(String head, String before, StringBuilder body, String result) {
        text.append(indent).append("def ").append(head).append(":\n").append(before).append(body);
        text.append(indent).append("  return ").append(result).append('\n');
    }

    private String expression(Value.Origin origin) {
        if (origin.owner() == null) {
            return origin.attribute();
        }
        String attribute = references.attribute(origin.owner(), origin.attribute());
        return origin.index() < 0 ? attribute : "(" + attribute + ")[" + origin.index() + "]";
    }
}
