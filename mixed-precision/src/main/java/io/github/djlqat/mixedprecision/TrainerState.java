package io.github.djlqat.mixedprecision;

import ai.djl.MalformedModelException;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What a trainer goes on from.
 *
 * @param scaler the state of the loss scaler
 * @param steps the number of steps
 * @param batches the number of batches of the step that is not complete
 * @param histories the histories of FP8 tensors
 * @param stepScales the scales that FP8 weights are cast with in the step that is not complete
 * @param gradients the gradients of that step, by parameter
 */
record TrainerState(
        LossScalerState scaler,
        long steps,
        int batches,
        Map<String, AmaxHistoryState> histories,
        Map<String, Float> stepScales,
        Map<String, float[]> gradients) {

    private static final byte VERSION = 1;

    TrainerState {
        if (steps < 0 || batches < 0) {
            throw new IllegalArgumentException(
                    "There are no " + steps + " steps and " + batches + " batches.");
        }
    }

    void write(DataOutputStream out) throws IOException {
        out.writeByte(VERSION);
        out.writeFloat(scaler.scale());
        out.writeInt(scaler.goodSteps());
        out.writeLong(steps);
        out.writeInt(batches);
        out.writeInt(histories.size());
        for (Map.Entry<String, AmaxHistoryState> entry : histories.entrySet()) {
            out.writeUTF(entry.getKey());
            out.writeFloat(entry.getValue().scale());
            write(out, entry.getValue().magnitudes());
        }
        out.writeInt(stepScales.size());
        for (Map.Entry<String, Float> entry : stepScales.entrySet()) {
            out.writeUTF(entry.getKey());
            out.writeFloat(entry.getValue());
        }
        out.writeInt(gradients.size());
        for (Map.Entry<String, float[]> entry : gradients.entrySet()) {
            out.writeUTF(entry.getKey());
            write(out, entry.getValue());
        }
    }

    static TrainerState read(DataInputStream in) throws IOException, MalformedModelException {
        byte version = in.readByte();
        if (version != VERSION) {
            throw new MalformedModelException(
                    "The state of mixed precision has version "
                            + version
                            + "; version "
                            + VERSION
                            + " can be read.");
        }
        LossScalerState scaler = new LossScalerState(in.readFloat(), in.readInt());
        long steps = in.readLong();
        int batches = in.readInt();
        Map<String, AmaxHistoryState> histories = new LinkedHashMap<>();
        for (int i = in.readInt(); i > 0; i--) {
            histories.put(in.readUTF(), new AmaxHistoryState(in.readFloat(), floats(in)));
        }
        Map<String, Float> stepScales = new LinkedHashMap<>();
        for (int i = in.readInt(); i > 0; i--) {
            stepScales.put(in.readUTF(), in.readFloat());
        }
        Map<String, float[]> gradients = new LinkedHashMap<>();
        for (int i = in.readInt(); i > 0; i--) {
            gradients.put(in.readUTF(), floats(in));
        }
        return new TrainerState(scaler, steps, batches, histories, stepScales, gradients);
    }

    private static void write(DataOutputStream out, float[] values) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(Math.multiplyExact(values.length, Float.BYTES));
        bytes.asFloatBuffer().put(values);
        out.writeInt(values.length);
        out.write(bytes.array());
    }

    private static float[] floats(DataInputStream in) throws IOException {
        int count = in.readInt();
        if (count < 0) {
            throw new IllegalArgumentException("There are no " + count + " numbers.");
        }
        int size = Math.multiplyExact(count, Float.BYTES);
        byte[] bytes = in.readNBytes(size);
        if (bytes.length < size) {
            throw new EOFException();
        }
        float[] values = new float[count];
        ByteBuffer.wrap(bytes).asFloatBuffer().get(values);
        return values;
    }
}
