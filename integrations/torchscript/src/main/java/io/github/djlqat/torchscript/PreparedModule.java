package io.github.djlqat.torchscript;

import ai.djl.Model;
import ai.djl.engine.EngineException;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.nn.Block;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.engine.PtSymbolBlock;
import ai.djl.pytorch.jni.IValue;
import ai.djl.pytorch.jni.IValueUtils;
import ai.djl.training.ParameterStore;
import io.github.djlqat.torchscript.archive.ArchiveLimits;
import io.github.djlqat.torchscript.archive.TorchScriptArchive;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.List;

/** A loaded model with quantizers: its control methods, called, and what it saves. */
final class PreparedModule {

    /** A version byte and eight bytes of length stand before what DJL saves. */
    private static final int HEADER = 9;

    private final Model model;
    private final PtSymbolBlock block;

    PreparedModule(Model model) {
        this.model = model;
        Block loaded = model.getBlock();
        if (!(loaded instanceof PtSymbolBlock symbol)) {
            throw new IllegalArgumentException(
                    "The model "
                            + model.getName()
                            + " is not a loaded TorchScript model: its block is "
                            + loaded
                            + ".");
        }
        block = symbol;
    }

    NDManager newManager() {
        return model.getNDManager().newSubManager();
    }

    Model model() {
        return model;
    }

    /** Runs the model without recording gradients. */
    void infer(NDList inputs) {
        NDList outputs =
                block.forward(new ParameterStore(inputs.head().getManager(), false), inputs, false);
        outputs.close();
    }

    /** The tensors that calibration sets, four for each quantizer. */
    NDList states(NDManager manager) {
        return call(manager, ControlMethods.STATES);
    }

    /**
     * Copies values into the tensors of the quantizers' states. Writing to the arrays that {@link
     * #states} returns would have the tensors point to memory of Java's.
     */
    void assign(NDManager manager, NDList values) {
        PtNDArray[] arrays = values.stream().map(PtNDArray.class::cast).toArray(PtNDArray[]::new);
        try (IValue list = IValue.listFrom(arrays)) {
            call(manager, ControlMethods.ASSIGN, list);
        }
    }

    void setAutocast(int type) {
        try (NDManager manager = newManager();
                IValue number = IValue.from((PtNDArray) manager.create((long) type))) {
            call(manager, AutocastPreparer.CONTROL, number);
        }
    }

    NDList observed(NDManager manager) {
        return call(manager, ControlMethods.OBSERVED);
    }

    NDList roundedWeights(NDManager manager) {
        return call(manager, ControlMethods.WEIGHTS);
    }

    void setModes(List<Integer> modes) {
        try (NDManager manager = newManager();
                IValue numbers =
                        IValue.from(
                                (PtNDArray)
                                        manager.create(
                                                modes.stream()
                                                        .mapToLong(Integer::longValue)
                                                        .toArray()))) {
            call(manager, ControlMethods.MODES, numbers);
        }
    }

    /** Calls a method without recording gradients, whatever mode the block is in. */
    private NDList call(NDManager manager, String method, IValue... arguments) {
        try (IValue result = IValueUtils.runMethod(block, method, arguments)) {
            return result.toNDList((PtNDManager) manager);
        } catch (EngineException e) {
            throw new IllegalArgumentException(
                    "The method "
                            + method
                            + " of the model "
                            + model.getName()
                            + " fails; models that were prepared for it have it: "
                            + e.getMessage(),
                    e);
        }
    }

    /** The model as the engine saves it now. */
    TorchScriptArchive save() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            block.saveParameters(out);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        byte[] whole = bytes.toByteArray();
        byte[] archive = Arrays.copyOfRange(whole, HEADER, whole.length);
        return TorchScriptArchive.read(archive, model.getName(), ArchiveLimits.defaults());
    }
}
