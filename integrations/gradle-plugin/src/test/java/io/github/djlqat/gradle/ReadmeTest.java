package io.github.djlqat.gradle;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.djlqat.testing.MarkdownCode;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.gradle.api.Project;
import org.gradle.api.Task;
import org.gradle.testfixtures.ProjectBuilder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The scripts that this page and the first page print, run as they are printed. */
class ReadmeTest {

    private static final Path FIRST_PAGE = Path.of("..", "..", "README.md");
    private static final Path SAMPLES =
            Path.of("..", "workflow", "src", "test", "resources", "io", "github", "djlqat")
                    .resolve(Path.of("workflow", "fork"));

    @TempDir private Path folder;

    @Test
    void theBuildQuantizesEvaluatesAndExports() throws Exception {
        Files.createDirectories(folder.resolve("src/main/models"));
        Files.createDirectories(folder.resolve("src/test/data"));
        Files.copy(
                SAMPLES.resolve("classifier.pt"), folder.resolve("src/main/models/classifier.pt"));
        Files.copy(SAMPLES.resolve("samples.npz"), folder.resolve("src/test/data/samples.npz"));
        Files.writeString(
                folder.resolve("src/test/data/baseline.json"),
                "{\"metric\": \"top1\", \"value\": 1}");
        Project project = ProjectBuilder.builder().withProjectDir(folder.toFile()).build();

        PrintedScript.run(MarkdownCode.read(FIRST_PAGE).blocks("groovy").get(0).code(), project);
        project.getDependencies().add(DjlQatPlugin.NAME, project.files(classPath()));
        run(project, "quantize");
        run(project, "evaluate");
        run(project, "export");

        assertThat(folder.resolve("build/quantized/classifier.pt")).isNotEmptyFile();
        assertThat(folder.resolve("build/exported/classifier.safetensors")).isNotEmptyFile();
    }

    /** What the configuration would resolve is what this test runs with. */
    private static Object[] classPath() {
        return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                .filter(path -> !path.isEmpty())
                .filter(path -> !path.contains("gradle-api"))
                .toArray();
    }

    private static void run(Project project, String name) {
        Task task = project.getTasks().getByName(name);
        // A build makes the folders of outputs.
        task.getOutputs().getFiles().forEach(File::mkdirs);
        task.getActions().forEach(action -> action.execute(task));
    }

    @ParameterizedTest
    @ValueSource(strings = {"README.md", "../../README.md"})
    void theSettingsNameTheModuleOfThisVersion(String page) throws Exception {
        PrintedSettings settings = new PrintedSettings();

        PrintedScript.run(
                MarkdownCode.read(Path.of(page)).blocks("groovy").get(1).code(), settings);

        assertThat(settings.repositories()).containsExactly("mavenLocal", "mavenCentral");
        String pom = Files.readString(Path.of("..", "..", "pom.xml"));
        String version = pom.replaceFirst("(?s).*?<version>(.*?)</version>.*", "$1");
        assertThat(settings.module("io.github.djlqat"))
                .isEqualTo("io.github.djlqat:djl-qat-gradle-plugin:" + version);
        assertThat(settings.module("java")).isEmpty();
    }

    @Test
    void thisPageAndTheFirstPrintTheSame() throws Exception {
        assertThat(MarkdownCode.read(FIRST_PAGE).blocks("groovy"))
                .extracting(MarkdownCode.Fenced::code)
                .containsExactlyElementsOf(
                        MarkdownCode.read(Path.of("README.md")).blocks("groovy").stream()
                                .map(MarkdownCode.Fenced::code)
                                .toList());
    }
}
