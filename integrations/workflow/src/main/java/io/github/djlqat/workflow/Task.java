package io.github.djlqat.workflow;

/**
 * Something that a front end does: the same behind the command line, Maven and Gradle.
 *
 * @param <Q> what is asked for
 * @param <R> what came of it, which {@link Json} writes
 */
@FunctionalInterface
public interface Task<Q, R> {

    /**
     * Runs the task. Outputs appear whole or not at all.
     *
     * @param request what is asked for
     * @param progress where progress is shown
     * @return what came of it
     * @throws WorkflowException if something is wrong with what the user gave: a request, a recipe,
     *     a file or data
     * @throws java.util.concurrent.CancellationException if the thread was interrupted
     */
    R run(Q request, Progress progress);
}
