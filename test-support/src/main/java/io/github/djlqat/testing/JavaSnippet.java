package io.github.djlqat.testing;

import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.tools.Diagnostic;
import javax.tools.DiagnosticCollector;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.jspecify.annotations.Nullable;

/**
 * Java statements as they are printed in a page, compiled and run as the body of a method. Imports
 * at their beginning become the class's; a page that leaves them out has them given here.
 *
 * <pre>{@code
 * Object converted =
 *         JavaSnippet.of(MarkdownCode.read(Path.of("README.md")).code("java", "Ten lines"))
 *                 .withImports("ai.djl.Model", "io.github.djlqat.fakequant.*")
 *                 .with("model", "Model", model)
 *                 .run("converted");
 * }</pre>
 */
public final class JavaSnippet {

    private static final String CLASS = "Snippet";

    private record Variable(String type, @Nullable Object value) {}

    private final String code;
    private final List<String> imports = new ArrayList<>();
    private final List<String> declarations = new ArrayList<>();
    private final Map<String, Variable> variables = new LinkedHashMap<>();

    private JavaSnippet(String code) {
        this.code = code;
    }

    /**
     * Takes statements.
     *
     * @param code the statements, imports first
     * @return a snippet to give what it needs to
     */
    public static JavaSnippet of(String code) {
        return new JavaSnippet(code);
    }

    /**
     * Adds imports that the page leaves out.
     *
     * @param names classes, or packages with {@code .*}
     * @return this snippet
     */
    public JavaSnippet withImports(String... names) {
        imports.addAll(List.of(names));
        return this;
    }

    /**
     * Adds a member of the class that the statements stand in, such as a nested class that they
     * name.
     *
     * @param declaration the source of a static member
     * @return this snippet
     */
    public JavaSnippet withMember(String declaration) {
        declarations.add(declaration);
        return this;
    }

    /**
     * Gives a variable that the statements use.
     *
     * @param name its name
     * @param type its type, as it is written in source that has the imports
     * @param value its value
     * @return this snippet
     */
    public JavaSnippet with(String name, String type, @Nullable Object value) {
        variables.put(name, new Variable(type, value));
        return this;
    }

    /**
     * Compiles and runs the statements.
     *
     * @throws AssertionError if they do not compile; the message holds what the compiler says
     * @throws Exception what they throw
     */
    public void run() throws Exception {
        run("null");
    }

    /**
     * Compiles and runs the statements, and returns what a variable of theirs holds then.
     *
     * @param result an expression, evaluated after the last statement
     * @return its value
     * @throws AssertionError if they do not compile; the message holds what the compiler says
     * @throws Exception what they throw
     */
    public @Nullable Object run(String result) throws Exception {
        Path folder = Files.createTempDirectory("snippet");
        try {
            compile(folder, source(result));
            try (URLClassLoader loader = loader(folder)) {
                return Stream.of(loader.loadClass(CLASS).getMethods())
                        .filter(method -> method.getName().equals("run"))
                        .findFirst()
                        .orElseThrow()
                        .invoke(null, variables.values().stream().map(Variable::value).toArray());
            } catch (InvocationTargetException e) {
                if (e.getCause() instanceof Exception cause) {
                    throw cause;
                }
                throw e;
            }
        } finally {
            delete(folder);
        }
    }

    private static URLClassLoader loader(Path folder) throws MalformedURLException {
        return new URLClassLoader(
                new URL[] {folder.toUri().toURL()}, Thread.currentThread().getContextClassLoader());
    }

    private String source(String result) {
        Map<Boolean, List<String>> lines =
                code.lines().collect(Collectors.partitioningBy(line -> line.startsWith("import ")));
        String parameters =
                variables.entrySet().stream()
                        .map(entry -> entry.getValue().type() + " " + entry.getKey())
                        .collect(Collectors.joining(", "));
        return Stream.of(
                        imports.stream().map(name -> "import " + name + ";"),
                        lines.getOrDefault(true, List.of()).stream(),
                        Stream.of("public final class " + CLASS + " {"),
                        declarations.stream(),
                        Stream.of(
                                "public static Object run(" + parameters + ") throws Exception {"),
                        lines.getOrDefault(false, List.of()).stream(),
                        Stream.of("return " + result + ";", "}", "}"))
                .flatMap(part -> part)
                .collect(Collectors.joining("\n"));
    }

    private static void compile(Path folder, String source) throws IOException {
        Path file = Files.writeString(folder.resolve(CLASS + ".java"), source);
        JavaCompiler compiler =
                Objects.requireNonNull(
                        ToolProvider.getSystemJavaCompiler(), "tests run on a JDK, not on a JRE");
        DiagnosticCollector<JavaFileObject> found = new DiagnosticCollector<>();
        // surefire's own class path is a jar that only names the others
        String path =
                System.getProperty(
                        "surefire.test.class.path", System.getProperty("java.class.path"));
        try (StandardJavaFileManager files = compiler.getStandardFileManager(found, null, null)) {
            boolean compiled =
                    compiler.getTask(
                                    null,
                                    files,
                                    found,
                                    List.of(
                                            "-proc:none",
                                            "-classpath",
                                            path,
                                            "-d",
                                            folder.toString()),
                                    null,
                                    files.getJavaFileObjects(file))
                            .call();
            if (!compiled) {
                throw new AssertionError(
                        found.getDiagnostics().stream()
                                        .filter(d -> d.getKind() == Diagnostic.Kind.ERROR)
                                        .map(d -> d.getLineNumber() + ": " + d.getMessage(null))
                                        .collect(Collectors.joining("\n"))
                                + "\n\n"
                                + source);
            }
        }
    }

    private static void delete(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
        }
        Files.delete(folder);
    }
}
