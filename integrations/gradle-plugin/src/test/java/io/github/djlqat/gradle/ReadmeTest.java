package io.github.djlqat.gradle;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.djlqat.testing.MarkdownCode;
import java.nio.file.Files;
import java.nio.file.Path;
import org.gradle.api.Project;
import org.gradle.testfixtures.ProjectBuilder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The scripts that this page and the first page print, run as they are printed. */
class ReadmeTest {

    private static final Path FIRST_PAGE = Path.of("..", "..", "README.md");
    @TempDir private Path folder;

    @Test
    void theBuildQuantizesEvaluatesAndExports() throws Exception {
        Builds.copySample("classifier.pt", folder.resolve("src/main/models"));
        Builds.copySample("samples.npz", folder.resolve("src/test/data"));
        Files.writeString(
                folder.resolve("src/test/data/baseline.json"),
                "{\"metric\": \"top1\", \"value\": 1}");
        Project project = ProjectBuilder.builder().withProjectDir(folder.toFile()).build();

        PrintedScript.run(MarkdownCode.read(FIRST_PAGE).blocks("groovy").get(0).code(), project);
        Builds.addLibraries(project);
        Builds.run(project, "quantize");
        Builds.run(project, "evaluate");
        Builds.run(project, "export");

        assertThat(folder.resolve("build/quantized/classifier.pt")).isNotEmptyFile();
        assertThat(folder.resolve("build/exported/classifier.safetensors")).isNotEmptyFile();
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
