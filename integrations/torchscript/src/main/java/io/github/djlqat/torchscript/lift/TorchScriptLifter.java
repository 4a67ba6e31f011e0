package io.github.djlqat.torchscript.lift;

import ai.djl.ndarray.NDManager;
import ai.djl.nn.Block;
import io.github.djlqat.torchscript.archive.TorchScriptArchive;
import io.github.djlqat.torchscript.error.TorchScriptException;
import java.io.IOException;
import java.nio.file.Path;

/**
 * Turns TorchScript models into blocks that compute with operations of DJL.
 *
 * <p>The block runs the archive's source: modules, functions, numbers, lists and branches in Java,
 * tensors by methods of {@code NDArray} and {@code NDArrayEx}. So it can be trained, traced,
 * quantized and exported like a block that was written in Java. Its parameters and buffers have the
 * names of PyTorch's state dictionary.
 */
public final class TorchScriptLifter {

    private final LiftLimits limits;

    private TorchScriptLifter(LiftLimits limits) {
        this.limits = limits;
    }

    /**
     * Creates a lifter.
     *
     * @return a lifter with {@linkplain LiftLimits#defaults() default limits}
     */
    public static TorchScriptLifter create() {
        return new TorchScriptLifter(LiftLimits.defaults());
    }

    /**
     * Returns a lifter with other limits for each forward pass of its blocks.
     *
     * @param changed the limits
     * @return the lifter
     */
    public TorchScriptLifter withLimits(LiftLimits changed) {
        return new TorchScriptLifter(changed);
    }

    /**
     * Lifts the model in a file.
     *
     * @param path the file, as {@code torch.jit.save} writes it
     * @param manager what the parameters attach to
     * @return an initialized block that computes the model's {@code forward}: its inputs are the
     *     tensors that {@code forward} takes, in their order, its outputs the tensors that it
     *     returns, tuples, lists and dictionaries laid flat
     * @throws TorchScriptException if the file is no TorchScript archive, its source is malformed,
     *     or a tensor is of a type that DJL does not have. Forward passes throw it where they come
     *     to an operation that has no form in DJL, naming the file, line, method and module
     * @throws IOException if the file cannot be read
     */
    public Block lift(Path path, NDManager manager) throws IOException {
        return lift(TorchScriptArchive.read(path), manager);
    }

    /**
     * Lifts the model in an archive.
     *
     * @param archive the archive
     * @param manager what the parameters attach to
     * @return an initialized block that computes the model's {@code forward}
     * @throws TorchScriptException as {@link #lift(Path, NDManager)}
     */
    public Block lift(TorchScriptArchive archive, NDManager manager) {
        return new LiftedBlock(LiftedProgram.of(archive, manager), limits);
    }
}
