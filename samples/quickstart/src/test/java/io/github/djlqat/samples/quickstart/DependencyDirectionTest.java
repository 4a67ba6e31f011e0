package io.github.djlqat.samples.quickstart;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Imports point downwards only: samples, integrations, capabilities, core, DJL's API. */
class DependencyDirectionTest {

    private static final Path ROOT = Path.of("..", "..").toAbsolutePath().normalize();
    private static final String OWN = "io.github.djlqat.";

    /** From below to above. */
    private enum Layer {
        CORE,
        CAPABILITY,
        INTEGRATION,
        SAMPLE;

        static Layer of(String module) {
            if (module.startsWith("samples/")) {
                return SAMPLE;
            }
            if (module.startsWith("integrations/")) {
                return INTEGRATION;
            }
            return switch (module) {
                case "fake-quant", "mixed-precision" -> CAPABILITY;
                case "qat-core", "test-support" -> CORE;
                default ->
                        throw new IllegalArgumentException(
                                module + " belongs to no layer of this project.");
            };
        }
    }

    private static SourceTree sources;
    private static List<String> modules;

    /** The module of each package. */
    private static final Map<String, Set<String>> HOMES = new TreeMap<>();

    /** The packages of this project that each package needs. */
    private static final Map<String, Set<String>> NEEDS = new TreeMap<>();

    @BeforeAll
    static void read() throws IOException {
        modules = ProjectFile.read(ROOT.resolve("pom.xml")).modules();
        sources = SourceTree.read(ROOT);
        for (SourceTree.SourceFile file : sources.files()) {
            HOMES.computeIfAbsent(file.packageName(), name -> new TreeSet<>()).add(file.module());
        }
        for (SourceTree.SourceFile file : sources.files()) {
            Set<String> needs = NEEDS.computeIfAbsent(file.packageName(), name -> new TreeSet<>());
            for (String name : file.names()) {
                if (name.startsWith(OWN)) {
                    needs.add(packageOf(name));
                }
            }
            needs.remove(file.packageName());
        }
    }

    /** The longest package of this project that a class or member of this name can be in. */
    private static String packageOf(String name) {
        String prefix = name;
        while (!HOMES.containsKey(prefix)) {
            int dot = prefix.lastIndexOf('.');
            if (dot < 0) {
                throw new IllegalArgumentException(name + " is in no package of this project.");
            }
            prefix = prefix.substring(0, dot);
        }
        return prefix;
    }

    @Test
    void everyModuleIsLookedAt() {
        assertThat(HOMES.values().stream().flatMap(Set::stream)).containsAll(modules);
        assertThat(NEEDS.get(OWN + "fakequant")).contains(OWN + "intercept");
        assertThat(NEEDS.get(OWN + "samples.common.training")).contains(OWN + "onnx");
    }

    @Test
    void aPackageIsInOneModule() {
        assertThat(HOMES).allSatisfy((name, homes) -> assertThat(homes).as(name).hasSize(1));
    }

    @Test
    void importsPointDownwards() {
        NEEDS.forEach(
                (name, needs) ->
                        assertThat(needs)
                                .as(name)
                                .allSatisfy(
                                        other ->
                                                assertThat(layer(other))
                                                        .as(other)
                                                        .isLessThanOrEqualTo(layer(name))));
    }

    private static Layer layer(String name) {
        return Layer.of(HOMES.get(name).iterator().next());
    }

    @Test
    void modulesDependDownwards() throws IOException {
        Map<String, Layer> artifacts = new TreeMap<>();
        for (String module : modules) {
            artifacts.put(pom(module).text("artifactId"), Layer.of(module));
        }
        for (String module : modules) {
            for (ProjectFile dependency : pom(module).all("dependency")) {
                if (dependency.text("groupId").equals("io.github.djlqat")
                        && !dependency.text("scope").equals("test")) {
                    assertThat(artifacts.get(dependency.text("artifactId")))
                            .as(module + " on " + dependency.text("artifactId"))
                            .isLessThanOrEqualTo(Layer.of(module));
                }
            }
        }
    }

    private static ProjectFile pom(String module) throws IOException {
        return ProjectFile.read(ROOT.resolve(module).resolve("pom.xml"));
    }

    @Test
    void packagesAreFreeOfCycles() {
        Set<String> done = new TreeSet<>();
        NEEDS.keySet().forEach(name -> visit(name, new ArrayList<>(), done));
    }

    private static void visit(String name, List<String> path, Set<String> done) {
        assertThat(path).as("packages that need each other").doesNotContain(name);
        if (done.contains(name)) {
            return;
        }
        path.add(name);
        NEEDS.getOrDefault(name, Set.of()).forEach(other -> visit(other, path, done));
        path.remove(name);
        done.add(name);
    }

    @Test
    void formatsStandAlone() {
        assertThat(NEEDS.get(OWN + "format")).isEmpty();
    }

    @Test
    void conventionsStandOnFormatsAlone() {
        assertThat(NEEDS.get(OWN + "convention")).isSubsetOf(OWN + "format");
    }

    @Test
    void schemesStandOnFormatsAndConventions() {
        assertThat(NEEDS.get(OWN + "scheme")).isSubsetOf(OWN + "format", OWN + "convention");
    }

    @Test
    void capabilitiesAreIndependent() {
        NEEDS.forEach(
                (name, needs) -> {
                    if (layer(name) == Layer.CAPABILITY) {
                        assertThat(needs)
                                .as(name)
                                .filteredOn(other -> layer(other) == Layer.CAPABILITY)
                                .allMatch(other -> HOMES.get(other).equals(HOMES.get(name)));
                    }
                });
    }

    @Test
    void theEngineIsReachedThroughDjlOnlyOrByTheModuleOfItsFiles() {
        for (SourceTree.SourceFile file : sources.files()) {
            if (file.module().equals("integrations/torchscript")) {
                continue;
            }
            assertThat(file.names())
                    .as(file.unit().getSourceFile().getName())
                    .noneMatch(name -> name.startsWith("ai.djl.pytorch."));
        }
    }
}
