package io.github.djlqat.extension.criteria;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDList;
import ai.djl.repository.zoo.Criteria;
import ai.djl.repository.zoo.ZooModel;
import io.github.djlqat.extension.Networks;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The module as a plain jar on the class path of a process of its own. */
class ClassPathTest {

    @TempDir Path folder;

    /** What the process runs. */
    public static final class Main {

        private Main() {}

        /** Loads a model of a folder and prints the class of its block. */
        public static void main(String[] args) throws Exception {
            try (ZooModel<NDList, NDList> model =
                    Criteria.builder()
                            .setTypes(NDList.class, NDList.class)
                            .optModelPath(Path.of(args[0]))
                            .optModelName("net")
                            .optBlock(Networks.block())
                            .optOption("quantization", "int8-weight-only")
                            .build()
                            .loadModel()) {
                System.out.println("block " + model.getBlock().getClass().getSimpleName());
            }
        }
    }

    private static Path classes() throws Exception {
        return Path.of(
                QuantizedEngine.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    }

    private Path jar(Path classes) throws IOException {
        Path jar = folder.resolve("djl-extension.jar");
        try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar));
                Stream<Path> files = Files.walk(classes)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                out.putNextEntry(
                        new JarEntry(classes.relativize(file).toString().replace('\\', '/')));
                Files.copy(file, out);
                out.closeEntry();
            }
        }
        return jar;
    }

    @Test
    void theLastJarOfTheClassPathIsFound() throws Exception {
        Path model = Networks.save(folder.resolve("model"), 1);
        Path classes = classes();
        List<String> path =
                new ArrayList<>(
                        Arrays.stream(
                                        System.getProperty(
                                                        "surefire.test.class.path",
                                                        System.getProperty("java.class.path"))
                                                .split(File.pathSeparator))
                                .filter(entry -> !Path.of(entry).equals(classes))
                                .toList());
        path.add(jar(classes).toString());
        ProcessBuilder builder =
                new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx512m",
                        "-Dai.djl.offline=true",
                        "-cp",
                        String.join(File.pathSeparator, path),
                        Main.class.getName(),
                        model.toString());
        builder.environment().put("OPT_OUT_TRACKING", "true");
        Path output = folder.resolve("output.txt");
        Process process = builder.redirectErrorStream(true).redirectOutput(output.toFile()).start();
        try {
            assertThat(process.waitFor(2, TimeUnit.MINUTES)).isTrue();
        } finally {
            process.destroyForcibly();
        }
        assertThat(Files.readAllLines(output)).contains("block ConvertedBlock");
        assertThat(process.exitValue()).isZero();
    }
}
