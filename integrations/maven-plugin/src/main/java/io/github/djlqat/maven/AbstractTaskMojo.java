package io.github.djlqat.maven;

import io.github.djlqat.workflow.LogProgress;
import io.github.djlqat.workflow.WorkflowException;
import io.github.djlqat.workflow.fork.ForkedTask;
import io.github.djlqat.workflow.fork.TaskType;
import io.github.djlqat.workflow.model.ModelSource;
import io.github.djlqat.workflow.model.Shapes;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CancellationException;
import org.apache.maven.artifact.Artifact;
import org.apache.maven.artifact.DependencyResolutionRequiredException;
import org.apache.maven.execution.MavenSession;
import org.apache.maven.plugin.AbstractMojo;
import org.apache.maven.plugin.MojoExecution;
import org.apache.maven.plugin.MojoExecutionException;
import org.apache.maven.plugin.MojoFailureException;
import org.apache.maven.plugins.annotations.Component;
import org.apache.maven.plugins.annotations.Parameter;
import org.apache.maven.project.MavenProject;
import org.apache.maven.toolchain.Toolchain;
import org.apache.maven.toolchain.ToolchainManager;
import org.jspecify.annotations.Nullable;

/** What all goals that run a task have in common: the model, and the process that opens it. */
@SuppressWarnings("NullAway.Init") // Maven sets the fields.
abstract class AbstractTaskMojo extends AbstractMojo {

    /** The model in floating point: a TorchScript file, or a folder of a DJL model. */
    @Parameter(property = "djlqat.model", required = true)
    protected File model;

    /**
     * The class that makes a DJL model's block, where its folder does not name one: an
     * ai.djl.nn.BlockFactory or a Block with a constructor without parameters, of this project or
     * its dependencies.
     */
    @Parameter(property = "djlqat.blockFactory")
    private @Nullable String blockFactory;

    /**
     * The shapes of one sample of each input, where neither the model nor the data tell: 3x32x32,
     * with semicolons between inputs.
     */
    @Parameter(property = "djlqat.inputShapes")
    private @Nullable String inputShapes;

    /** Where the quantized model is, or goes to; target/quantized/ with the model's name. */
    @Parameter(property = "djlqat.output")
    private @Nullable File output;

    /** Options of the JVM that runs the model, such as -Xmx4g. */
    @Parameter(property = "djlqat.jvmOptions")
    private List<String> jvmOptions = List.of();

    /** Whether to leave the goal out. */
    @Parameter(property = "djlqat.skip", defaultValue = "false")
    private boolean skip;

    /** The project that is built. */
    @Parameter(defaultValue = "${project}", readonly = true, required = true)
    protected MavenProject project;

    @Parameter(defaultValue = "${session}", readonly = true, required = true)
    private MavenSession session;

    /** This execution of the goal, whose id tells it from others of the same goal. */
    @Parameter(defaultValue = "${mojoExecution}", readonly = true, required = true)
    protected MojoExecution execution;

    @Parameter(defaultValue = "${plugin.artifacts}", readonly = true, required = true)
    private List<Artifact> pluginArtifacts;

    @Component private ToolchainManager toolchains;

    @Override
    public final void execute() throws MojoExecutionException, MojoFailureException {
        if (skip) {
            getLog().info("Skipped.");
            return;
        }
        try {
            run();
        } catch (WorkflowException | IllegalArgumentException e) {
            throw new MojoExecutionException(e.getMessage());
        } catch (CancellationException e) {
            throw new MojoExecutionException("Interrupted.", e);
        }
    }

    /** Does what the goal does. */
    abstract void run() throws MojoExecutionException, MojoFailureException;

    /** Runs a task in a process of its own. */
    final <Q, R> R fork(TaskType<Q, R> type, Q request) throws MojoExecutionException {
        return ForkedTask.quiet(java(), classPath(), jvmOptions)
                .run(type, request, new LogProgress(getLog()::info), getLog()::warn);
    }

    private Path java() {
        Toolchain jdk = toolchains.getToolchainFromBuildContext("jdk", session);
        String found = jdk == null ? null : jdk.findTool("java");
        return found == null ? ForkedTask.currentJava() : Path.of(found);
    }

    /** The plugin's own libraries come first: the project's may be of another version. */
    private List<Path> classPath() throws MojoExecutionException {
        Set<Path> files = new LinkedHashSet<>();
        for (Artifact artifact : pluginArtifacts) {
            if (artifact.getFile() != null) {
                files.add(artifact.getFile().toPath());
            }
        }
        files.addAll(projectClassPath());
        return List.copyOf(files);
    }

    private List<Path> projectClassPath() throws MojoExecutionException {
        try {
            return project.getRuntimeClasspathElements().stream().map(Path::of).toList();
        } catch (DependencyResolutionRequiredException e) {
            throw new MojoExecutionException("The project's dependencies are not resolved.", e);
        }
    }

    final ModelSource source(Path path) {
        return ModelSource.of(path)
                .withBlockFactory(blockFactory, List.of())
                .withInputShapes(inputShapes == null ? List.of() : Shapes.parseAll(inputShapes));
    }

    final Path output() {
        if (output != null) {
            return output.toPath();
        }
        return Path.of(project.getBuild().getDirectory(), "quantized", model.getName());
    }

    /**
     * Returns the quantized model.
     *
     * @throws IllegalArgumentException if it is not there
     */
    final Path quantized() {
        Path path = output();
        if (!Files.exists(path)) {
            throw new IllegalArgumentException(
                    "There is no quantized model " + path + "; run the goal quantize before.");
        }
        return path;
    }

    /** Makes what a goal makes. */
    @FunctionalInterface
    interface Work {
        void run() throws MojoExecutionException;
    }

    /**
     * Makes outputs, unless they are there as the same request made them of the same inputs.
     *
     * @param request what is asked for, all of it in its text
     * @param inputs what they are made of; the project's classes count as well
     * @param outputs what is made, the one that the log names first
     */
    final void make(Object request, List<Path> inputs, List<Path> outputs, Work work)
            throws MojoExecutionException {
        List<Path> all = new ArrayList<>(inputs);
        all.add(Path.of(project.getBuild().getOutputDirectory()));
        Path known =
                Path.of(
                        project.getBuild().getDirectory(),
                        "djl-qat",
                        execution.getGoal() + "-" + execution.getExecutionId() + ".json");
        try {
            Fingerprint fingerprint =
                    Fingerprint.of(known, request + execution.getPlugin().getVersion(), all);
            if (fingerprint.matches(outputs)) {
                getLog().info(outputs.get(0) + " is up to date.");
                return;
            }
            for (Path each : outputs) {
                Files.createDirectories(each.toAbsolutePath().getParent());
            }
            work.run();
            fingerprint.write(outputs);
        } catch (IOException e) {
            throw new MojoExecutionException(e.getMessage(), e);
        }
    }
}
