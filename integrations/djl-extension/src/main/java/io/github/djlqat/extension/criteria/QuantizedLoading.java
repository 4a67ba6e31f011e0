package io.github.djlqat.extension.criteria;

import ai.djl.MalformedModelException;
import ai.djl.Model;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.SymbolBlock;
import io.github.djlqat.fakequant.Quantization;
import io.github.djlqat.fakequant.QuantizedBlock;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/** Quantizes a model that was just loaded. */
final class QuantizedLoading {

    private static final String PARAMETERS = ".params";
    private static final byte[] MAGIC = "DJL@".getBytes(StandardCharsets.US_ASCII);

    private final Model model;
    private final QuantizationOptions options;

    QuantizedLoading(Model model, QuantizationOptions options) {
        this.model = model;
        this.options = options;
    }

    /** Loads the model's own file into the block it has. */
    interface Reload {
        void run() throws IOException, MalformedModelException;
    }

    void quantize(Reload reload) throws IOException, MalformedModelException {
        if (model.getBlock() instanceof SymbolBlock) {
            quantizeSymbolBlock();
            return;
        }
        QuantizedBlock prepared =
                Quantization.prepare(model, options.recipe(), options.inputShapes(model));
        // A file that was saved of a prepared model holds its scales behind the weights.
        reload.run();
        Path calibration = options.calibration();
        if (calibration == null) {
            options.requireRanges(prepared);
        } else if (isParameters(calibration)) {
            loadParameters(calibration);
            options.requireRanges(prepared);
        } else {
            try (CalibrationSamples samples = samples(calibration)) {
                Quantization.calibrate(prepared, model.getNDManager(), samples);
            }
        }
        Quantization.convert(model);
    }

    private void quantizeSymbolBlock() throws IOException {
        Path calibration = options.calibration();
        if (calibration == null) {
            Quantization.quantize(model, options.recipe(), List.of(), new Shape[0]);
            return;
        }
        if (isParameters(calibration)) {
            throw new IllegalArgumentException(
                    "The option \"calibration\" names the parameter file "
                            + calibration
                            + ", and the model "
                            + model.getName()
                            + " is a TorchScript module, whose parameters are in its own file; name"
                            + " sample inputs (.npy, .npz, or a folder of them).");
        }
        try (CalibrationSamples samples = samples(calibration)) {
            Quantization.quantize(model, options.recipe(), samples, new Shape[0]);
        }
    }

    private CalibrationSamples samples(Path path) throws IOException {
        NDManager manager = model.getNDManager().newSubManager();
        try {
            return CalibrationSamples.list(path, manager);
        } catch (IOException | RuntimeException e) {
            manager.close();
            throw e;
        }
    }

    private void loadParameters(Path file) throws IOException, MalformedModelException {
        // DJL takes what is no such file for one that holds nothing.
        try (InputStream in = new BufferedInputStream(Files.newInputStream(file))) {
            in.mark(MAGIC.length);
            if (!Arrays.equals(in.readNBytes(MAGIC.length), MAGIC)) {
                throw new MalformedModelException("it does not begin with DJL@.");
            }
            in.reset();
            model.load(in, null);
        } catch (IOException | MalformedModelException e) {
            throw new MalformedModelException(
                    "The option \"calibration\" names "
                            + file
                            + ", which is not a parameter file of a model that was prepared by the"
                            + " recipe \""
                            + options.recipe().name()
                            + "\" and saved by Model.save: "
                            + e.getMessage(),
                    e);
        }
    }

    private static boolean isParameters(Path path) {
        return path.toString().endsWith(PARAMETERS);
    }
}
