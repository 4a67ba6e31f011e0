package io.github.djlqat.torchscript.lift;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import io.github.djlqat.torchscript.TorchScriptException;
import org.jspecify.annotations.Nullable;

/**
 * A tensor of a running program.
 *
 * <p>Arrays are never changed: an operation in place gives the tensor another array. Tensors that
 * may share memory in PyTorch know each other by their {@link Memory}, so that none is read after
 * another one was changed.
 */
final class Tensor {

    /** What tensors that are views of each other share. */
    private static final class Memory {
        private final @Nullable String owner;
        private int version;

        Memory(@Nullable String owner) {
            this.owner = owner;
        }
    }

    /** Puts the elements of a view back into the array that it is a part of. */
    @FunctionalInterface
    interface Write {
        NDArray apply(NDArray whole, NDArray part);
    }

    private final Memory memory;
    private NDArray array;
    private int version;
    private final @Nullable Tensor whole;
    private final @Nullable Write write;
    private final @Nullable Tensor transposed;

    private Tensor(
            Memory memory,
            NDArray array,
            @Nullable Tensor whole,
            @Nullable Write write,
            @Nullable Tensor transposed) {
        this.memory = memory;
        this.array = array;
        this.version = memory.version;
        this.whole = whole;
        this.write = write;
        this.transposed = transposed;
    }

    /** Returns a tensor with memory of its own. */
    static Tensor of(NDArray array) {
        return new Tensor(new Memory(null), array, null, null, null);
    }

    /** Returns a tensor that the model holds, which no operation may change. */
    static Tensor held(NDArray array, String name) {
        return new Tensor(new Memory(name), array, null, null, null);
    }

    /** Returns a tensor that may share this one's memory. */
    Tensor view(NDArray viewed) {
        return viewed == array ? this : new Tensor(memory, viewed, null, null, null);
    }

    /** Returns a part of this tensor that can be written into. */
    Tensor part(NDArray viewed, Write writing) {
        return viewed == array ? this : new Tensor(memory, viewed, this, writing, null);
    }

    /** Returns this tensor with its last two axes swapped. */
    Tensor transposed(NDArray viewed) {
        return new Tensor(memory, viewed, null, null, this);
    }

    /** The tensor that this one is the transpose of, or null. */
    @Nullable Tensor untransposed() {
        return transposed;
    }

    /**
     * Returns the elements.
     *
     * @throws TorchScriptException if a view of the same memory was changed
     */
    NDArray array() {
        if (version != memory.version) {
            throw new TorchScriptException(
                    "it reads a tensor whose memory another one, that may be a view of it, has changed in place,"
                            + " which is not followed; use the operation that returns a new tensor");
        }
        return array;
    }

    /**
     * Changes the elements in place.
     *
     * @throws TorchScriptException if the model holds the tensor
     */
    void set(NDArray changed) {
        if (memory.owner != null) {
            throw new TorchScriptException(
                    "it changes "
                            + memory.owner
                            + " of the model in place, so that the model would change by being used");
        }
        if (whole != null && write != null) {
            whole.set(write.apply(whole.array(), changed));
        } else {
            memory.version++;
        }
        version = memory.version;
        array = changed;
    }

    Shape shape() {
        return array.getShape();
    }

    DataType type() {
        return array.getDataType();
    }
}
