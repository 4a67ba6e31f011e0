package io.github.djlqat.gradle;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.gradle.api.Project;
import org.gradle.api.Task;

/** What tests do in place of a build. */
final class Builds {

    private static final Path SAMPLES =
            Path.of("..", "workflow", "src", "test", "resources", "io", "github", "djlqat")
                    .resolve(Path.of("workflow", "fork"));

    private Builds() {}

    /** Copies a file of the workflow's tests, such as {@code classifier.pt}. */
    static void copySample(String name, Path folder) throws IOException {
        Files.createDirectories(folder);
        Files.copy(SAMPLES.resolve(name), folder.resolve(name));
    }

    /** Gives tasks the class path of this test, which is what their configuration resolves to. */
    static void addLibraries(Project project) {
        Object[] files =
                Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                        .filter(path -> !path.isEmpty())
                        .filter(path -> !path.contains("gradle-api"))
                        .toArray();
        project.getDependencies().add(DjlQatPlugin.NAME, project.files(files));
    }

    /** Runs a task, and none that it depends on. */
    static void run(Project project, String name) {
        Task task = project.getTasks().getByName(name);
        // A build makes the folders of outputs.
        task.getOutputs().getFiles().forEach(File::mkdirs);
        task.getActions().forEach(action -> action.execute(task));
    }
}
