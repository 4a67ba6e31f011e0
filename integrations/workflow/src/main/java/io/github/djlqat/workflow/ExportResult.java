package io.github.djlqat.workflow;

/**
 * What was exported.
 *
 * @param model the model's file or folder
 * @param format the kind of the output
 * @param output the file or folder
 * @param bytes its size
 * @param seconds the time that it took
 */
public record ExportResult(
        String model, ExportFormat format, String output, long bytes, double seconds) {}
