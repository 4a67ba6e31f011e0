package io.github.djlqat.maven;

import io.github.djlqat.workflow.ExportRequest;
import io.github.djlqat.workflow.Summaries;
import io.github.djlqat.workflow.fork.TaskType;
import java.io.File;
import java.nio.file.Path;
import java.util.List;
import org.apache.maven.plugin.MojoExecutionException;
import org.apache.maven.plugins.annotations.LifecyclePhase;
import org.apache.maven.plugins.annotations.Mojo;
import org.apache.maven.plugins.annotations.Parameter;
import org.apache.maven.plugins.annotations.ResolutionScope;

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
public final class ExportMojo extends AbstractAttachingMojo {

    /** The file or folder that is written. */
    @Parameter(property = "djlqat.exportTo", required = true)
    private File exportTo;

    @Override
    void run() throws MojoExecutionException {
        Path from = quantized();
        Path to = exportTo.toPath();
        ExportRequest request = new ExportRequest(source(from), null, to);
        make(
                request,
                List.of(from),
                List.of(to),
                () -> getLog().info(Summaries.of(fork(TaskType.EXPORT, request))));
        attach(to);
    }
}
