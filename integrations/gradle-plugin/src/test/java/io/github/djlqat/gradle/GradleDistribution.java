package io.github.djlqat.gradle;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.jar.JarFile;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * Lays the one JAR that a plugin is compiled against out as Gradle's distribution, which is in no
 * Maven repository. The JAR has the classes of all of Gradle's modules; Gradle looks each module up
 * by the name of a JAR of its own, with a manifest.
 */
final class GradleDistribution {

    private static final String MANIFEST = "-classpath.properties";
    private static final String CLASSES = "classes-1.jar";

    /** What the class loader of processes without a build, such as a compiler's, is made of. */
    private static final List<String> WITH_CLASSES =
            List.of("gradle-core", "gradle-core-api", "gradle-base-services", "gradle-worker-main");

    /** Modules of others that are looked up. Their classes are among Gradle's. */
    private static final List<String> OTHERS =
            List.of(
                    "ant",
                    "ant-launcher",
                    "asm",
                    "guava",
                    "javax.inject",
                    "jcl-over-slf4j",
                    "kryo",
                    "slf4j-api");

    private GradleDistribution() {}

    /**
     * Makes the folder {@code lib}.
     *
     * @param classPath what Gradle's classes need, and they
     */
    static void layOut(Path folder, List<Path> classPath) throws IOException {
        Path lib = Files.createDirectories(folder.resolve("lib"));
        Files.createDirectories(lib.resolve("plugins"));
        for (Path file : classPath) {
            String name = file.getFileName().toString();
            if (name.startsWith("gradle-api-")) {
                link(file, lib.resolve(CLASSES));
                modules(file, name.replaceAll("gradle-api-(.*)\\.jar", "$1"), lib);
            } else {
                link(file, lib.resolve(name));
            }
        }
        for (String module : OTHERS) {
            jar(lib.resolve(module + "-1.jar"), "META-INF/" + module, "");
        }
    }

    private static void modules(Path file, String version, Path lib) throws IOException {
        try (JarFile jar = new JarFile(file.toFile())) {
            jar.stream()
                    .map(ZipEntry::getName)
                    .filter(name -> name.endsWith(MANIFEST))
                    .forEach(name -> module(name, version, lib));
        }
    }

    private static void module(String manifest, String version, Path lib) {
        String module = manifest.substring(0, manifest.length() - MANIFEST.length());
        String classes = WITH_CLASSES.contains(module) ? CLASSES : "";
        jar(
                lib.resolve(module + "-" + version + ".jar"),
                manifest,
                "projects=\nruntime=" + classes + "\n");
    }

    private static void jar(Path file, String entry, String content) {
        try (ZipOutputStream jar = new ZipOutputStream(Files.newOutputStream(file))) {
            jar.putNextEntry(new ZipEntry(entry));
            jar.write(content.getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void link(Path file, Path link) throws IOException {
        try {
            Files.createLink(link, file);
        } catch (FileSystemException | UnsupportedOperationException e) {
            Files.copy(file, link);
        }
    }
}
