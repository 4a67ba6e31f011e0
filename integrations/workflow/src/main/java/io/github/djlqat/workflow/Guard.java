package io.github.djlqat.workflow;

import ai.djl.MalformedModelException;
import ai.djl.engine.EngineException;
import ai.djl.translate.TranslateException;
import io.github.djlqat.onnx.OnnxExportException;
import io.github.djlqat.recipe.RecipeException;
import io.github.djlqat.safetensors.SafetensorsException;
import io.github.djlqat.torchscript.error.TorchScriptException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.util.concurrent.CancellationException;

/** Tells the user's mistakes from the program's. */
final class Guard {

    private static final int LONGEST = 2000;
    private static final String CAUSE = "RuntimeError: ";

    private Guard() {}

    /** What is guarded. */
    @FunctionalInterface
    interface Body<R> {
        R run() throws IOException, TranslateException, MalformedModelException;
    }

    /**
     * Runs something.
     *
     * @throws WorkflowException for whatever the libraries throw when files, recipes, models or
     *     arguments are not what they have to be
     */
    static <R> R run(Body<R> body) {
        try {
            return body.run();
        } catch (WorkflowException | CancellationException e) {
            throw e;
        } catch (IOException e) {
            throw failed(e, e);
        } catch (UncheckedIOException e) {
            throw failed(java.util.Objects.requireNonNull(e.getCause()), e);
        } catch (MalformedModelException | TranslateException e) {
            throw new WorkflowException(message(e), e);
        } catch (RecipeException
                | TorchScriptException
                | SafetensorsException
                | OnnxExportException e) {
            throw new WorkflowException(message(e), e);
        } catch (IllegalArgumentException
                | IllegalStateException
                | UnsupportedOperationException e) {
            throw new WorkflowException(message(e), e);
        } catch (EngineException e) {
            throw new WorkflowException("The engine refuses: " + cause(message(e)), e);
        }
    }

    private static RuntimeException failed(IOException e, Throwable thrown) {
        if (Thread.currentThread().isInterrupted()) {
            // Files are closed under a thread that is interrupted while it writes.
            return (RuntimeException) new CancellationException("Interrupted.").initCause(thrown);
        }
        return new WorkflowException(message(e), thrown);
    }

    private static String message(Throwable e) {
        String message = e.getMessage();
        if (e instanceof AccessDeniedException) {
            return message + ": permission denied.";
        }
        if (e instanceof FileSystemException file) {
            String reason = file.getReason();
            return file.getFile() + ": " + (reason == null ? kind(e) : reason) + ".";
        }
        if (message == null || message.isBlank()) {
            return kind(e) + ".";
        }
        return message.length() > LONGEST ? message.substring(0, LONGEST) + " …" : message;
    }

    /** The name of an exception in words. */
    private static String kind(Throwable e) {
        return e.getClass()
                .getSimpleName()
                .replaceFirst("Exception$", "")
                .replaceAll("(?<=[a-z])(?=[A-Z])", " ")
                .toLowerCase(java.util.Locale.ROOT);
    }

    /** Returns what went wrong: TorchScript's messages say where first, and what at their end. */
    private static String cause(String text) {
        return text.lines()
                .filter(line -> line.startsWith(CAUSE))
                .findFirst()
                .map(line -> line.substring(CAUSE.length()))
                .or(() -> text.lines().findFirst())
                .orElse(text);
    }
}
