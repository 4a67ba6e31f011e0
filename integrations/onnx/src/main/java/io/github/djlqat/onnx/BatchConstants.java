package io.github.djlqat.onnx;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Constants that were made for the traced batch, and have to serve one of any size. */
final class BatchConstants {

    private BatchConstants() {}

    /**
     * Returns a constant whose leading dimension is the traced batch size cut down to one sample,
     * and anything else as it is at run time.
     *
     * @param expand whether the sample is repeated to the size of the batch
     * @throws OnnxExportException if the samples differ
     */
    static Operand withoutBatch(NodeContext node, Operand operand, boolean expand) {
        ExportState state = node.state();
        ConstantTensor constant = state.constantOf(operand);
        if (constant == null
                || !state.scaling().dynamic()
                || operand.rank() == 0
                || operand.rank() < node.output(0).shape().dimension()
                || node.sizes().known(0, 0).filter(Extent::isSize).isEmpty()) {
            return state.atRunTime(operand);
        }
        Extent leading = node.sizes().known(0, 0).get();
        long batch = state.scaling().size(leading.axes().get(0));
        if (constant.shape().get(0) != batch) {
            return state.atRunTime(operand);
        }
        if (!constant.isUniformAlongFirst()) {
            throw node.failure(
                    "the constant "
                            + operand.name()
                            + " of shape "
                            + operand.shape()
                            + " differs from sample to sample of the batch. Export with optDynamicBatch(false)");
        }
        Operand first =
                batch == 1 ? operand : state.constant(operand.name() + "_sample", constant.first());
        if (!expand) {
            return first;
        }
        List<Extent> shape = new ArrayList<>(Collections.nCopies(operand.rank(), Extent.of(1)));
        shape.set(0, leading);
        return new Operand(
                node.add("Expand", first.name(), node.tensor(shape)),
                operand.shape(),
                operand.dataType());
    }
}
