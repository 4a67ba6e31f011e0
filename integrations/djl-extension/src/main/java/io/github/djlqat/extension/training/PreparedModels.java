package io.github.djlqat.extension.training;

import ai.djl.Device;
import ai.djl.Model;
import ai.djl.training.Trainer;
import io.github.djlqat.fakequant.QuantizedBlock;
import java.util.Arrays;

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

    /**
     * Checks that the trainer works on the arrays that the model holds.
     *
     * @throws IllegalArgumentException if it trains copies of them on other devices
     */
    static void requireOwnArrays(Trainer trainer, String listener) {
        Device device = trainer.getModel().getNDManager().getDevice();
        Device[] devices = trainer.getDevices();
        if (devices.length != 1 || !devices[0].equals(device)) {
            throw new IllegalArgumentException(
                    "A "
                            + listener
                            + " changes the model's own parameters, which are on "
                            + device
                            + ", and the trainer works on copies of them on "
                            + Arrays.toString(devices)
                            + "; give the training configuration optDevices of that one device.");
        }
    }
}
