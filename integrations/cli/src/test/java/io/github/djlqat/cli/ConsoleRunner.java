package io.github.djlqat.cli;

import io.github.djlqat.testing.MarkdownCode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Runs the console blocks of pages, each line as it is printed, in the folder it is started in. */
final class ConsoleRunner {

    private static final String PROGRAM = "djl-qat ";
    private static final String REDIRECTION = " > ";

    private ConsoleRunner() {}

    /** The arguments are the pages. Ends with 1 at the first command that fails. */
    public static void main(String[] arguments) throws IOException {
        List<MarkdownCode.Fenced> blocks = new ArrayList<>();
        for (String page : arguments) {
            blocks.addAll(MarkdownCode.read(Path.of(page)).blocks("console"));
        }
        for (MarkdownCode.Fenced block : blocks) {
            for (String line : lines(block.code())) {
                int code = run(line);
                if (code != ExitCode.OK) {
                    System.out.println("FAILED with " + code + ": " + line);
                    System.exit(1);
                }
                System.out.println("ran: " + line);
            }
        }
        System.exit(0);
    }

    private static List<String> lines(String code) {
        List<String> lines = new ArrayList<>();
        for (String line : code.replace("\\\n", " ").split("\n", -1)) {
            if (line.startsWith(PROGRAM)) {
                lines.add(line);
            } else if (!line.isBlank()) {
                throw new IllegalArgumentException("This is no command of the program: " + line);
            }
        }
        return lines;
    }

    private static int run(String line) throws IOException {
        String command = line;
        Path target = null;
        int at = line.indexOf(REDIRECTION);
        if (at >= 0) {
            command = line.substring(0, at);
            target = Path.of(line.substring(at + REDIRECTION.length()).strip());
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        PrintStream stream = new PrintStream(out, true, StandardCharsets.UTF_8);
        int code =
                new Cli(new Terminal(stream, System.err, false))
                        .run(command.substring(PROGRAM.length()).strip().split(" +"));
        if (target == null) {
            System.out.print(out.toString(StandardCharsets.UTF_8));
        } else {
            Files.write(target, out.toByteArray());
        }
        return code;
    }
}
