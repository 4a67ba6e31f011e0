package io.github.djlqat.gradle;

import io.github.djlqat.workflow.Recipes;
import java.io.File;
import java.util.Collections;
import java.util.List;
import org.gradle.api.Plugin;
import org.gradle.api.Project;
import org.gradle.api.artifacts.Configuration;
import org.gradle.api.artifacts.dsl.DependencyHandler;
import org.gradle.api.file.Directory;
import org.gradle.api.plugins.JavaPluginExtension;
import org.gradle.api.provider.Provider;
import org.gradle.api.tasks.SourceSet;
import org.gradle.api.tasks.TaskProvider;
import org.gradle.language.base.plugins.LifecycleBasePlugin;

/**
 * Adds the tasks {@code quantize}, {@code evaluate}, {@code export} and {@code report} of one
 * model, the extension {@code djlQat} that configures them, and the configuration {@code djlQat}
 * with what they run.
 */
public final class DjlQatPlugin implements Plugin<Project> {

    static final String NAME = "djlQat";
    private static final String GROUP = "quantization";

    /** Gradle creates the instance. */
    public DjlQatPlugin() {}

    @Override
    public void apply(Project project) {
        project.getPluginManager().apply(LifecycleBasePlugin.class);
        DjlQatExtension extension =
                project.getExtensions().create(NAME, DjlQatExtension.class, project.getObjects());
        defaults(extension);
        for (SampleSource source : List.of(extension.getData(), extension.getEvaluationData())) {
            source.getFiles().from(ifNamed(source.getPath()), ifNamed(source.getLabels()));
        }
        Configuration libraries = libraries(project);
        TaskProvider<Quantize> quantize =
                project.getTasks()
                        .register("quantize", Quantize.class, task -> quantize(task, extension));
        Provider<File> quantized =
                quantize.flatMap(
                        task ->
                                task.getDestinationDirectory()
                                        .getLocationOnly()
                                        .map(
                                                folder ->
                                                        folder.file(task.getModel().get().getName())
                                                                .getAsFile()));
        TaskProvider<Evaluate> evaluate =
                project.getTasks()
                        .register(
                                "evaluate",
                                Evaluate.class,
                                task -> evaluate(task, extension, quantize, quantized));
        project.getTasks()
                .register(
                        "export",
                        Export.class,
                        task -> export(task, extension, quantize, quantized));
        project.getTasks()
                .register(
                        "report",
                        Report.class,
                        task -> report(task, extension, quantize, quantized));
        project.getTasks()
                .withType(ModelTask.class)
                .configureEach(
                        task -> {
                            task.setGroup(GROUP);
                            task.getBlockFactory().convention(extension.getBlockFactory());
                            task.getInputShapes().convention(extension.getInputShapes());
                            task.getJvmOptions().convention(extension.getJvmOptions());
                            task.getRuntimeClasspath().from(libraries);
                        });
        project.getTasks()
                .named(LifecycleBasePlugin.CHECK_TASK_NAME)
                .configure(check -> check.dependsOn(evaluate));
        project.getPluginManager().withPlugin("java", java -> addProjectClasses(project));
    }

    private static void defaults(DjlQatExtension extension) {
        extension.getRecipe().convention("int8");
        extension.getCalibrationSamples().convention(320);
        extension.getBatchSize().convention(32);
        extension.getTolerance().convention(0.0);
        extension.getReportName().convention("report.html");
        extension.getReportFigures().convention(false);
        extension.getReportSamples().convention(256);
        extension.getReportRuns().convention(50);
    }

    private static Configuration libraries(Project project) {
        Configuration libraries = project.getConfigurations().create(NAME);
        libraries.setCanBeConsumed(false);
        libraries.setVisible(false);
        libraries.setDescription("What the tasks of quantization run.");
        Versions versions = new Versions();
        libraries.defaultDependencies(
                dependencies -> {
                    DependencyHandler handler = project.getDependencies();
                    dependencies.add(
                            handler.create("io.github.djlqat:workflow:" + versions.of("djl-qat")));
                    dependencies.add(
                            handler.create(
                                    "ai.djl.pytorch:pytorch-jni:" + versions.of("pytorch-jni")));
                    dependencies.add(
                            handler.create("org.slf4j:slf4j-simple:" + versions.of("slf4j")));
                    NativeClassifier.of(
                                    System.getProperty("os.name"), System.getProperty("os.arch"))
                            .ifPresent(
                                    name ->
                                            dependencies.add(
                                                    handler.create(
                                                            "ai.djl.pytorch:pytorch-native-cpu:"
                                                                    + versions.of("pytorch")
                                                                    + ":"
                                                                    + name)));
                });
        return libraries;
    }

