package io.github.djlqat.torchscript.code;

import io.github.djlqat.torchscript.error.TorchScriptException;
import java.util.List;

/**
 * A parsed file.
 *
 * @param path its path below the archive's {@code code} folder, such as {@code
 *     __torch__/torch/nn/modules/conv.py}
 * @param text its text
 * @param classes its classes
 * @param functions its functions that are no methods
 */
public record SourceFile(
        String path,
        String text,
        List<ClassDefinition> classes,
        List<FunctionDefinition> functions) {

    private static final String EXTENSION = ".py";

    /**
     * Copies the lists.
     *
     * @param path its path below the archive's {@code code} folder, such as {@code
     *     __torch__/torch/nn/modules/conv.py}
     * @param text its text
     * @param classes its classes
     * @param functions its functions that are no methods
     */
    public SourceFile {
        classes = List.copyOf(classes);
        functions = List.copyOf(functions);
    }

    /**
     * Parses a file.
     *
     * @param path its path below the archive's {@code code} folder
     * @param text its text
     * @return the file
     * @throws TorchScriptException if the text is not of TorchScript's dialect; the message names
     *     the path and the line
     */
    public static SourceFile parse(String path, String text) {
        return new Parser(path, text).file();
    }

    /**
     * Returns what the names in this file are qualified with.
     *
     * @return the qualifier, such as {@code __torch__.torch.nn.modules.conv}
     */
    public String qualifier() {
        String stem =
                path.endsWith(EXTENSION)
                        ? path.substring(0, path.length() - EXTENSION.length())
                        : path;
        return stem.replace('/', '.');
    }

    /**
     * Returns the line of an offset.
     *
     * @param offset an offset into the text
     * @return the line, from 1
     */
    public int line(int offset) {
        return line(text, offset);
    }

    /**
     * Returns the text of a place.
     *
     * @param span the place
     * @return its text
     */
    public String text(Span span) {
        return text.substring(span.from(), span.to());
    }

    static int line(String text, int offset) {
        return 1 + (int) text.substring(0, offset).chars().filter(c -> c == '\n').count();
    }
}
