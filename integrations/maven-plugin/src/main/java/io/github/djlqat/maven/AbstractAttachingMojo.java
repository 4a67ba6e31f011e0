package io.github.djlqat.maven;

import java.io.IOException;
import java.nio.file.Path;
import org.apache.maven.plugin.MojoExecutionException;
import org.apache.maven.plugins.annotations.Component;
import org.apache.maven.plugins.annotations.Parameter;
import org.apache.maven.project.MavenProjectHelper;

/** What goals have in common whose output may become an artifact of the project. */
@SuppressWarnings("NullAway.Init") // Maven sets the fields.
abstract class AbstractAttachingMojo extends AbstractTaskMojo {

    /** Whether the output becomes an artifact of the project; folders are packed. */
    @Parameter(property = "djlqat.attach", defaultValue = "true")
    private boolean attach;

    /** The artifact's classifier. */
    @Parameter(property = "djlqat.classifier", defaultValue = "quantized")
    private String classifier;

    @Component private MavenProjectHelper helper;

    /** Attaches an output, where that is asked for. */
    final void attach(Path output) throws MojoExecutionException {
        if (!attach) {
            return;
        }
        try {
            Attachment attachment = Attachment.of(output);
            helper.attachArtifact(
                    project, attachment.type(), classifier, attachment.file().toFile());
        } catch (IOException e) {
            throw new MojoExecutionException(e.getMessage(), e);
        }
    }
}
