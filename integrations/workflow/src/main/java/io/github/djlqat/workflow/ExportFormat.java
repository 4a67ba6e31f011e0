package io.github.djlqat.workflow;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.nio.file.Path;
import java.util.Locale;

/** The kinds of files that a model is exported as. */
public enum ExportFormat {
    /** An ONNX file, with integers where the model is quantized. */
    @JsonProperty("onnx")
    ONNX,
    /** A TorchScript file. */
    @JsonProperty("torchscript")
    TORCHSCRIPT,
    /** A DJL model folder, which all tasks open again. */
    @JsonProperty("djl")
    DJL,
    /** A safetensors file of the parameters in floating point. */
    @JsonProperty("safetensors")
    SAFETENSORS;

    /**
     * Tells the kind by a file's name.
     *
     * @param output the file or folder
     * @return ONNX for {@code .onnx}, TorchScript for {@code .pt}, {@code .pth} and {@code .jit},
     *     safetensors for {@code .safetensors}, a DJL folder for anything else
     */
    public static ExportFormat of(Path output) {
        String name = String.valueOf(output.getFileName()).toLowerCase(Locale.ROOT);
        if (name.endsWith(".onnx")) {
            return ONNX;
        }
        if (name.endsWith(".pt") || name.endsWith(".pth") || name.endsWith(".jit")) {
            return TORCHSCRIPT;
        }
        return name.endsWith(".safetensors") ? SAFETENSORS : DJL;
    }
}
