package io.github.djlqat.gradle;

import io.github.djlqat.workflow.LogProgress;
import io.github.djlqat.workflow.WorkflowException;
import io.github.djlqat.workflow.fork.ForkedTask;
import io.github.djlqat.workflow.fork.TaskType;
import io.github.djlqat.workflow.model.ModelSource;
import io.github.djlqat.workflow.model.Shapes;
import java.io.File;
import java.nio.file.Path;
import java.util.List;
import org.gradle.api.DefaultTask;
import org.gradle.api.GradleException;
import org.gradle.api.file.ConfigurableFileCollection;
import org.gradle.api.provider.ListProperty;
import org.gradle.api.provider.Property;
import org.gradle.api.tasks.Classpath;
import org.gradle.api.tasks.Input;
import org.gradle.api.tasks.InputFiles;
import org.gradle.api.tasks.Internal;
import org.gradle.api.tasks.Optional;
import org.gradle.api.tasks.PathSensitive;
import org.gradle.api.tasks.PathSensitivity;

/** A task that opens a model, in a process of its own. */
public abstract class ModelTask extends DefaultTask {

    /** Gradle creates the instances. */
    public ModelTask() {}

    /**
     * The model's file or folder.
     *
     * @return the property
     */
    @Internal
    public abstract Property<File> getModel();

    /**
     * The model's files, which decide whether the task is up to date.
     *
     * @return the files
     */
    @InputFiles
    @PathSensitive(PathSensitivity.RELATIVE)
    public abstract ConfigurableFileCollection getModelFiles();

    /**
     * The class that makes a DJL model's block.
     *
     * @return the property
     */
    @Input
    @Optional
    public abstract Property<String> getBlockFactory();

    /**
     * The shapes of one sample of each input.
     *
     * @return the property
     */
    @Input
    @Optional
    public abstract Property<String> getInputShapes();

    /**
     * This library, the engine and its natives, and the project's classes.
     *
     * @return the files
     */
    @Classpath
    public abstract ConfigurableFileCollection getRuntimeClasspath();

    /**
     * Options of the JVM.
     *
     * @return the property
     */
    @Input
    public abstract ListProperty<String> getJvmOptions();

    final ModelSource source() {
        return source(getModel().get());
    }

    /** Another file or folder, opened as the task's own model is. */
    final ModelSource source(File file) {
        return ModelSource.of(file.toPath())
                .withBlockFactory(getBlockFactory().getOrNull(), List.of())
                .withInputShapes(
                        getInputShapes().isPresent()
                                ? Shapes.parseAll(getInputShapes().get())
                                : List.of());
    }

    final <Q, R> R fork(TaskType<Q, R> type, Q request) {
        List<Path> classPath = getRuntimeClasspath().getFiles().stream().map(File::toPath).toList();
        try {
            return ForkedTask.quiet(ForkedTask.currentJava(), classPath, getJvmOptions().get())
                    .run(type, request, new LogProgress(getLogger()::lifecycle), getLogger()::warn);
        } catch (WorkflowException e) {
            throw new GradleException(e.getMessage(), e);
        }
    }
}
