package io.github.djlqat.torchscript;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import io.github.djlqat.torchscript.archive.TorchScriptArchive;
import io.github.djlqat.torchscript.code.Program;
import io.github.djlqat.torchscript.pickle.IntegerValue;
import io.github.djlqat.torchscript.pickle.ObjectValue;
import io.github.djlqat.torchscript.pickle.PickleValue;
import io.github.djlqat.torchscript.pickle.TensorValue;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Puts rounded weights into the archive of a prepared model. */
final class ArchiveConverter {

    private ArchiveConverter() {}

    static TorchScriptArchive convert(TorchScriptArchive archive, NDList rounded) {
        ObjectValue data = archive.data();
        List<QuantizerState> quantizers = QuantizerState.all(data);
        NewTensors created = new NewTensors(archive);
        Map<ObjectValue, ObjectValue> changed = new IdentityHashMap<>();
        int next = 0;
        for (QuantizerState quantizer : quantizers) {
            QuantizerMode mode = QuantizerMode.values()[quantizer.mode()];
            if (mode == QuantizerMode.OBSERVE) {
                throw new IllegalStateException(
                        "The quantizer "
                                + quantizer.name()
                                + " is observing; calibrate the model before it is converted.");
            }
            QuantizerMode kept = mode == QuantizerMode.TRAIN ? QuantizerMode.QUANTIZE : mode;
            if (!quantizer.tensor().isEmpty()) {
                NDArray weight = rounded.get(next++);
                if (mode != QuantizerMode.FLOAT
                        && quantizer.alone()
                        && replace(data, quantizer.tensor(), weight, created, changed)) {
                    kept = QuantizerMode.FLOAT;
                }
            }
            ObjectValue object = quantizer.object();
            changed.put(object, object.withAttribute("mode", new IntegerValue(kept.number())));
        }
        PickleValue converted = new ArchivePreparer.Replacement(changed).of(data);
        return compact(created.addCompressedTo(archive.withData((ObjectValue) converted)));
    }

    /** Leaves out what nothing reads, and compresses what says of each quantizer the same. */
    private static TorchScriptArchive compact(TorchScriptArchive archive) {
        String code = Program.FOLDER + SourceRewriter.path(SourceRewriter.NAMESPACE);
        return archive.withCompressed(
                        TorchScriptArchive.DATA, archive.bytes(TorchScriptArchive.DATA))
                .without(code + ".debug_pkl")
                .withoutUnusedTensors();
    }

    /** Replaces an attribute's tensor; one in a list or among constants stays to be rounded. */
    private static boolean replace(
            ObjectValue data,
            String name,
            NDArray weight,
            NewTensors created,
            Map<ObjectValue, ObjectValue> changed) {
        String[] path = name.split("\\.");
        ObjectValue owner = owner(data, path);
        String attribute = path[path.length - 1];
        if (owner == null
                || !(owner.attribute(attribute).orElse(null) instanceof TensorValue before)) {
            return false;
        }
        TensorValue after = created.createLike(before, weight.toFloatArray());
        changed.put(owner, changed.getOrDefault(owner, owner).withAttribute(attribute, after));
        return true;
    }

    private static @Nullable ObjectValue owner(ObjectValue data, String[] path) {
        ObjectValue owner = data;
        for (int i = 0; i < path.length - 1; i++) {
            if (!(owner.attribute(path[i]).orElse(null) instanceof ObjectValue child)) {
                return null;
            }
            owner = child;
        }
        return owner;
    }
}
