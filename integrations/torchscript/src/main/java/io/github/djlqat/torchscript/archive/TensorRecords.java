package io.github.djlqat.torchscript.archive;

import io.github.djlqat.torchscript.error.TorchScriptException;
import io.github.djlqat.torchscript.pickle.CallValue;
import io.github.djlqat.torchscript.pickle.DictionaryValue;
import io.github.djlqat.torchscript.pickle.EnumValue;
import io.github.djlqat.torchscript.pickle.ListValue;
import io.github.djlqat.torchscript.pickle.ObjectValue;
import io.github.djlqat.torchscript.pickle.PickleValue;
import io.github.djlqat.torchscript.pickle.StorageValue;
import io.github.djlqat.torchscript.pickle.TaggedValue;
import io.github.djlqat.torchscript.pickle.TensorValue;
import io.github.djlqat.torchscript.pickle.TupleValue;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * Checks that the records of tensors have the sizes that the pickle says: PyTorch does not, and
 * would read memory that is not theirs.
 */
final class TensorRecords {

    private final String source;
    private final TorchScriptArchive archive;
    private final String folder;

    TensorRecords(String source, TorchScriptArchive archive, String folder) {
        this.source = source;
        this.archive = archive;
        this.folder = folder;
    }

    void check(PickleValue value) {
        forEachStorage(value, this::checkStorage);
    }

    /** Visits the memory of each tensor, as often as different tensors refer to it. */
    static void forEachStorage(PickleValue value, Consumer<StorageValue> visitor) {
        forEachStorage(value, visitor, Collections.newSetFromMap(new IdentityHashMap<>()));
    }

    private static void forEachStorage(
            PickleValue value, Consumer<StorageValue> visitor, Set<PickleValue> seen) {
        if (!seen.add(value)) {
            return;
        }
        if (value instanceof StorageValue storage) {
            visitor.accept(storage);
        } else if (value instanceof TensorValue tensor) {
            visitor.accept(tensor.storage());
        } else {
            parts(value).forEach(part -> forEachStorage(part, visitor, seen));
        }
    }

    private static List<PickleValue> parts(PickleValue value) {
        if (value instanceof TupleValue tuple) {
            return tuple.items();
        }
        if (value instanceof ListValue list) {
            return list.items();
        }
        if (value instanceof DictionaryValue dictionary) {
            return dictionary.entries().stream()
                    .flatMap(entry -> Stream.of(entry.key(), entry.value()))
                    .toList();
        }
        if (value instanceof TaggedValue tagged) {
            return List.of(tagged.value());
        }
        if (value instanceof ObjectValue object) {
            return List.of(object.state());
        }
        if (value instanceof EnumValue member) {
            return List.of(member.value());
        }
        return value instanceof CallValue call ? call.arguments() : List.of();
    }

    private void checkStorage(StorageValue storage) {
        String name = folder + storage.key();
        long size = archive.size(name);
        if (size != storage.bytes()) {
            throw new TorchScriptException(
                    source
                            + ": entry "
                            + name
                            + " has "
                            + size
                            + " bytes; its tensors need "
                            + storage.bytes()
                            + ": "
                            + storage.elements()
                            + " elements of "
                            + storage.type()
                            + ".");
        }
    }
}
