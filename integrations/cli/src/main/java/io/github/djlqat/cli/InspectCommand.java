package io.github.djlqat.cli;

import io.github.djlqat.workflow.InspectRequest;
import io.github.djlqat.workflow.InspectResult;
import io.github.djlqat.workflow.InspectTask;
import io.github.djlqat.workflow.LayerInfo;
import io.github.djlqat.workflow.QuantizerInfo;
import io.github.djlqat.workflow.model.ParameterInfo;
import java.io.PrintStream;
import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Says what a model is. */
@Command(
        name = "inspect",
        description =
                "Say what a model is: its parameters, and the layers that a recipe can quantize.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  djl-qat inspect model.pt",
            "  djl-qat inspect weights.safetensors --tensors",
            "  djl-qat inspect resnet/ --classpath net.jar --json"
        })
final class InspectCommand extends BaseCommand {

    @Parameters(
            paramLabel = "MODEL",
            description = "A DJL model folder, or a TorchScript (.pt), safetensors or ONNX file.")
    private Path model;

    @Mixin private ModelArguments arguments;

    @Option(names = "--tensors", description = "List the parameters too; JSON always holds them.")
    private boolean tensors;

    @Override
    public Integer call() {
        InspectResult result =
                new InspectTask().run(new InspectRequest(arguments.source(model)), progress());
        return print(result, out -> words(result, out));
    }

    private void words(InspectResult result, PrintStream out) {
        out.println(
                result.path()
                        + ": "
                        + result.format()
                        + ", "
                        + result.state()
                        + (result.recipe() == null ? "" : " by the recipe " + result.recipe())
                        + ", "
                        + result.parameters()
                        + " parameters, "
                        + Texts.bytes(result.bytes()));
        if (!result.inputShapes().isEmpty()) {
            out.println("inputs: " + result.inputShapes().stream().map(Texts::shape).toList());
        }
        if (!result.layers().isEmpty()) {
            TextTable table = new TextTable("layer", "op", "kind", "weight");
            for (LayerInfo layer : result.layers()) {
                table.add(layer.name(), layer.op(), layer.kind(), Texts.shape(layer.weightShape()));
            }
            out.print("\n" + table.format());
        }
        if (!result.quantizers().isEmpty()) {
            TextTable table = new TextTable("quantizer", "of a", "quantization", "scales");
            for (QuantizerInfo quantizer : result.quantizers()) {
                table.add(
                        quantizer.name(),
                        quantizer.weight() ? "weight" : "activation",
                        quantizer.quantization(),
                        QuantizerTexts.scales(quantizer));
            }
            out.print("\n" + table.format());
        }
        if (tensors) {
            TextTable table = new TextTable("tensor", "type", "shape");
            for (ParameterInfo tensor : result.tensors()) {
                table.add(tensor.name(), tensor.type(), Texts.shape(tensor.shape()));
            }
            out.print("\n" + table.format());
        }
    }
}
