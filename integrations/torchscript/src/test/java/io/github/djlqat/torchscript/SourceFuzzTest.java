package io.github.djlqat.torchscript;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.djlqat.recipe.Presets;
import io.github.djlqat.torchscript.archive.TorchScriptArchive;
import io.github.djlqat.torchscript.code.SourceFile;
import io.github.djlqat.torchscript.error.TorchScriptException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Mutated source of archives: it is followed and rewritten, or refused by the module's own
 * exception, in bounded time and memory. Runs and keeps what it finds as {@link FuzzTest} does.
 */
class SourceFuzzTest {

    private static final String SOURCE = "code/__torch__.py";

    /** What nests, ends or begins something, and what is followed. */
    private static final String[] PIECES = {
        "(",
        ")",
        "[",
        "]",
        "{",
        "}",
        ":",
        ",",
        "=",
        "\n",
        "\n  ",
        "\n    ",
        "\n      ",
        "\"",
        "'",
        "\\",
        "#",
        "...",
        "-",
        "not ",
        "if ",
        "else:\n",
        "for x in ",
        "while ",
        "with ",
        "def f(x):\n",
        "class X(Module):\n",
        "return ",
        "self.",
        "(self).forward(x, )",
        "torch.linear(x, self.w)",
        "CONSTANTS.c99999999999",
        "getattr(self, \"w\")",
        "annotate(",
        "lambda",
        "1e999",
        "0x",
        "*",
        "__torch__.",
        "([",
        "((",
        "é",
        "\u0000",
        "\t"
    };

    private static final TorchScriptArchive MODEL = archive();

    private static TorchScriptArchive archive() {
        try {
            return TorchScriptArchive.read(TestModels.resource("/products/functions_scripted.pt"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static Stream<Path> corpus() {
        return FuzzTest.corpus("py");
    }

    @Test
    void mutatedSourceIsFollowedOrRefused() {
        List<byte[]> pool = new ArrayList<>();
        // The first run loads classes and recipes.
        follow(MODEL.bytes(SOURCE));
        pool.add(MODEL.bytes(SOURCE));
        UnusualModels.files().forEach(file -> pool.addAll(sources(file)));
        corpus().map(FuzzTest::bytes).forEach(pool::add);
        // Following a program takes longer than reading a file.
        int outcomes =
                FuzzTest.fuzz(
                        pool,
                        "py",
                        FuzzTest.RUNS / 10,
                        SourceFuzzTest::mutate,
                        SourceFuzzTest::follow);
        assertThat(outcomes).isGreaterThan(10);
    }

    @ParameterizedTest
    @MethodSource("corpus")
    void whatWasFoundIsFollowedOrRefused(Path file) {
        FuzzTest.measure(FuzzTest.bytes(file), SourceFuzzTest::follow, file.toString());
    }

    private static List<byte[]> sources(Path file) {
        try {
            TorchScriptArchive archive = TorchScriptArchive.read(file);
            return archive.names().stream()
                    .filter(name -> name.startsWith("code/") && name.endsWith(".py"))
                    .map(archive::bytes)
                    .filter(bytes -> bytes.length < 1 << 13)
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static byte[] mutate(byte[] input, byte[] other, Random random) {
        if (random.nextInt(3) == 0) {
            return Mutations.ofBytes(input, other, random);
        }
        String text = new String(input, StandardCharsets.ISO_8859_1);
        int at = random.nextInt(text.length() + 1);
        String piece = PIECES[random.nextInt(PIECES.length)];
        // Now and then so often that a parser by recursion would overflow.
        int times = random.nextInt(20) == 0 ? 3000 : 1 + random.nextInt(3);
        String mutated =
                switch (random.nextInt(4)) {
                    case 0 -> text.substring(0, at) + piece.repeat(times) + text.substring(at);
                    case 1 ->
                            text.replaceFirst(
                                    "\\b(x|self|weight|_0|_1)\\b",
                                    java.util.regex.Matcher.quoteReplacement(piece.strip()));
                    case 2 -> lines(text, random);
                    default -> {
                        int end = Math.min(text.length(), at + 1 + random.nextInt(24));
                        yield text.substring(0, at) + piece + text.substring(end);
                    }
                };
        return mutated.getBytes(StandardCharsets.ISO_8859_1);
    }

    /** Doubles, moves or indents a line. */
    private static String lines(String text, Random random) {
        List<String> lines = new ArrayList<>(text.lines().toList());
        if (lines.isEmpty()) {
            return text;
        }
        String line = lines.get(random.nextInt(lines.size()));
        String changed =
                switch (random.nextInt(3)) {
                    case 0 -> line;
                    case 1 -> "  " + line;
                    default -> line.strip();
                };
        lines.add(random.nextInt(lines.size() + 1), changed);
        return String.join("\n", lines) + "\n";
    }

    private static String follow(byte[] input) {
        SourceFile file = SourceFile.parse("x.py", new String(input, StandardCharsets.ISO_8859_1));
        TorchScriptArchive archive = MODEL.with(SOURCE, input);
        String outcome = "read " + file.classes().size() + " classes: ";
        try {
            outcome +=
                    TorchScriptQuantization.prepare(archive, Presets.named("int8")).names().size();
        } catch (TorchScriptException e) {
            outcome += e.getMessage();
        }
        try {
            outcome += TorchScriptAutocast.prepare(archive).names().size();
        } catch (TorchScriptException e) {
            outcome += e.getMessage();
        }
        return outcome;
    }
}
