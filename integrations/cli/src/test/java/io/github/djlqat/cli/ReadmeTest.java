package io.github.djlqat.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.djlqat.testing.MarkdownCode;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Runs the commands of this page and of the first page exactly as they are printed, in a folder
 * with the files that they name.
 */
class ReadmeTest {

    private static final Path README = Path.of("README.md").toAbsolutePath();
    private static final Path FIRST_PAGE =
            Path.of("..", "..", "README.md").toAbsolutePath().normalize();
    private static final String BLOCK = "A DJL block";

    @TempDir private Path folder;

    @Test
    void everyCommandRunsAsPrinted() throws Exception {
        MarkdownCode page = MarkdownCode.read(README);
        Path jar = jar(page.code("java", BLOCK));
        try (URLClassLoader classes =
                new URLClassLoader(new URL[] {jar.toUri().toURL()}, getClass().getClassLoader())) {
            Fixture.writeReadmeFiles(folder, classes.loadClass("com.acme.Net"));
        }
        Files.writeString(folder.resolve("net/serving.properties"), page.code("properties", BLOCK));
        Path log = Files.createTempFile("readme", ".log");
        try {
            Process process =
                    new ProcessBuilder(
                                    Path.of(System.getProperty("java.home"), "bin", "java")
                                            .toString(),
                                    "-Xmx1g",
                                    "-Dai.djl.offline=true",
                                    "-Dorg.slf4j.simpleLogger.defaultLogLevel=error",
                                    "-cp",
                                    System.getProperty("java.class.path"),
                                    ConsoleRunner.class.getName(),
                                    README.toString(),
                                    FIRST_PAGE.toString())
                            .directory(folder.toFile())
                            .redirectErrorStream(true)
                            .redirectOutput(log.toFile())
                            .start();
            assertThat(process.waitFor(5, TimeUnit.MINUTES)).isTrue();
            assertThat(process.exitValue()).as(Files.readString(log)).isZero();
        } finally {
            Files.deleteIfExists(log);
        }
        assertThat(MarkdownCode.read(FIRST_PAGE).code("console", "Command line"))
                .contains("--output int8.onnx");
        assertThat(folder.resolve("int8.onnx")).isNotEmptyFile();
        assertThat(folder.resolve("report.html")).isNotEmptyFile();
        assertThat(folder.resolve("mixed.onnx")).isNotEmptyFile();
        assertThat(Files.readString(folder.resolve("mine.yaml"))).contains("w4a4");
    }

    private Path jar(String source) throws IOException {
        Path work = Files.createTempDirectory("net");
        Path file = work.resolve("Net.java");
        Files.writeString(file, source);
        int code =
                ToolProvider.getSystemJavaCompiler()
                        .run(
                                null,
                                null,
                                null,
                                "-proc:none",
                                "-cp",
                                System.getProperty("java.class.path"),
                                "-d",
                                work.toString(),
                                file.toString());
        assertThat(code).isZero();
        Path jar = folder.resolve("net.jar");
        Path compiled = work.resolve("com/acme/Net.class");
        try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar))) {
            out.putNextEntry(new JarEntry("com/acme/Net.class"));
            Files.copy(compiled, out);
        }
        for (Path made : List.of(compiled, compiled.getParent(), work.resolve("com"), file, work)) {
            Files.delete(made);
        }
        return jar;
    }
}
