package io.github.djlqat.torchscript.lift;

import ai.djl.ndarray.types.Shape;
import io.github.djlqat.torchscript.error.TorchScriptException;

/** What one run of a program has taken of its limits. */
final class Budget {

    /** Lists, which are no tensors, of a real program are shorter. */
    static final int MAX_LIST = 1_000_000;

    private final LiftLimits limits;
    private long steps;
    private int depth;
    private long elements;

    Budget(LiftLimits limits) {
        this.limits = limits;
    }

    void step() {
        if (++steps > limits.maxSteps()) {
            throw new TorchScriptException(
                    "the program takes more than " + limits.maxSteps() + " steps");
        }
        if (steps % 1024 == 0 && Thread.currentThread().isInterrupted()) {
            throw new TorchScriptException("the thread was interrupted");
        }
    }

    void enter() {
        if (++depth > limits.maxDepth()) {
            throw new TorchScriptException(
                    "calls and expressions are nested more than " + limits.maxDepth() + " deep");
        }
    }

    void leave() {
        depth--;
    }

    /** Counts a tensor before it is computed. */
    void reserve(Shape shape) {
        long size = 1;
        boolean empty = false;
        try {
            for (long dimension : shape.getShape()) {
                if (dimension < 0) {
                    throw new TorchScriptException(
                            "the shape " + shape + " has a negative size; 0 and more is legal");
                }
                empty |= dimension == 0;
                size = Math.multiplyExact(size, Math.max(1, dimension));
            }
            elements = Math.addExact(elements, empty ? 0 : size);
        } catch (ArithmeticException e) {
            elements = Long.MAX_VALUE;
        }
        if (elements > limits.maxElements()) {
            throw new TorchScriptException(
                    "with a tensor of shape "
                            + shape
                            + " the program computes more than "
                            + limits.maxElements()
                            + " elements");
        }
    }
}
