package io.github.djlqat.extension.criteria;

import ai.djl.MalformedModelException;
import ai.djl.Model;
import io.github.djlqat.fakequant.Quantization;
import io.github.djlqat.recipe.Presets;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A model of DJL's PyTorch engine that is quantized when it is loaded, where its options say so, or
 * by {@link #quantize()}.
 */
final class QuantizedModel extends DelegatingModel {

    private static final String WITHOUT_DATA = "int8-weight-only";

    QuantizedModel(Model model) {
        super(model);
    }

    /**
     * Loads the model and quantizes it as its options say. Where that fails, the model is closed:
     * DJL drops it unclosed.
     *
     * @throws IllegalArgumentException if an option is not legal, or the model cannot be quantized
     *     as the options say
     */
    @Override
    public void load(Path path, @Nullable String prefix, @Nullable Map<String, ?> options)
            throws IOException, MalformedModelException {
        Map<String, Object> all = options == null ? Map.of() : new HashMap<>(options);
        Map<String, Object> plain = QuantizationOptions.others(all);
        try {
            super.load(path, prefix, plain);
            Optional<QuantizationOptions> asked = QuantizationOptions.read(all, getModelPath());
            if (asked.isPresent()) {
                new QuantizedLoading(model(), asked.get())
                        .quantize(() -> super.load(path, prefix, plain));
            }
        } catch (IOException | MalformedModelException | RuntimeException e) {
            close();
            throw e;
        }
    }

    /**
     * Loads the model as it is.
     *
     * @throws IllegalArgumentException if the options ask for quantization, which needs the model's
     *     folder
     */
    @Override
    public void load(InputStream stream, @Nullable Map<String, ?> options)
            throws IOException, MalformedModelException {
        if (options != null && options.containsKey(QuantizationOptions.QUANTIZATION)) {
            throw new IllegalArgumentException(
                    "The option \""
                            + QuantizationOptions.QUANTIZATION
                            + "\" is for models that are loaded from a folder or file, not from a"
                            + " stream; call Quantization.quantize on the loaded model.");
        }
        super.load(stream, options);
    }

    /**
     * Rounds the weights to 8 bits, by the preset {@code int8-weight-only}, which needs no data.
     *
     * @throws IllegalArgumentException if the model cannot be quantized; it is then as it was
     */
    @Override
    public void quantize() {
        Quantization.quantize(model(), Presets.named(WITHOUT_DATA));
    }
}