    // Gradle's configuration cache cannot read back what List.of makes.
    private static Provider<List<File>> ifNamed(Provider<File> file) {
        return file.map(Collections::singletonList).orElse(Collections.emptyList());
    }

    private static void quantize(Quantize task, DjlQatExtension extension) {
        Project project = task.getProject();
        Directory directory = project.getLayout().getProjectDirectory();
        task.setDescription("Quantizes the model by the recipe.");
        task.getModel().convention(extension.getModel());
        task.getModelFiles().from(task.getModel());
        task.getRecipe().convention(extension.getRecipe());
        task.getRecipeFile()
                .from(
                        task.getRecipe()
                                .map(
                                        recipe ->
                                                Recipes.isFile(recipe)
                                                        ? Collections.singletonList(
                                                                directory.file(recipe))
                                                        : Collections.emptyList()));
        task.getData().convention(extension.getData());
        task.getCalibrationSamples().convention(extension.getCalibrationSamples());
        task.getBatchSize().convention(extension.getBatchSize());
        task.getDestinationDirectory()
                .convention(project.getLayout().getBuildDirectory().dir("quantized"));
    }

    private static void evaluate(
            Evaluate task,
            DjlQatExtension extension,
            TaskProvider<Quantize> quantize,
            Provider<File> quantized) {
        task.setDescription("Evaluates the quantized model against the baseline.");
        task.dependsOn(quantize);
        task.getModel().convention(quantized);
        task.getModelFiles().from(quantized);
        task.getData().convention(extension.getData());
        task.getEvaluationData().convention(extension.getEvaluationData());
        task.getMetric().convention(extension.getMetric());
        task.getLimit().convention(extension.getLimit());
        task.getBaseline().convention(extension.getBaseline());
        task.getTolerance().convention(extension.getTolerance());
        task.getBatchSize().convention(extension.getBatchSize());
        // What was found once holds as long as the inputs do.
        task.getOutputs().upToDateWhen(unchanged -> true);
    }

    private static void export(
            Export task,
            DjlQatExtension extension,
            TaskProvider<Quantize> quantize,
            Provider<File> quantized) {
        task.setDescription("Exports the quantized model as a file of another kind.");
        task.dependsOn(quantize);
        task.getModel().convention(quantized);
        task.getModelFiles().from(quantized);
        task.getExportName().convention(extension.getExportName());
        task.getDestinationDirectory()
                .convention(task.getProject().getLayout().getBuildDirectory().dir("exported"));
    }

    private static void report(
            Report task,
            DjlQatExtension extension,
            TaskProvider<Quantize> quantize,
            Provider<File> quantized) {
        task.setDescription("Makes a report of what quantization does to the model.");
        task.dependsOn(quantize);
        task.getModel().convention(quantized);
        task.getReference().convention(extension.getModel());
        task.getModelFiles().from(quantized, task.getReference());
        task.getComparedModels().from(extension.getComparedModels());
        task.getData().convention(extension.getData());
        task.getEvaluationData().convention(extension.getEvaluationData());
        task.getTitle().convention(extension.getReportTitle());
        task.getReportName().convention(extension.getReportName());
        task.getFigures().convention(extension.getReportFigures());
        task.getSamples().convention(extension.getReportSamples());
        task.getRuns().convention(extension.getReportRuns());
        task.getTraining().convention(extension.getTraining());
        task.getBatchSize().convention(extension.getBatchSize());
        task.getDestinationDirectory()
                .convention(
                        task.getProject().getLayout().getBuildDirectory().dir("reports/djl-qat"));
    }

    private static void addProjectClasses(Project project) {
        SourceSet main =
                project.getExtensions()
                        .getByType(JavaPluginExtension.class)
                        .getSourceSets()
                        .getByName(SourceSet.MAIN_SOURCE_SET_NAME);
        project.getTasks()
                .withType(ModelTask.class)
                .configureEach(task -> task.getRuntimeClasspath().from(main.getRuntimeClasspath()));
    }
}
