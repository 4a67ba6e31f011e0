package io.github.djlqat.torchscript.lift;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import io.github.djlqat.torchscript.error.TorchScriptException;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A tensor of a running program.
 *
 * <p>Arrays are never changed: an operation in place gives the tensor another array. Tensors that
 * may share memory in PyTorch know each other by their {@link Memory}. After one was changed, views
 * are taken anew, and what may be a view or a copy is not read any more.
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
    private final @Nullable UnaryOperator<NDArray> read;
    private final @Nullable Write write;
    private final @Nullable Tensor transposed;

    private Tensor(
            Memory memory,
            NDArray array,
            @Nullable Tensor whole,
            @Nullable UnaryOperator<NDArray> read,
            @Nullable Write write,
            @Nullable Tensor transposed) {
        this.memory = memory;
        this.array = array;
        this.version = memory.version;
        this.whole = whole;
        this.read = read;
        this.write = write;
        this.transposed = transposed;
    }

    /** Returns a tensor with memory of its own. */
    static Tensor of(NDArray array) {
        return new Tensor(new Memory(null), array, null, null, null, null);
    }

    /** Returns a tensor that the model holds, which no operation may change. */
    static Tensor held(NDArray array, String name) {
        return new Tensor(new Memory(name), array, null, null, null, null);
    }

    /** Returns a tensor that shares this one's memory, or is a copy. */
    Tensor view(NDArray viewed) {
        return viewed == array ? this : new Tensor(memory, viewed, null, null, null, null);
    }

    /**
     * Returns a view of this tensor.
     *
     * @param reading takes the view of an array
     * @param writing puts a view back into an array
     */
    Tensor view(UnaryOperator<NDArray> reading, Write writing) {
        NDArray viewed = reading.apply(array());
        return viewed == array ? this : view(viewed, reading, writing);
    }

    /** Returns a view that has been taken already. */
    Tensor view(NDArray viewed, UnaryOperator<NDArray> reading, Write writing) {
        return new Tensor(memory, viewed, this, reading, writing, null);
    }

    /** Returns this matrix with its axes swapped. */
    Tensor transposed() {
        UnaryOperator<NDArray> swap = x -> x.swapAxes(0, 1);
        return new Tensor(
                memory, swap.apply(array()), this, swap, (old, part) -> part.swapAxes(0, 1), this);
    }

    /** The tensor that this one is the transpose of, or null. */
    @Nullable Tensor untransposed() {
        return transposed;
    }

    /**
     * Returns the elements.
     *
     * @throws TorchScriptException if a tensor was changed that this one may be a copy of
     */
    NDArray array() {
        if (version != memory.version && whole != null && read != null) {
            array = read.apply(whole.array());
            version = memory.version;
        }
        if (version != memory.version) {
            throw new TorchScriptException(
                    "it reads a tensor that may be a view or a copy of one that was changed in place; use the operation that returns a new tensor");
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
