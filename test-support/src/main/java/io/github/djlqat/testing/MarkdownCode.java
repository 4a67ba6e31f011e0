package io.github.djlqat.testing;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The fenced code blocks of a Markdown file, so that tests run what is printed there. */
public final class MarkdownCode {

    private static final String FENCE = "```";

    /**
     * A fenced code block.
     *
     * @param heading the text of the heading it stands under, without number signs; empty before
     *     the first one
     * @param language what follows the opening fence, such as {@code java}; may be empty
     * @param line the number of its first line of code, from 1
     * @param code its lines, each with its end
     */
    public record Fenced(String heading, String language, int line, String code) {}

    private final Path file;
    private final List<Fenced> blocks;

    private MarkdownCode(Path file, List<Fenced> blocks) {
        this.file = file;
        this.blocks = List.copyOf(blocks);
    }

    /**
     * Reads a file.
     *
     * @param file a Markdown file
     * @return its code blocks
     * @throws IOException if it cannot be read
     * @throws IllegalArgumentException if a fence is not closed
     */
    public static MarkdownCode read(Path file) throws IOException {
        List<Fenced> blocks = new ArrayList<>();
        String heading = "";
        @Nullable String language = null;
        StringBuilder code = new StringBuilder();
        int first = 0;
        int number = 0;
        for (String line : Files.readAllLines(file)) {
            number++;
            if (line.startsWith(FENCE)) {
                if (language == null) {
                    language = line.substring(FENCE.length()).strip();
                    code.setLength(0);
                    first = number + 1;
                } else {
                    blocks.add(new Fenced(heading, language, first, code.toString()));
                    language = null;
                }
            } else if (language != null) {
                code.append(line).append('\n');
            } else if (line.startsWith("#")) {
                heading = line.replaceFirst("^#+", "").strip();
            }
        }
        if (language != null) {
            throw new IllegalArgumentException(
                    file
                            + " has a code block that begins before line "
                            + first
                            + " and never ends.");
        }
        return new MarkdownCode(file, blocks);
    }

    /**
     * Returns all blocks in a language.
     *
     * @param language what follows their opening fence
     * @return the blocks in their order
     */
    public List<Fenced> blocks(String language) {
        return blocks.stream().filter(block -> block.language().equals(language)).toList();
    }

    /**
     * Returns the one block in a language under a heading.
     *
     * @param language what follows its opening fence
     * @param heading the heading's text
     * @return its code
     * @throws IllegalArgumentException if there is none, or more than one
     */
    public String code(String language, String heading) {
        List<Fenced> found =
                blocks(language).stream().filter(block -> block.heading().equals(heading)).toList();
        if (found.size() != 1) {
            throw new IllegalArgumentException(
                    file
                            + " has "
                            + found.size()
                            + " blocks of "
                            + language
                            + " under \""
                            + heading
                            + "\"; one is expected.");
        }
        return found.get(0).code();
    }
}
