package io.github.djlqat.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SnippetTest {

    @TempDir Path folder;

    @Test
    void blocksAreFoundByLanguageAndHeading() throws IOException {
        MarkdownCode page =
                page(
                        "# One",
                        "```java",
                        "int a;",
                        "```",
                        "## Two",
                        "```bash",
                        "# no heading",
                        "```");

        assertThat(page.blocks("bash"))
                .containsExactly(new MarkdownCode.Fenced("Two", "bash", 7, "# no heading\n"));
        assertThat(page.code("java", "One")).isEqualTo("int a;\n");
        assertThatThrownBy(() -> page.code("java", "Two")).hasMessageContaining("has 0 blocks");
    }

    @Test
    void anOpenFenceIsRefused() {
        assertThatThrownBy(() -> page("```java", "int a;"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("before line 2");
    }

    @Test
    void statementsRunWithTheirImportsVariablesAndMembers() throws Exception {
        Object result =
                JavaSnippet.of(
                                """
                                import java.util.stream.IntStream;
                                int sum = IntStream.of(twice(numbers.get(0)), numbers.get(1)).sum();
                                """)
                        .withImports("java.util.List")
                        .withMember("static int twice(int x) { return 2 * x; }")
                        .with("numbers", "List<Integer>", List.of(3, 4))
                        .run("sum");

        assertThat(result).isEqualTo(10);
    }

    @Test
    void whatDoesNotCompileFailsWithTheCompilersWords() {
        assertThatThrownBy(() -> JavaSnippet.of("int a = \"\";").run())
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("incompatible types");
    }

    @Test
    void exceptionsComeAsTheyAre() {
        assertThatThrownBy(
                        () ->
                                JavaSnippet.of("if (true) throw new java.io.IOException(\"no\");")
                                        .run())
                .isExactlyInstanceOf(IOException.class)
                .hasMessage("no");
    }

    private MarkdownCode page(String... lines) throws IOException {
        return MarkdownCode.read(Files.write(folder.resolve("page.md"), List.of(lines)));
    }
}
