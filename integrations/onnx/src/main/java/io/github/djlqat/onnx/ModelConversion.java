package io.github.djlqat.onnx;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.TensorShapeProto;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import io.github.djlqat.graph.Graph;
import io.github.djlqat.graph.Value;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Makes the ONNX model of a graph, operation by operation. */
final class ModelConversion {

    private static final String PRODUCER = "djl-qat";

    private final ExportOptions options;
    private final OpConverters converters;

    ModelConversion(ExportOptions options, OpConverters converters) {
        this.options = options;
        this.converters = converters;
    }

    /** Converts a graph, whose dynamic sizes other traces of the same program tell. */
    ModelProto convert(Graph graph, List<Graph> others) {
        int chosen = Opset.choose(graph, options);
        SizeScaling scaling =
                new SizeScaling(graph, others, options.dynamicBatch(), options.axes());
        OnnxGraphBuilder builder = new OnnxGraphBuilder(chosen);
        ExportState state =
                new ExportState(
                        graph,
                        builder,
                        scaling,
                        new WeightConverter(builder, options.container(), options.packed()),
                        options.weightOnly());
        GraphProto.Builder proto = GraphProto.newBuilder().setName(options.modelName());
        for (int i = 0; i < graph.inputs().size(); i++) {
            Value value = graph.inputs().get(i);
            String name =
                    builder.uniqueName(
                            name(options.inputNames(), i, graph.inputs().size(), "input"));
            state.bind(value, new Operand(name, value.shape(), value.dataType()));
            proto.addInput(
                    info(name, value, scaling.inputExtents(i).stream().map(Optional::of).toList()));
        }
        List<String> results =
                Stream.iterate(0, i -> i < graph.outputs().size(), i -> i + 1)
                        .map(
                                i ->
                                        builder.uniqueName(
                                                name(
                                                        options.outputNames(),
                                                        i,
                                                        graph.outputs().size(),
                                                        "output")))
                        .toList();
        for (int i = 0; i < graph.nodes().size(); i++) {
            converters.convert(new NodeContext(state, graph.nodes().get(i), i));
        }
        proto.addAllNode(builder.nodes());
        for (int i = 0; i < graph.outputs().size(); i++) {
            Value value = graph.outputs().get(i);
            proto.addNode(
                    NodeProto.newBuilder()
                            .setOpType("Identity")
                            .setName(builder.uniqueName(results.get(i) + "_identity"))
                            .addInput(state.atRunTime(state.operand(value)).name())
                            .addOutput(results.get(i)));
            proto.addOutput(info(results.get(i), value, scaling.outputExtents(i)));
        }
        proto.addAllInitializer(builder.initializers());
        ModelProto model = model(DeadNodes.remove(proto.build()), chosen);
        ModelChecker.checkStructure(model);
        return model;
    }

    private ModelProto model(GraphProto graph, int chosen) {
        return ModelProto.newBuilder()
                .setIrVersion(Opset.irVersion(chosen))
                .addOpsetImport(OperatorSetIdProto.newBuilder().setDomain("").setVersion(chosen))
                .addAllOpsetImport(runtimeOpset(graph))
                .setProducerName(PRODUCER)
                .setDocString(
                        "Exported by "
                                + PRODUCER
                                + " for ONNX opset "
                                + chosen
                                + (options.dynamicBatch()
                                        ? ", for any "
                                                + options.axes().stream()
                                                        .map(DynamicAxis::size)
                                                        .collect(Collectors.joining(" and "))
                                                + "."
                                        : ", for the traced batch size."))
                .setGraph(graph)
                .build();
    }

    private static List<OperatorSetIdProto> runtimeOpset(GraphProto graph) {
        String domain = OnnxGraphBuilder.RUNTIME_DOMAIN;
        return graph.getNodeList().stream().anyMatch(node -> node.getDomain().equals(domain))
                ? List.of(OperatorSetIdProto.newBuilder().setDomain(domain).setVersion(1).build())
                : List.of();
    }

    private static String name(List<String> names, int i, int count, String base) {
        if (names.isEmpty()) {
            return count == 1 ? base : base + "_" + i;
        }
        if (names.size() != count) {
            throw new OnnxExportException(
                    "There are "
                            + names.size()
                            + " names "
                            + names
                            + " for "
                            + count
                            + " "
                            + base
                            + "s.");
        }
        return names.get(i);
    }

    private ValueInfoProto info(String name, Value value, List<Optional<Extent>> extents) {
        TensorShapeProto.Builder shape = TensorShapeProto.newBuilder();
        for (int i = 0; i < extents.size(); i++) {
            TensorShapeProto.Dimension.Builder dim = TensorShapeProto.Dimension.newBuilder();
            Optional<Extent> extent = extents.get(i);
            if (extent.filter(Extent::isConstant).isPresent()) {
                dim.setDimValue(value.shape().get(i));
            } else if (extent.filter(Extent::isSize).isPresent()) {
                dim.setDimParam(options.axes().get(extent.get().axes().get(0)).name());
            }
            shape.addDim(dim);
        }
        TypeProto.Tensor tensor =
                TypeProto.Tensor.newBuilder()
                        .setElemType(Tensors.type(value.dataType()))
                        .setShape(shape)
                        .build();
        return ValueInfoProto.newBuilder()
                .setName(name)
                .setType(TypeProto.newBuilder().setTensorType(tensor))
                .build();
    }
}
