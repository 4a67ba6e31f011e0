package io.github.djlqat.maven;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** What the page prints is what a build of {@code src/it} runs. */
class ReadmeTest {

    private static final Pattern XML = Pattern.compile("```xml\n(.*?)```", Pattern.DOTALL);

    @Test
    void thePomThatIsPrintedIsTheOneThatIsRun() throws Exception {
        String page = Files.readString(Path.of("README.md"));
        List<String> blocks = XML.matcher(page).results().map(result -> result.group(1)).toList();
        String pom = Files.readString(Path.of("src", "it", "torchscript", "pom.xml"));
        assertThat(blocks).hasSize(1);
        assertThat(pom.replace("@project.version@", "0.1.0-SNAPSHOT")).contains(blocks.get(0));
    }
}
