package io.github.djlqat.samples.quickstart;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.djlqat.testing.MarkdownCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What the pages say of modules, versions, commands and each other is so. */
class ReadmeProjectTest {

    private static final Path ROOT = Path.of("..", "..").toAbsolutePath().normalize();
    private static final Pattern OPTION = Pattern.compile("-(pl|P) ?(\\S+)");
    private static final Pattern LINK = Pattern.compile("\\]\\(([^)#\\s]*)(#[^)\\s]*)?\\)");

    private static ProjectFile project;

    @BeforeAll
    static void read() throws IOException {
        project = ProjectFile.read(ROOT.resolve("pom.xml"));
    }

    private static List<Path> pages() throws IOException {
        List<Path> pages = new ArrayList<>(List.of(ROOT.resolve("README.md")));
        List<Path> folders = new ArrayList<>(List.of(ROOT.resolve("samples")));
        project.modules().forEach(module -> folders.add(ROOT.resolve(module)));
        for (Path folder : folders) {
            try (Stream<Path> files = Files.list(folder)) {
                files.filter(file -> file.toString().endsWith(".md")).forEach(pages::add);
            }
        }
        return pages;
    }

    @Test
    void dependenciesAreThoseTheProjectIsBuiltWith() throws IOException {
        Map<String, String> own = Map.of("io.github.djlqat", project.text("version"));
        ProjectFile properties = project.all("properties").get(0);
        String djl = properties.text("djl.version");
        String pytorch = properties.text("pytorch.version");
        Map<String, String> engine =
                Map.of(
                        "pytorch-engine", djl,
                        "pytorch-jni", pytorch + "-" + djl,
                        "pytorch-native-cpu", pytorch);
        List<String> artifacts = new ArrayList<>();
        for (String module : project.modules()) {
            artifacts.add(
                    ProjectFile.read(ROOT.resolve(module).resolve("pom.xml")).text("artifactId"));
        }
        List<ProjectFile> dependencies =
                ProjectFile.parse(MarkdownCode.read(ROOT.resolve("README.md")).code("xml", "Java"))
                        .all("dependency");

        assertThat(dependencies)
                .extracting(dependency -> dependency.text("artifactId"))
                .contains("fake-quant", "onnx", "torchscript", "safetensors")
                .containsAll(engine.keySet());
        for (ProjectFile dependency : dependencies) {
            String name = dependency.text("artifactId");
            String group = dependency.text("groupId");
            if (own.containsKey(group)) {
                assertThat(artifacts).contains(name);
                assertThat(dependency.text("version")).as(name).isEqualTo(own.get(group));
            } else {
                assertThat(group).isEqualTo("ai.djl.pytorch");
                assertThat(dependency.text("version")).as(name).isEqualTo(engine.get(name));
            }
        }
        assertThat(project.all("pytorch.native.classifier"))
                .extracting(classifier -> classifier.root().getTextContent())
                .contains(dependencies.get(dependencies.size() - 1).text("classifier"));
    }

    @Test
    void theFirstTwoCommandsAreTheSampleAndTheTests() throws IOException {
        assertThat(MarkdownCode.read(ROOT.resolve("README.md")).blocks("bash").subList(0, 2))
                .extracting(MarkdownCode.Fenced::code)
                .containsExactly(
                        "mvn -q -Prun -pl samples/quickstart -am verify\n", "mvn -B verify\n");
    }

    @Test
    void commandsNameModulesAndProfilesThatAreThere() throws IOException {
        List<String> profiles = new ArrayList<>();
        List<Path> files = new ArrayList<>(List.of(ROOT.resolve("pom.xml")));
        project.modules().forEach(module -> files.add(ROOT.resolve(module).resolve("pom.xml")));
        for (Path file : files) {
            ProjectFile.read(file)
                    .all("profile")
                    .forEach(profile -> profiles.add(profile.text("id")));
        }
        int found = 0;
        for (Path page : pages()) {
            for (MarkdownCode.Fenced block : MarkdownCode.read(page).blocks("bash")) {
                if (!block.code().contains("mvn ")) {
                    continue;
                }
                for (MatchResult option : OPTION.matcher(block.code()).results().toList()) {
                    assertThat(option.group(1).equals("pl") ? project.modules() : profiles)
                            .as(page + ":" + block.line())
                            .contains(option.group(2));
                    found++;
                }
            }
        }
        assertThat(found).isGreaterThan(10);
    }

    @Test
    void linksLeadToPagesAndHeadings() throws IOException {
        int found = 0;
        for (Path page : pages()) {
            for (MatchResult link : LINK.matcher(Files.readString(page)).results().toList()) {
                if (link.group(1).contains(":")) {
                    continue;
                }
                Path target = link.group(1).isEmpty() ? page : page.resolveSibling(link.group(1));
                assertThat(target).as(page + ": " + link.group()).exists();
                if (link.group(2) != null) {
                    assertThat(anchors(target)).as(page.toString()).contains(link.group(2));
                }
                found++;
            }
        }
        assertThat(found).isGreaterThan(30);
    }

    /** The headings as they are linked to: words in small letters, joined. */
    private static List<String> anchors(Path page) throws IOException {
        return Files.readAllLines(page).stream()
                .filter(line -> line.matches("#+ .*"))
                .map(line -> line.replaceFirst("#+ ", "").toLowerCase(Locale.ROOT))
                .map(line -> "#" + line.replaceAll("[^\\p{L}\\p{N} _-]", "").replace(' ', '-'))
                .toList();
    }
}
