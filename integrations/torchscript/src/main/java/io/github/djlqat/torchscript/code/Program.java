package io.github.djlqat.torchscript.code;

import io.github.djlqat.torchscript.archive.TorchScriptArchive;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The source of an archive: its classes and functions by their qualified names. */
public final class Program {

    /** The folder of the source in an archive. */
    public static final String FOLDER = "code/";

    private static final String EXTENSION = ".py";

    /**
     * A class with its file.
     *
     * @param file the file
     * @param definition the class
     */
    public record ClassSource(SourceFile file, ClassDefinition definition) {
        /**
         * Returns the name with the file's.
         *
         * @return the qualified name
         */
        public String qualifiedName() {
            return file.qualifier() + '.' + definition.name();
        }
    }

    /**
     * A function with its file.
     *
     * @param file the file
     * @param definition the function
     */
    public record FunctionSource(SourceFile file, FunctionDefinition definition) {
        /**
         * Returns the name with the file's.
         *
         * @return the qualified name
         */
        public String qualifiedName() {
            return file.qualifier() + '.' + definition.name();
        }
    }

    private final Map<String, ClassSource> classes = new LinkedHashMap<>();
    private final Map<String, FunctionSource> functions = new LinkedHashMap<>();

    private Program() {}

    /**
     * Parses the source of an archive.
     *
     * @param archive the archive
     * @return its classes and functions
     * @throws io.github.djlqat.torchscript.error.TorchScriptException if a file is not of
     *     TorchScript's dialect
     */
    public static Program of(TorchScriptArchive archive) {
        Program program = new Program();
        for (String name : archive.names()) {
            if (name.startsWith(FOLDER) && name.endsWith(EXTENSION)) {
                // One character for each byte, so that what is not changed keeps its bytes.
                String text = new String(archive.bytes(name), StandardCharsets.ISO_8859_1);
                program.add(SourceFile.parse(name.substring(FOLDER.length()), text));
            }
        }
        return program;
    }

    private void add(SourceFile file) {
        file.classes()
                .forEach(
                        definition -> {
                            ClassSource source = new ClassSource(file, definition);
                            classes.put(source.qualifiedName(), source);
                        });
        file.functions()
                .forEach(
                        definition -> {
                            FunctionSource source = new FunctionSource(file, definition);
                            functions.put(source.qualifiedName(), source);
                        });
    }

    /**
     * Returns all classes.
     *
     * @return an unmodifiable view
     */
    public Collection<ClassSource> classes() {
        return Collections.unmodifiableCollection(classes.values());
    }

    /**
     * Returns all free functions.
     *
     * @return an unmodifiable view
     */
    public Collection<FunctionSource> functions() {
        return Collections.unmodifiableCollection(functions.values());
    }

    /**
     * Finds a class.
     *
     * @param qualifiedName its name with the file's
     * @return the class, or null if there is none
     */
    public @Nullable ClassSource findClass(String qualifiedName) {
        return classes.get(qualifiedName);
    }

    /**
     * Finds a function.
     *
     * @param qualifiedName its name with the file's
     * @return the function, or null if there is none
     */
    public @Nullable FunctionSource findFunction(String qualifiedName) {
        return functions.get(qualifiedName);
    }
}
