package io.github.djlqat.onnx;

/**
 * Thrown where a model holds something that has no ONNX form, naming the operation and its site.
 */
public class OnnxExportException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /**
     * Creates an exception.
     *
     * @param message what cannot be exported, where it is, and what can be done
     */
    public OnnxExportException(String message) {
        super(message);
    }

    /**
     * Creates an exception.
     *
     * @param message what cannot be exported, where it is, and what can be done
     * @param cause what failed
     */
    public OnnxExportException(String message, Throwable cause) {
        super(message, cause);
    }
}
