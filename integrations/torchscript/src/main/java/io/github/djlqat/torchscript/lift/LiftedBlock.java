package io.github.djlqat.torchscript.lift;

import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.AbstractBlock;
import ai.djl.nn.Parameter;
import ai.djl.training.ParameterStore;
import ai.djl.util.PairList;
import io.github.djlqat.torchscript.error.TorchScriptException;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A block that runs the source of a TorchScript model. */
final class LiftedBlock extends AbstractBlock {

    private final LiftedProgram program;
    private final LiftLimits limits;

    LiftedBlock(LiftedProgram program, LiftLimits limits) {
        this.program = program;
        this.limits = limits;
        // The names of PyTorch hold dots, and do not follow from those of children.
        parameters.putAll(program.parameters());
        inputShapes = new Shape[0];
    }

    @Override
    protected NDList forwardInternal(
            ParameterStore store,
            NDList inputs,
            boolean training,
            @Nullable PairList<String, Object> params) {
        if (inputs.isEmpty()) {
            throw new TorchScriptException(
                    "The model "
                            + program.name()
                            + " is given no inputs; at least one array is needed, whose manager the results"
                            + " attach to.");
        }
        NDManager manager = inputs.head().getManager();
        Evaluator evaluator = new Evaluator(program, store, manager, training, new Budget(limits));
        NDList outputs = new NDList();
        try {
            flatten(evaluator.forward(inputs), outputs);
        } catch (StackOverflowError e) {
            throw new TorchScriptException(
                    "The model "
                            + program.name()
                            + " nests calls or lists deeper than this thread's stack is; a thread with a larger"
                            + " stack, or lower limits, are legal.",
                    e);
        }
        return outputs;
    }

    private void flatten(@Nullable Object value, NDList outputs) {
        if (value instanceof Tensor tensor) {
            outputs.add(tensor.array());
        } else if (value instanceof Tuple tuple) {
            tuple.items().forEach(item -> flatten(item, outputs));
        } else if (value instanceof Collection<?> list) {
            list.forEach(item -> flatten(item, outputs));
        } else if (value instanceof Map<?, ?> map) {
            map.values().forEach(item -> flatten(item, outputs));
        } else if (value != null) {
            throw new TorchScriptException(
                    "The model "
                            + program.name()
                            + " returns "
                            + AtenCall.describe(value)
                            + "; legal are tensors, and tuples, lists and dictionaries of tensors.");
        }
    }

    /** Runs the model on zeros, since only running it tells its shapes. */
    @Override
    public Shape[] getOutputShapes(Shape[] shapes) {
        List<Parameter> own =
                parameters.values().stream().filter(Parameter::isInitialized).toList();
        if (own.isEmpty()) {
            throw new TorchScriptException(
                    "The output shapes of the model "
                            + program.name()
                            + " are not known: it has no parameter, whose device it could run on.");
        }
        try (NDManager scope = own.get(0).getArray().getManager().newSubManager()) {
            try {
                return run(scope, DataType.FLOAT32, shapes);
            } catch (TorchScriptException e) {
                // Models of texts take indices.
                return run(scope, DataType.INT64, shapes);
            }
        }
    }

    private Shape[] run(NDManager scope, DataType type, Shape... shapes) {
        NDList zeros = new NDList();
        for (Shape shape : shapes) {
            zeros.add(scope.zeros(shape, type));
        }
        return forward(new ParameterStore(scope, false), zeros, false).getShapes();
    }

    @Override
    public String toString() {
        return "LiftedBlock of " + program.name();
    }
}
