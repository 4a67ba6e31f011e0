package io.github.djlqat.workflow;

/**
 * Something is wrong with what the user gave: a request, a recipe, a file or data. The message says
 * what, where, and what would be legal; the user needs no stack trace.
 */
public class WorkflowException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /**
     * Makes the exception.
     *
     * @param message what is wrong, where, and what would be legal
     */
    public WorkflowException(String message) {
        super(message);
    }

    /**
     * Makes the exception.
     *
     * @param message what is wrong, where, and what would be legal
     * @param cause what was thrown below
     */
    public WorkflowException(String message, Throwable cause) {
        super(message, cause);
    }
}
