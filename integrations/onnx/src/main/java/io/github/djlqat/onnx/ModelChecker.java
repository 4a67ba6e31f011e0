package io.github.djlqat.onnx;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import ai.onnxruntime.OrtSession;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Checks a model before it is written. */
final class ModelChecker {

    private ModelChecker() {}

    /**
     * Checks the structure of a model: names are unique, tensors are defined before they are used,
     * and initializers hold as many bytes as their shapes need.
     *
     * @throws OnnxExportException naming the first node or tensor that is wrong
     */
    static void checkStructure(ModelProto model) {
        GraphProto graph = model.getGraph();
        Set<String> domains = new HashSet<>();
        model.getOpsetImportList().forEach(opset -> domains.add(opset.getDomain()));
        if (!domains.contains("") || model.getIrVersion() <= 0) {
            throw new OnnxExportException("The model names no opset of ONNX.");
        }
        Set<String> defined = new HashSet<>();
        for (ValueInfoProto input : graph.getInputList()) {
            define(defined, input.getName(), "input");
        }
        for (TensorProto tensor : graph.getInitializerList()) {
            define(defined, tensor.getName(), "initializer");
            checkSize(tensor);
        }
        Set<String> nodeNames = new HashSet<>();
        for (NodeProto node : graph.getNodeList()) {
            define(nodeNames, node.getName(), "node");
            if (!domains.contains(node.getDomain())) {
                throw new OnnxExportException(
                        "The node "
                                + node.getName()
                                + " is of the domain "
                                + node.getDomain()
                                + ", of which the model names no opset.");
            }
            for (String input : node.getInputList()) {
                if (!input.isEmpty() && !defined.contains(input)) {
                    throw new OnnxExportException(
                            "The node "
                                    + node.getName()
                                    + " reads "
                                    + input
                                    + ", which nothing before it defines.");
                }
            }
            node.getOutputList().forEach(output -> define(defined, output, "tensor"));
        }
        for (ValueInfoProto output : graph.getOutputList()) {
            if (!defined.contains(output.getName())) {
                throw new OnnxExportException(
                        "Nothing defines the output " + output.getName() + ".");
            }
        }
    }

    private static void define(Set<String> names, String name, String kind) {
        if (name.isEmpty() || !names.add(name)) {
            throw new OnnxExportException(
                    "Two parts of the model have the name \""
                            + name
                            + "\", of which one is a "
                            + kind
                            + ".");
        }
    }

    private static void checkSize(TensorProto tensor) {
        long count = 1;
        for (long dim : tensor.getDimsList()) {
            count *= dim;
        }
        long expected = Tensors.byteSize(tensor.getDataType(), count);
        if (tensor.getRawData().size() != expected) {
            throw new OnnxExportException(
                    "The initializer "
                            + tensor.getName()
                            + " of shape "
                            + tensor.getDimsList()
                            + " holds "
                            + tensor.getRawData().size()
                            + " bytes; its shape needs "
                            + expected
                            + ".");
        }
    }

    /**
     * Loads a model in ONNX Runtime.
     *
     * @param folder the folder of its external data; null where it has none
     * @throws OnnxExportException if it is refused
     */
    static void checkLoads(byte[] model, @Nullable Path folder) {
        OrtEnvironment environment = SharedEnvironment.get();
        try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
            options.setOptimizationLevel(OrtSession.SessionOptions.OptLevel.NO_OPT);
            options.setSessionLogLevel(OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR);
            if (folder != null) {
                options.addConfigEntry(
                        "session.model_external_initializers_file_folder_path", folder.toString());
            }
            environment.createSession(model, options).close();
        } catch (OrtException e) {
            throw new OnnxExportException(
                    "ONNX Runtime refuses the exported model: " + e.getMessage(), e);
        }
    }
}
