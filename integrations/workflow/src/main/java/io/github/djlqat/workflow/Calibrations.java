package io.github.djlqat.workflow;

import ai.djl.Model;
import ai.djl.ndarray.NDManager;
import io.github.djlqat.fakequant.Quantization;
import io.github.djlqat.fakequant.QuantizedBlock;
import io.github.djlqat.torchscript.TorchScriptQuantization;
import io.github.djlqat.workflow.data.SampleDataset;
import io.github.djlqat.workflow.data.Samples;
import io.github.djlqat.workflow.model.BlockModel;
import java.util.List;

/** Chooses the ranges of prepared models' activations. */
final class Calibrations {

    /** Files often hold their samples class by class. */
    private static final long SEED = 1;

    private Calibrations() {}

    static SampleDataset data(Samples samples, Calibration calibration) {
        return samples.dataset(calibration.batchSize()).shuffled(SEED).first(calibration.samples());
    }

    static QuantizedBlock run(BlockModel model, SampleDataset data, Progress progress) {
        QuantizedBlock block = model.prepared().orElseThrow();
        NDManager manager = model.model().getNDManager();
        try (CalibrationBatches batches =
                new CalibrationBatches("calibrate", manager, data, progress)) {
            Quantization.calibrate(block, manager, batches);
        }
        return block;
    }

    /** Returns the quantizers that saw no data. */
    static List<String> run(Model model, SampleDataset data, Progress progress) {
        try (CalibrationBatches batches =
                new CalibrationBatches("calibrate", model.getNDManager(), data, progress)) {
            return TorchScriptQuantization.calibrate(model, batches);
        }
    }
}
