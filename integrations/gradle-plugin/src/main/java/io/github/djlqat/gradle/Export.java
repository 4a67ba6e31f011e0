package io.github.djlqat.gradle;

import io.github.djlqat.workflow.ExportRequest;
import io.github.djlqat.workflow.ExportResult;
import io.github.djlqat.workflow.Summaries;
import io.github.djlqat.workflow.fork.TaskType;
import java.nio.file.Path;
import org.gradle.api.file.DirectoryProperty;
import org.gradle.api.provider.Property;
import org.gradle.api.tasks.CacheableTask;
import org.gradle.api.tasks.Input;
import org.gradle.api.tasks.OutputDirectory;
import org.gradle.api.tasks.TaskAction;

/** Exports the quantized model as a file of another kind, which its name tells. */
@CacheableTask
public abstract class Export extends ModelTask {

    /** Gradle creates the instance. */
    public Export() {}

    /**
     * The name of the file, such as {@code classifier.onnx}.
     *
     * @return the property
     */
    @Input
    public abstract Property<String> getExportName();

    /**
     * The folder that it goes to.
     *
     * @return the property
     */
    @OutputDirectory
    public abstract DirectoryProperty getDestinationDirectory();

    /** Exports the model. */
    @TaskAction
    public void export() {
        Path output =
                getDestinationDirectory().get().getAsFile().toPath().resolve(getExportName().get());
        ExportResult result = fork(TaskType.EXPORT, new ExportRequest(source(), null, output));
        getLogger().lifecycle(Summaries.of(result));
    }
}
