package io.github.djlqat.gradle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.gradle.api.GradleException;
import org.gradle.api.Project;
import org.gradle.api.Task;
import org.gradle.api.artifacts.Dependency;
import org.gradle.api.plugins.JavaPluginExtension;
import org.gradle.api.tasks.SourceSet;
import org.gradle.api.tasks.VerificationException;
import org.gradle.testfixtures.ProjectBuilder;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The plugin applied to a project; its tasks run as Gradle would run them. */
class DjlQatPluginTest {

    @TempDir private Path folder;
    private Project project;
    private DjlQatExtension extension;

    @BeforeEach
    void apply() throws Exception {
        for (String name : List.of("classifier.pt", "samples.npz")) {
            Builds.copySample(name, folder);
        }
        project = ProjectBuilder.builder().withProjectDir(folder.toFile()).build();
        project.getPluginManager().apply("io.github.djlqat");
        extension = project.getExtensions().getByType(DjlQatExtension.class);
        extension.getModel().set(project.file("classifier.pt"));
        // Small models that run once start faster without what makes large ones run faster.
        extension
                .getJvmOptions()
                .addAll(
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "-Dai.djl.pytorch.graph_optimizer=false");
        extension.data(samples -> samples.getPath().set(project.file("samples.npz")));
        Builds.addLibraries(project);
    }

    private void run(String name) {
        Builds.run(project, name);
    }

    private Set<String> dependencies(String name) {
        Task task = project.getTasks().getByName(name);
        return task.getTaskDependencies().getDependencies(task).stream()
                .map(Task::getName)
                .collect(Collectors.toSet());
    }

    @Test
    void quantizesAndReports() throws Exception {
        run("quantize");
        assertThat(folder.resolve("build/quantized/classifier.pt")).isNotEmptyFile();
        extension.getReportFigures().set(true);
        extension.getReportRuns().set(2);
        run("report");
        Path reports = folder.resolve("build/reports/djl-qat");
        assertThat(reports.resolve("report.html"))
                .content()
                .contains("<title>classifier.pt")
                .contains(
                        "accuracy",
                        "quantized/classifier.pt",
                        "The layers of classifier.pt",
                        "hidden")
                .doesNotContainPattern("(src|href)=\"https?:");
        assertThat(reports.resolve("figures").toFile().list())
                .contains("trade-off-size.svg", "trade-off-size.png", "trade-off-size.json");
    }

    @Test
    void failsTheBuildBelowTheBaseline() throws Exception {
        Files.writeString(folder.resolve("baseline.json"), "{\"metric\": \"top1\", \"value\": 1}");
        extension.getBaseline().set(project.file("baseline.json"));
        Files.writeString(
                folder.resolve("coarse.yaml"),
                "name: coarse\nweights: {format: int2}\nactivations: {format: uint2}\n");
        extension.getRecipe().set("coarse.yaml");
        run("quantize");
        assertThatThrownBy(() -> run("evaluate"))
                .isInstanceOf(VerificationException.class)
                .hasMessageMatching(
                        "top1 against the baseline of classifier.pt is 0\\.\\d{4},"
                                + " and 1\\.0000 is what passes\\.");
    }

    @Test
    void tellsAMistakeWithoutAnOutput() throws Exception {
        Files.writeString(folder.resolve("wrong.yaml"), "weights: {format: int99}");
        extension.getRecipe().set("wrong.yaml");
        assertThatThrownBy(() -> run("quantize"))
                .isInstanceOf(GradleException.class)
                .hasMessageContaining("wrong.yaml")
                .hasMessageContaining("int99");
        assertThat(folder.resolve("build/quantized/classifier.pt")).doesNotExist();
    }

    @Test
    void tasksFollowEachOtherAndCheckRunsTheEvaluation() {
        assertThat(dependencies("evaluate")).contains("quantize");
        assertThat(dependencies("export")).contains("quantize");
        assertThat(dependencies("report")).contains("quantize");
        assertThat(dependencies("check")).contains("evaluate").doesNotContain("report");
        assertThat(project.getTasks().getByName("quantize").getGroup()).isEqualTo("quantization");
    }

    @Test
    void whatDecidesWhetherATaskIsUpToDateIsTheModelTheSamplesTheRecipeAndTheClassPath()
            throws Exception {
        Path recipe = Files.writeString(folder.resolve("mine.yaml"), "name: mine\n");
        extension.getRecipe().set("mine.yaml");
        project.getPluginManager().apply("java");
        SourceSet main =
                project.getExtensions()
                        .getByType(JavaPluginExtension.class)
                        .getSourceSets()
                        .getByName("main");
        Set<File> inputs =
                project.getTasks().getByName("quantize").getInputs().getFiles().getFiles();
        assertThat(inputs)
                .contains(
                        project.file("classifier.pt"), project.file("samples.npz"), recipe.toFile())
                .containsAll(main.getOutput().getClassesDirs().getFiles());
        assertThat(project.getTasks().getByName("quantize").getOutputs().getFiles().getFiles())
                .containsExactly(project.file("build/quantized"));
        assertThat(project.getTasks().getByName("evaluate").getInputs().getFiles().getFiles())
                .contains(project.file("build/quantized/classifier.pt"));
        extension.getComparedModels().from("other.onnx");
        Task report = project.getTasks().getByName("report");
        assertThat(report.getInputs().getFiles().getFiles())
                .contains(
                        project.file("classifier.pt"),
                        project.file("build/quantized/classifier.pt"),
                        project.file("samples.npz"),
                        project.file("other.onnx"))
                .containsAll(main.getOutput().getClassesDirs().getFiles());
        assertThat(report.getOutputs().getFiles().getFiles())
                .containsExactly(project.file("build/reports/djl-qat"));
    }

    @Test
    void bringsTheLibrariesOfItsOwnVersionWhereNoneAreNamed() {
        Project plain = ProjectBuilder.builder().build();
        plain.getPluginManager().apply("io.github.djlqat");
        Set<Dependency> dependencies =
                plain.getConfigurations()
                        .getByName(DjlQatPlugin.NAME)
                        .getIncoming()
                        .getDependencies();
        assertThat(dependencies)
                .anyMatch(
                        d ->
                                d.getName().equals("workflow")
                                        && String.valueOf(d.getVersion()).matches("\\d.*"))
                .anyMatch(
                        d ->
                                d.getName().equals("pytorch-jni")
                                        && String.valueOf(d.getVersion()).matches("\\d.*-\\d.*"));
    }

    @ParameterizedTest
    @CsvSource({
        "Linux,amd64,linux-x86_64",
        "Linux,aarch64,linux-aarch64",
        "Mac OS X,aarch64,osx-aarch64",
        "Windows 11,amd64,win-x86_64",
        "Mac OS X,x86_64,",
        "SunOS,sparc,"
    })
    void namesTheNativesOfAPlatformAsDjlDoes(String os, String arch, String expected) {
        assertThat(NativeClassifier.of(os, arch).orElse(null)).isEqualTo(expected);
    }
}
