package io.github.djlqat.extension;

import ai.djl.repository.MRL;
import ai.djl.repository.SimpleRepository;
import ai.djl.repository.zoo.ModelZoo;
import java.nio.file.Path;
import java.util.Set;

/** A zoo of one network, whose repository is not opened by way of a URL. */
public final class Zoo extends ModelZoo {

    /** Creates a zoo of the network in a folder. */
    public Zoo(Path folder) {
        addModel(
                MRL.undefined(
                        new SimpleRepository("zoo", folder.toUri(), folder) {},
                        getGroupId(),
                        "net"));
    }

    @Override
    public String getGroupId() {
        return "io.github.djlqat.test";
    }

    @Override
    public Set<String> getSupportedEngines() {
        return Set.of("PyTorch");
    }
}
