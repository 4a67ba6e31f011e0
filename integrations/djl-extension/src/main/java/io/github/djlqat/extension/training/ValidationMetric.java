package io.github.djlqat.extension.training;

import ai.djl.training.Trainer;
import ai.djl.training.evaluator.Evaluator;
import java.util.stream.Collectors;

/** The value of an evaluator on the validation data of the last epoch. */
final class ValidationMetric {

    private ValidationMetric() {}

    /**
     * Returns the value.
     *
     * @param trainer the trainer, at the end of an epoch
     * @param evaluator the evaluator's name, such as {@code Accuracy}
     * @throws IllegalStateException if the trainer has no evaluator of the name, or has not
     *     evaluated it
     */
    static double of(Trainer trainer, String evaluator) {
        Float value = trainer.getTrainingResult().getValidateEvaluation(evaluator);
        if (value == null) {
            throw new IllegalStateException(
                    "The trainer has no value of the evaluator \""
                            + evaluator
                            + "\"; its evaluators are "
                            + trainer.getEvaluators().stream()
                                    .map(Evaluator::getName)
                                    .collect(Collectors.joining("\", \"", "\"", "\""))
                            + ", and an EvaluatorTrainingListener has to stand before the listener"
                            + " that asks.");
        }
        if (value.isNaN()) {
            throw new IllegalStateException(
                    "The evaluator \""
                            + evaluator
                            + "\" has no value for this epoch: there is no validation data, or the"
                            + " training has diverged.");
        }
        return value;
    }
}
