package io.github.djlqat.report;

import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import io.github.djlqat.fakequant.QuantizedBlock;
import io.github.djlqat.report.collect.ModelRecord;
import io.github.djlqat.report.data.ReportData;

/**
 * Collects what a prepared and calibrated model tells of itself: its layers with their formats,
 * scales, clip ratios and signal-to-quantization-noise ratios, the distributions of its weights and
 * activations, its graph and its recipe.
 *
 * <pre>{@code
 * ReportCollector collector = new ReportCollector(prepared, manager);
 * for (NDList batch : batches) {
 *     collector.observe(batch);
 * }
 * ReportData report = collector.addTo(ReportData.builder("ResNet-20")).build();
 * }</pre>
 *
 * <p>Each batch is run once. Native memory and the memory of the distributions stay as they are
 * however many batches there are. The model is not changed.
 */
public final class ReportCollector {

    private final QuantizedBlock block;
    private final NDManager manager;
    private final ModelRecord record;

    /**
     * Creates a collector.
     *
     * @param block a prepared and calibrated block
     * @param manager a manager on the device to run on; nothing stays attached to it
     */
    public ReportCollector(QuantizedBlock block, NDManager manager) {
        this.block = block;
        this.manager = manager;
        this.record = new ModelRecord(block);
    }

    /**
     * Runs the model on one batch and counts what it computes. May be called any number of times.
     *
     * @param inputs the inputs; neither changed nor closed
     * @throws IllegalStateException if a quantizer has seen no data
     * @throws IllegalArgumentException naming the tensor if a value is NaN or infinite
     * @throws java.util.concurrent.CancellationException if the thread is interrupted; the batch is
     *     then counted in part
     */
    public void observe(NDList inputs) {
        record.observe(manager, inputs);
    }

    /**
     * Adds what was collected.
     *
     * @param builder the report
     * @return the builder
     * @throws IllegalStateException if no batch was observed
     */
    public ReportData.Builder addTo(ReportData.Builder builder) {
        return record.addTo(builder, block);
    }
}
