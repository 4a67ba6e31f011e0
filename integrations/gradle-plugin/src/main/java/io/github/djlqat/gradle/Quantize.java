package io.github.djlqat.gradle;

import io.github.djlqat.workflow.Calibration;
import io.github.djlqat.workflow.QuantizeRequest;
import io.github.djlqat.workflow.QuantizeResult;
import io.github.djlqat.workflow.Summaries;
import io.github.djlqat.workflow.fork.TaskType;
import java.io.File;
import java.nio.file.Path;
import org.gradle.api.file.ConfigurableFileCollection;
import org.gradle.api.file.DirectoryProperty;
import org.gradle.api.provider.Property;
import org.gradle.api.tasks.CacheableTask;
import org.gradle.api.tasks.Input;
import org.gradle.api.tasks.InputFiles;
import org.gradle.api.tasks.Nested;
import org.gradle.api.tasks.OutputDirectory;
import org.gradle.api.tasks.PathSensitive;
import org.gradle.api.tasks.PathSensitivity;
import org.gradle.api.tasks.TaskAction;

/** Quantizes the model by a recipe, into a folder, under the model's name. */
@CacheableTask
public abstract class Quantize extends ModelTask {

    /** Gradle creates the instance. */
    public Quantize() {}

    /**
     * The name of a preset, or the path of a recipe's file.
     *
     * @return the property
     */
    @Input
    public abstract Property<String> getRecipe();

    /**
     * The recipe's file, where it is one.
     *
     * @return the file, or nothing
     */
    @InputFiles
    @PathSensitive(PathSensitivity.NONE)
    public abstract ConfigurableFileCollection getRecipeFile();

    /**
     * The samples that the ranges of activations are chosen from.
     *
     * @return the property
     */
    @Nested
    public abstract Property<SampleSource> getData();

    /**
     * The number of samples that choose ranges at most.
     *
     * @return the property
     */
    @Input
    public abstract Property<Integer> getCalibrationSamples();

    /**
     * The number of samples that are run at a time.
     *
     * @return the property
     */
    @Input
    public abstract Property<Integer> getBatchSize();

    /**
     * The folder that the quantized model goes to.
     *
     * @return the property
     */
    @OutputDirectory
    public abstract DirectoryProperty getDestinationDirectory();

    /** Quantizes the model. */
    @TaskAction
    public void quantize() {
        String recipe =
                getRecipeFile().isEmpty()
                        ? getRecipe().get()
                        : getRecipeFile().getSingleFile().toString();
        File model = getModel().get();
        Path output = getDestinationDirectory().get().getAsFile().toPath().resolve(model.getName());
        QuantizeResult result =
                fork(
                        TaskType.QUANTIZE,
                        new QuantizeRequest(
                                source(),
                                recipe,
                                getData().get().source(),
                                new Calibration(
                                        getBatchSize().get(), getCalibrationSamples().get()),
                                output));
        getLogger().lifecycle(Summaries.of(result));
        Summaries.unseen(result).ifPresent(getLogger()::warn);
    }
}
