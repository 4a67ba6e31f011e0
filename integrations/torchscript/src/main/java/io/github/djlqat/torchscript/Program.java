package io.github.djlqat.torchscript;

import io.github.djlqat.torchscript.archive.TorchScriptArchive;
import io.github.djlqat.torchscript.code.ClassDefinition;
import io.github.djlqat.torchscript.code.FunctionDefinition;
import io.github.djlqat.torchscript.code.SourceFile;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The source of an archive: its classes and functions by their qualified names. */
final class Program {

    /** The folder of the source in an archive. */
    static final String FOLDER = "code/";

    private static final String EXTENSION = ".py";

    /** A class with its file. */
    record ClassSource(SourceFile file, ClassDefinition definition) {
        String qualifiedName() {
            return file.qualifier() + '.' + definition.name();
        }
    }

    /** A function with its file. */
    record FunctionSource(SourceFile file, FunctionDefinition definition) {
        String qualifiedName() {
            return file.qualifier() + '.' + definition.name();
        }
    }

    private final Map<String, ClassSource> classes = new LinkedHashMap<>();
    private final Map<String, FunctionSource> functions = new LinkedHashMap<>();

    private Program() {}

    static Program of(TorchScriptArchive archive) {
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

    Collection<ClassSource> classes() {
        return Collections.unmodifiableCollection(classes.values());
    }

    Collection<FunctionSource> functions() {
        return Collections.unmodifiableCollection(functions.values());
    }

    @Nullable ClassSource findClass(String qualifiedName) {
        return classes.get(qualifiedName);
    }

    @Nullable FunctionSource findFunction(String qualifiedName) {
        return functions.get(qualifiedName);
    }
}
