package io.github.djlqat.maven;

import io.github.djlqat.workflow.ExportRequest;
import io.github.djlqat.workflow.ExportResult;
import io.github.djlqat.workflow.fork.TaskType;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.apache.maven.plugin.MojoExecutionException;
import org.apache.maven.plugins.annotations.Component;
import org.apache.maven.plugins.annotations.LifecyclePhase;
import org.apache.maven.plugins.annotations.Mojo;
import org.apache.maven.plugins.annotations.Parameter;
import org.apache.maven.plugins.annotations.ResolutionScope;
import org.apache.maven.project.MavenProjectHelper;

/**
 * Exports the quantized model as a file of another kind, which its name tells: .onnx, .pt,
 * .safetensors, or a folder of a DJL model.
 */
@Mojo(
        name = "export",
        defaultPhase = LifecyclePhase.PACKAGE,
        requiresDependencyResolution = ResolutionScope.RUNTIME,
        threadSafe = true)
@SuppressWarnings("NullAway.Init") // Maven sets the fields.
public final class ExportMojo extends AbstractTaskMojo {

    /** The file or folder that is written. */
    @Parameter(property = "djlqat.exportTo", required = true)
    private File exportTo;

    /** Whether the file becomes an artifact of the project; folders are packed. */
    @Parameter(property = "djlqat.attach", defaultValue = "true")
    private boolean attach;

    /** The artifact's classifier. */
    @Parameter(property = "djlqat.classifier", defaultValue = "quantized")
    private String classifier;

    @Component private MavenProjectHelper helper;

    @Override
    void run() throws MojoExecutionException {
        Path from = output();
        Path to = exportTo.toPath();
        if (!Files.exists(from)) {
            throw new IllegalArgumentException(
                    "There is no quantized model " + from + "; run the goal quantize before.");
        }
        ExportRequest request = new ExportRequest(source(from), null, to);
        try {
            Fingerprint fingerprint =
                    Fingerprint.of(
                            fingerprint("export"),
                            request + execution.getPlugin().getVersion(),
                            List.of(from));
            if (fingerprint.matches(List.of(to))) {
                getLog().info(to + " is up to date.");
            } else {
                Files.createDirectories(to.toAbsolutePath().getParent());
                ExportResult result = fork(TaskType.EXPORT, request);
                getLog().info(String.format(Locale.ROOT, "%s: %.1f kB", to, result.bytes() / 1e3));
                fingerprint.write(List.of(to));
            }
            if (attach) {
                Attachment attachment = Attachment.of(to);
                helper.attachArtifact(
                        project, attachment.type(), classifier, attachment.file().toFile());
            }
        } catch (IOException e) {
            throw new MojoExecutionException(e.getMessage(), e);
        }
    }
}
