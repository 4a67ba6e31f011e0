package io.github.djlqat.extension.training;

import ai.djl.Model;
import ai.djl.training.Trainer;
import io.github.djlqat.fakequant.QuantizedBlock;

/** The prepared block of the model that is trained. */
final class PreparedModels {

    private PreparedModels() {}

    /**
     * Returns the block.
     *
     * @throws IllegalArgumentException if the trainer's model is not prepared
     */
    static QuantizedBlock block(Trainer trainer, String listener) {
        Model model = trainer.getModel();
        if (model.getBlock() instanceof QuantizedBlock block) {
            return block;
        }
        throw new IllegalArgumentException(
                "A "
                        + listener
                        + " is for models that are prepared for quantization, and the model "
                        + model.getName()
                        + " is not: call Quantization.prepare before newTrainer.");
    }
}
