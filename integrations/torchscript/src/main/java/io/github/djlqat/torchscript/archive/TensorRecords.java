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
        if (value instanceof StorageValue storage) {
            checkStorage(storage);
        } else if (value instanceof TensorValue tensor) {
            checkStorage(tensor.storage());
        } else if (value instanceof TupleValue tuple) {
            tuple.items().forEach(this::check);
        } else if (value instanceof ListValue list) {
            list.items().forEach(this::check);
        } else if (value instanceof DictionaryValue dictionary) {
            dictionary
                    .entries()
                    .forEach(
                            entry -> {
                                check(entry.key());
                                check(entry.value());
                            });
        } else if (value instanceof TaggedValue tagged) {
            check(tagged.value());
        } else if (value instanceof ObjectValue object) {
            check(object.state());
        } else if (value instanceof EnumValue member) {
            check(member.value());
        } else if (value instanceof CallValue call) {
            call.arguments().forEach(this::check);
        }
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
