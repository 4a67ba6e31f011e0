package io.github.djlqat.samples.quickstart;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.djlqat.recipe.RecipeFormat;
import io.github.djlqat.recipe.RecipeReader;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.tools.Diagnostic;
import javax.tools.DiagnosticCollector;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Compiles the README's Java and reads its recipes.
 *
 * <p>A snippet is the body of a method, with imports before it if it likes. What it uses without
 * declaring is a field of {@link ReadmeContext}.
 */
class ReadmeTest {

    private static final Path README = Path.of("..", "..", "README.md");
    private static final String FENCE = "```";
    private static final List<String> IMPORTS =
            List.of(
                    "ai.djl",
                    "ai.djl.ndarray",
                    "ai.djl.ndarray.types",
                    "ai.djl.nn",
                    "ai.djl.training",
                    "ai.djl.training.dataset",
                    "ai.djl.training.loss",
                    "ai.djl.training.optimizer",
                    "io.github.djlqat.fakequant",
                    "io.github.djlqat.format",
                    "io.github.djlqat.graph",
                    "io.github.djlqat.intercept",
                    "io.github.djlqat.onnx",
                    "io.github.djlqat.recipe",
                    "io.github.djlqat.safetensors",
                    "io.github.djlqat.scheme",
                    "java.nio.file",
                    "java.util");

    /** A fenced block, and the line of the README that it begins on. */
    private record Snippet(int line, List<String> lines) {
        String text() {
            return String.join("\n", lines) + "\n";
        }
    }

    private static List<Snippet> snippets(String language) throws IOException {
        List<Snippet> found = new ArrayList<>();
        List<String> lines = Files.readAllLines(README);
        for (int i = 0; i < lines.size(); i++) {
            if (!lines.get(i).startsWith(FENCE)) {
                continue;
            }
            int end = i + 1;
            while (!lines.get(end).startsWith(FENCE)) {
                end++;
            }
            if (lines.get(i).equals(FENCE + language)) {
                found.add(new Snippet(i + 2, List.copyOf(lines.subList(i + 1, end))));
            }
            i = end;
        }
        return found;
    }

    private static Stream<Named<Snippet>> named(String language) throws IOException {
        return snippets(language).stream().map(s -> Named.of("README.md:" + s.line(), s));
    }

    static Stream<Named<Snippet>> javaSnippets() throws IOException {
        return named("java");
    }

    static Stream<Named<Snippet>> recipes() throws IOException {
        return named("yaml");
    }

    @ParameterizedTest
    @MethodSource("javaSnippets")
    void javaCompiles(Snippet snippet, @TempDir Path classes) {
        assertThat(errors(snippet, classes)).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("recipes")
    void recipesAreLegal(Snippet snippet) {
        assertThat(RecipeReader.read(snippet.text(), RecipeFormat.YAML).name()).isNotBlank();
    }

    @Test
    void aSnippetThatDoesNotCompileIsFound(@TempDir Path classes) {
        Snippet wrong = new Snippet(7, List.of("import java.net.URI;", "", "URI.none();"));
        assertThat(errors(wrong, classes))
                .singleElement()
                .asString()
                .startsWith("README.md:9: cannot find symbol");
    }

    @Test
    void dependenciesAreThoseTheProjectIsBuiltWith() throws IOException {
        String pom = Files.readString(README.resolveSibling("pom.xml"));
        String own = tag(pom, "version");
        String djl = tag(pom, "djl.version");
        String pytorch = tag(pom, "pytorch.version");
        List<String> versions =
                snippets("xml").stream()
                        .flatMap(snippet -> snippet.lines().stream())
                        .filter(line -> line.contains("<version>"))
                        .map(line -> tag(line, "version"))
                        .toList();
        assertThat(versions).containsExactly(own, own, djl, pytorch + "-" + djl, pytorch);
    }

    /** The text of the first element of a name. */
    private static String tag(String xml, String name) {
        int start = xml.indexOf("<" + name + ">") + name.length() + 2;
        return xml.substring(start, xml.indexOf("</" + name + ">", start));
    }

    @Test
    void theFirstTwoCommandsAreTheSampleAndTheTests() throws IOException {
        assertThat(snippets("bash").subList(0, 2))
                .extracting(Snippet::text)
                .containsExactly(
                        "mvn -q -Prun -pl samples/quickstart -am verify\n", "mvn -B verify\n");
    }

    private static List<String> errors(Snippet snippet, Path classes) {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        assertThat(compiler).as("a compiler; tests run on a JDK").isNotNull();
        DiagnosticCollector<JavaFileObject> found = new DiagnosticCollector<>();
        String head = head();
        boolean compiled =
                compiler.getTask(
                                null,
                                null,
                                found,
                                List.of(
                                        "--release",
                                        "17",
                                        "-proc:none",
                                        "-classpath",
                                        System.getProperty("java.class.path"),
                                        "-d",
                                        classes.toString()),
                                null,
                                List.of(new Source(head + body(snippet))))
                        .call();
        List<String> errors =
                found.getDiagnostics().stream()
                        .filter(d -> d.getKind() == Diagnostic.Kind.ERROR)
                        .map(d -> message(d, snippet.line() - 1 - head.lines().count()))
                        .toList();
        assertThat(compiled).isEqualTo(errors.isEmpty());
        return errors;
    }

    private static String message(Diagnostic<?> diagnostic, long offset) {
        return "README.md:"
                + (diagnostic.getLineNumber() + offset)
                + ": "
                + diagnostic.getMessage(null);
    }

    /** Everything on whole lines before the snippet's first. */
    private static String head() {
        return "package "
                + ReadmeContext.class.getPackageName()
                + ";\n"
                + IMPORTS.stream().map(p -> "import " + p + ".*;\n").collect(Collectors.joining());
    }

    /** The snippet with each line where it was: imports outside of the class, the rest in it. */
    private static String body(Snippet snippet) {
        String open = "final class Snippet extends ReadmeContext { void run() throws Exception {";
        List<String> lines = new ArrayList<>(snippet.lines());
        int first = 0;
        while (first < lines.size()
                && (lines.get(first).isBlank() || lines.get(first).startsWith("import "))) {
            first++;
        }
        lines.set(first, open + " " + lines.get(first));
        return String.join("\n", lines) + "\n}}\n";
    }

    private static final class Source extends SimpleJavaFileObject {
        private final String text;

        Source(String text) {
            super(URI.create("string:///Snippet.java"), Kind.SOURCE);
            this.text = text;
        }

        @Override
        public CharSequence getCharContent(boolean ignoreEncodingErrors) {
            return text;
        }
    }
}
