package io.github.djlqat.samples.imageclassification;

import ai.djl.Application;
import ai.djl.repository.Artifact;
import ai.djl.repository.MRL;
import ai.djl.repository.Repository;
import java.io.IOException;
import java.nio.file.Path;

/** The datasets of DJL's own repository, downloaded once into DJL's cache. */
final class Downloads {

    private static final String REPOSITORY = "https://mlrepo.djl.ai/";
    private static final String GROUP = "ai.djl.basicdataset";

    private Downloads() {}

    /**
     * Downloads a dataset.
     *
     * @param dataset {@code cifar10} or {@code mnist}
     * @return the directory that holds its files
     * @throws IOException if it is not in the cache and cannot be downloaded
     */
    static Path get(String dataset) throws IOException {
        Repository repository = Repository.newInstance("BasicDataset", REPOSITORY);
        MRL resource = repository.dataset(Application.CV.IMAGE_CLASSIFICATION, GROUP, dataset);
        try {
            Artifact artifact = resource.getDefaultArtifact();
            if (artifact == null) {
                throw new IOException("there is no dataset \"" + dataset + "\"");
            }
            resource.prepare(artifact);
            return repository.getResourceDirectory(artifact);
        } catch (IOException e) {
            throw new IOException(
                    "The dataset "
                            + dataset
                            + " cannot be downloaded ("
                            + e.getMessage()
                            + "). Give a directory that holds its files with --data.",
                    e);
        }
    }
}
