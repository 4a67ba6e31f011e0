package io.github.djlqat.fakequant;

import ai.djl.MalformedModelException;
import ai.djl.ndarray.NDManager;
import ai.djl.nn.Block;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The part of a file of parameters that stands behind those of the plain model: how far training
 * is, and the quantizers in the order of the plan, each with its name and what it was prepared as.
 */
final class SavedQuantizers {

    private static final int MAGIC = 0x444A4C51;
    private static final byte VERSION = 2;

    private static final Kind<FakeQuantize> QUANTIZERS =
            new Kind<>("quantizers", "the quantizer ", " of ", q -> q.getRecipe().scheme());
    private static final Kind<EstimatorQuantize> ESTIMATORS =
            new Kind<>(
                    "tensors with an estimator",
                    "",
                    " quantized as ",
                    EstimatorQuantize::getRecipe);

    /**
     * One of the two kinds of blocks, and how errors speak of it.
     *
     * @param preparedAs what two blocks have in common that one may load from the other
     */
    private record Kind<T extends Block>(
            String plural, String article, String verb, Function<T, Object> preparedAs) {

        String preparedAs(T block) {
            return preparedAs.apply(block).toString();
        }
    }

    private SavedQuantizers() {}

    static void write(DataOutputStream os, TrainingProgress.State progress, Quantizers quantizers)
            throws IOException {
        os.writeInt(MAGIC);
        os.writeByte(VERSION);
        os.writeLong(progress.steps());
        os.writeBoolean(progress.batchNormFrozen());
        os.writeBoolean(progress.observersFrozen());
        write(os, quantizers.byName(), QUANTIZERS);
        write(os, quantizers.estimators(), ESTIMATORS);
    }

    private static <T extends Block> void write(
            DataOutputStream os, Map<String, T> blocks, Kind<T> kind) throws IOException {
        os.writeInt(blocks.size());
        for (Map.Entry<String, T> entry : blocks.entrySet()) {
            os.writeUTF(entry.getKey());
            os.writeUTF(kind.preparedAs(entry.getValue()));
            entry.getValue().saveParameters(os);
        }
    }

    /**
     * Loads the parameters of quantizers.
     *
     * @return how far training was, or null if the plain model saved the file
     * @throws MalformedModelException if the file was saved by a model that was prepared otherwise
     */
    static TrainingProgress.@Nullable State read(
            DataInputStream is, NDManager manager, Quantizers quantizers)
            throws IOException, MalformedModelException {
        int first = is.read();
        if (first < 0) {
            return null;
        }
        int magic = first << 24 | is.readUnsignedByte() << 16 | is.readUnsignedShort();
        byte version = magic == MAGIC ? is.readByte() : -1;
        if (version != VERSION) {
            throw new MalformedModelException(
                    "What follows the model's parameters is no quantization state that can be read.");
        }
        TrainingProgress.State progress =
                new TrainingProgress.State(is.readLong(), is.readBoolean(), is.readBoolean());
        read(is, manager, quantizers.byName(), QUANTIZERS);
        read(is, manager, quantizers.estimators(), ESTIMATORS);
        return progress;
    }

    private static <T extends Block> void read(
            DataInputStream is, NDManager manager, Map<String, T> blocks, Kind<T> kind)
            throws IOException, MalformedModelException {
        int count = is.readInt();
        if (count != blocks.size()) {
            throw new MalformedModelException(
                    "The file holds "
                            + count
                            + " "
                            + kind.plural()
                            + ", the prepared model has "
                            + blocks.size()
                            + ".");
        }
        for (Map.Entry<String, T> entry : blocks.entrySet()) {
            String name = is.readUTF();
            String saved = is.readUTF();
            String expected = kind.preparedAs(entry.getValue());
            if (!name.equals(entry.getKey()) || !saved.equals(expected)) {
                throw new MalformedModelException(
                        "The file holds "
                                + kind.article()
                                + name
                                + kind.verb()
                                + saved
                                + ", the prepared model has "
                                + entry.getKey()
                                + kind.verb()
                                + expected
                                + ".");
            }
            entry.getValue().loadParameters(manager, is);
        }
    }
}
