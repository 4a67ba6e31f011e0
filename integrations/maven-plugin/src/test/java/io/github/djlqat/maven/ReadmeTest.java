package io.github.djlqat.maven;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What this page and the first page print is what a build of {@code src/it} runs. */
class ReadmeTest {

    private static final Pattern XML = Pattern.compile("```xml\n(.*?)```", Pattern.DOTALL);
    private static final Pattern VERSION = Pattern.compile("<version>(.*?)</version>");

    @ParameterizedTest
    @ValueSource(strings = {"README.md", "../../README.md"})
    void thePluginThatIsPrintedIsTheOneThatIsRun(String page) throws Exception {
        List<String> blocks =
                XML.matcher(Files.readString(Path.of(page)))
                        .results()
                        .map(result -> result.group(1))
                        .filter(block -> block.contains("<plugin>"))
                        .toList();
        assertThat(blocks).hasSize(1);
        Matcher version = VERSION.matcher(Files.readString(Path.of("../../pom.xml")));
        assertThat(version.find()).isTrue();
        assertThat(Files.readString(Path.of("src", "it", "torchscript", "pom.xml")))
                .contains(blocks.get(0).replace(version.group(1), "@project.version@"));
    }
}
