package io.github.djlqat.gradle;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.djlqat.testing.MarkdownCode;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The build and the settings that the pages print, run by Gradle as they are printed. */
class GradleBuildIT {

    private static final Path FIRST_PAGE = Path.of("..", "..", "README.md");

    /** Without a network, Maven Central is what Maven has of it. */
    private static final String CENTRAL =
            """
            def central = new File('%s').toURI()
            settingsEvaluated { settings ->
                [settings.pluginManagement, settings.dependencyResolutionManagement].each {
                    it.repositories.named('MavenRepo') { url = central }
                }
            }
            """
                    .formatted(System.getProperty("gradle.maven.central").replace('\\', '/'));

    @TempDir private Path folder;

    @Test
    void thePrintedBuildQuantizesEvaluatesExportsAndReportsOnce() throws Exception {
        Path project = printedProject();
        String tasks = "check,export,report";

        assertThat(gradle(project, tasks, tasks)).as(log(0)).isZero();

        assertThat(log(0))
                .contains("BUILD SUCCESSFUL", "4 executed", "Configuration cache entry stored.")
                .contains("classifier.pt: top1 1.0000 on 256 samples");
        assertThat(project.resolve("build/quantized/classifier.pt")).isNotEmptyFile();
        assertThat(project.resolve("build/exported/classifier.safetensors")).isNotEmptyFile();
        assertThat(project.resolve("build/reports/djl-qat/report.html"))
                .content()
                .contains("<title>classifier.pt", "The layers of classifier.pt");
        assertThat(log(1))
                .contains(
                        ":quantize UP-TO-DATE",
                        ":evaluate UP-TO-DATE",
                        ":export UP-TO-DATE",
                        ":report UP-TO-DATE",
                        "Configuration cache entry reused.");
    }

    @Test
    void thePluginsPageAndTheFirstPrintTheSame() throws Exception {
        assertThat(MarkdownCode.read(FIRST_PAGE).blocks("groovy"))
                .extracting(MarkdownCode.Fenced::code)
                .containsExactlyElementsOf(
                        MarkdownCode.read(Path.of("README.md")).blocks("groovy").stream()
                                .map(MarkdownCode.Fenced::code)
                                .toList());
    }

    private Path printedProject() throws IOException {
        Path project = Files.createDirectory(folder.resolve("project"));
        List<MarkdownCode.Fenced> scripts = MarkdownCode.read(FIRST_PAGE).blocks("groovy");
        Files.writeString(project.resolve("build.gradle"), scripts.get(0).code());
        Files.writeString(project.resolve("settings.gradle"), scripts.get(1).code());
        Builds.copySample("classifier.pt", project.resolve("src/main/models"));
        Path data = project.resolve("src/test/data");
        Builds.copySample("samples.npz", data);
        Files.writeString(data.resolve("baseline.json"), "{\"metric\": \"top1\", \"value\": 1}");
        return project;
    }

    /** Returns how many of the builds failed. */
    private int gradle(Path project, String... builds) throws Exception {
        Path distribution = folder.resolve("gradle");
        GradleDistribution.layOut(
                distribution,
                Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                        .map(Path::of)
                        .filter(
                                file ->
                                        file.getFileName()
                                                .toString()
                                                .matches("(gradle-api|groovy|kotlin).*\\.jar"))
                        .toList());
        Path userHome = Files.createDirectories(folder.resolve("home"));
        Files.writeString(userHome.resolve("init.gradle"), CENTRAL);
        List<String> command =
                new ArrayList<>(
                        EmbeddedGradle.command(
                                distribution, Path.of(System.getProperty("gradle.maven.local"))));
        command.add(project.toString());
        command.add(userHome.toString());
        command.addAll(List.of(builds));
        Process process =
                new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectOutput(folder.resolve("process.log").toFile())
                        .start();
        try {
            assertThat(process.waitFor(5, TimeUnit.MINUTES)).isTrue();
            return process.exitValue();
        } finally {
            process.destroyForcibly();
        }
    }

    private String log(int build) throws IOException {
        Path log = folder.resolve("home").resolve(build + ".log");
        return Files.readString(Files.exists(log) ? log : folder.resolve("process.log"));
    }
}
