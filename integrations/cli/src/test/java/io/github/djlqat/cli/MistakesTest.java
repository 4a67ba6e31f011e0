package io.github.djlqat.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a user gets wrong is told in words, with exit code 2, and leaves the files as they were. */
class MistakesTest {

    @TempDir private static Path folder;

    @BeforeAll
    static void makeFiles() throws Exception {
        Fixture.write(folder);
        Files.createDirectory(folder.resolve("empty"));
        Outcome.of(resolve("quantize @digits.pt -r int8-weight-only -o @quantized.pt"));
        Files.writeString(folder.resolve("text.pt"), "This is no zip file.");
        Files.writeString(folder.resolve("text.npz"), "This is no zip file.");
        Files.writeString(folder.resolve("text.onnx"), "This is no ONNX file.");
        Files.writeString(folder.resolve("text.safetensors"), "This is none either.");
        Files.writeString(folder.resolve("bad.yaml"), "name: bad\nweights: {format: int4000}\n");
        Files.writeString(folder.resolve("torn.yaml"), "name: [bad\n");
        Files.writeString(
                folder.resolve("nothing.yaml"),
                "name: nothing\nweights: {format: int8}\nrules:\n  - {name: '*', exclude: true}\n");
        Files.writeString(folder.resolve("rows.csv"), "1,2,0\n3,4\n");
        Files.writeString(folder.resolve("baseline.json"), "{\"metric\": \"top1\"}");
        Files.writeString(folder.resolve("mse.json"), "{\"metric\": \"mse\", \"value\": 1}");
        copy("digits", "noFactory", "serving.properties", "engine=PyTorch\n");
        copy("digits", "noClass", "serving.properties", "blockFactory=com.acme.None\n");
        copy("digits", "noBlock", "serving.properties", "blockFactory=java.lang.String\n");
        copy(
                "digits",
                "outside",
                "serving.properties",
                "blockFactory=" + Fixture.NETWORK + "\nquantization.recipe=../../recipe.yaml\n");
        Files.write(folder.resolve("binary.yaml"), new byte[] {(byte) 0xE9, 0, 1});
        Files.createDirectory(folder.resolve("folder.yaml"));
        Files.createDirectories(folder.resolve("noFile/noFile-0000.params"));
        Files.writeString(folder.resolve("floats.csv"), "0.5,".repeat(64) + "1.5\n");
        Files.writeString(folder.resolve("other.csv"), "a,b,label\n" + "1,2,0\n".repeat(4));
        String pixels = "0,".repeat(64);
        Files.writeString(
                folder.resolve("eleven.csv"), pixels + "0\n" + pixels + "9\n" + pixels + "10\n");
    }

    private static void copy(String from, String to, String changed, String text)
            throws IOException {
        Path target = Files.createDirectory(folder.resolve(to));
        try (Stream<Path> files = Files.list(folder.resolve(from))) {
            for (Path file : files.toList()) {
                Files.copy(file, target.resolve(file.getFileName()));
            }
        }
        Files.writeString(target.resolve(changed), text);
    }

    /** Puts the folder before what begins with an at sign. */
    private static String[] resolve(String line) {
        return Arrays.stream(line.split(" "))
                .map(
                        word ->
                                word.startsWith("@")
                                        ? folder.resolve(word.substring(1)).toString()
                                        : word.equals("EMPTY") ? "" : word)
                .toArray(String[]::new);
    }

    private static Map<String, Long> listing() throws IOException {
        Map<String, Long> found = new TreeMap<>();
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.toList()) {
                found.put(file.toString(), Files.isDirectory(file) ? -1 : Files.size(file));
            }
        }
        return found;
    }

    private static Outcome refused(String... arguments) throws IOException {
        Map<String, Long> before = listing();
        Outcome outcome = Outcome.of(arguments);
        assertThat(outcome.code()).as(outcome.out() + outcome.err()).isEqualTo(ExitCode.USER_ERROR);
        assertThat(outcome.out()).isEmpty();
        assertThat(outcome.err()).doesNotContain("\tat ", "Exception");
        assertThat(outcome.err().lines()).anyMatch(line -> line.startsWith("djl-qat: "));
        assertThat(listing()).isEqualTo(before);
        return outcome;
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    inspekt | inspect
                    inspect | Missing required parameter: 'MODEL'
                    inspect @none.pt | there is no such model file
                    inspect @empty | holds no file such as model-0000.params
                    inspect @train.npz | is no model that can be read
                    inspect @text.pt | text.pt
                    inspect @text.safetensors | text.safetensors
                    inspect @text.onnx | text.onnx
                    inspect @noFactory | name the class that makes the block
                    inspect @noClass | There is no class com.acme.None
                    inspect @noBlock | neither an ai.djl.nn.BlockFactory nor an ai.djl.nn.Block
                    inspect @outside | outside of it
                    inspect @digits --classpath @none.jar | no such entry of the class path
                    inspect @digits --input-shape 3y3 | "3y3" is not the shape of a sample
                    inspect @digits --input-shape 0 | sizes of at least 1
                    recipe | list, print, validate or explain
                    recipe validate @none.yaml | There is no recipe file
                    recipe validate @bad.yaml | bad.yaml:2:19: weights.format: "int4000"
                    recipe validate @torn.yaml | torn.yaml:
                    recipe print int9 | There is no recipe named int9; legal are
                    recipe explain @nothing.yaml @digits | matches none of the model's layers
                    recipe explain @nothing.yaml @digits.pt | quantizes nothing in this model
                    recipe explain fp8-e4m3 @digits.pt | TorchScript
                    recipe explain int8 @digits.safetensors | name the class that makes the block
                    quantize @digits --output @x | give a recipe to quantize it by
                    quantize @digits -r int8 --output @x | give samples to calibrate with
                    quantize @digits.pt -r int8 --output @x.pt | give samples to calibrate with
                    quantize @digits -r int8 -d @train.npz | Missing required option: '--output=OUTPUT'
                    quantize @digits -r int8 -d @train.npz -o @no/x | there is no directory
                    quantize @digits -r int8 -d @train.npz -o @empty/../noFactory/../. | holds other files
                    quantize @digits.pt -r int8 -d @train.npz -o @x | give an output that ends in .pt or .onnx
                    quantize @digits -r int8 -d @none.npz -o @x | there is no such data file
                    quantize @digits -r int8 -d @text.npz -o @x | text.npz
                    quantize @digits -r int8 -d @empty -o @x | holds no data that can be read
                    quantize @digits -r int8 -d @other.csv -o @x | the model
                    quantize @digits.pt -r int8 -d @other.csv -o @x.pt | refuses
                    quantize @digits -r int8 -d @train.npz --calibration-samples 0 -o @x | at least one sample
                    calibrate @digits -r int8 -d @rows.csv -o @x | row 2: 2 columns where 3 belong
                    calibrate @digits -r int8 -d @train.npz --mean 1,2 -o @x | legal are 1 and 1
                    calibrate @digits -r int8 -d @train.npz --std 0 -o @x | deviations are above 0
                    train @digits -r int8 -d @train.npz --epochs 0 -o @x | at least one epoch
                    train @digits -r int8 -d @eleven.csv --sample-shape 1x8x8 -o @x | eleven.csv, counted from 0, has the label 10
                    train @digits.pt -r int8 -d @eleven.csv --sample-shape 1x8x8 -o @x.pt | Sample 2 of
                    train @digits.pt -r int8 -d @test.npz --validation @eleven.csv --sample-shape 1x8x8 -o @x.pt | 10 classes, so that labels are 0 to 9
                    train @digits -r int8 -d @train.npz --learning-rate x -o @x | Invalid value for option
                    quantize @digits.pt -r int8 -d @train.npz -o @digits.pt | it is an input
                    calibrate @digits.pt -r int8 -d @train.npz -o @./digits.pt | it is an input
                    train @digits -r int8 -d @train.npz -o @digits/../digits | it is an input
                    export @digits.pt -o @digits.pt | it is an input
                    evaluate @digits -d @test.npz --write-baseline @test.npz | it is an input
                    evaluate @digits.pt -d @test.npz --write-baseline @digits.pt | it is an input
                    report @digits -d @test.npz --training @mse.json -o @mse.json | it is an input
                    evaluate @digits.pt -d @other.csv | The engine refuses: Expected 4-dimensional input
                    recipe validate @binary.yaml | binary.yaml: it is no text in UTF-8
                    recipe validate @folder.yaml | folder.yaml: it cannot be read
                    inspect @noFile --block-factory io.github.djlqat.samples.common.model.DigitsNet | noFile-0000.params is no file
                    evaluate @digits -d @floats.csv --sample-shape 1x8x8 | Labels that are classes are integers
                    evaluate @digits -d @test.npz --baseline @none.json | there is no such baseline file
                    evaluate @digits -d @test.npz --baseline @bad.yaml | is no baseline such as
                    evaluate @digits -d @test.npz --baseline @mse.json --metric top1 | cannot be compared with top1
                    evaluate @digits -d @test.npz --metric bleu | There is no metric bleu; legal are top1
                    evaluate @digits -d @test.npz --baseline @mse.json --tolerance -1 | at least 0
                    evaluate @digits -d @test.npz --tolerance 0.1 | give --baseline too
                    train @digits.pt -r int8 -d @none.npz -o | Missing required parameter for option '--output'
                    quantize @digits.pt -r int8 -d @train.npz -o EMPTY | has no name
                    report @digits -d @test.npz -o @x.html --figures @mse.json | mse.json is a file
                    help inspekt | inspekt
                    evaluate @digits.safetensors -d @test.npz | name the class that makes the block
                    export @digits.pt -o @x | onnx, torchscript or safetensors
                    export @digits.pt -o @x.onnx | shape of the inputs
                    export @quantized.pt -o @x.onnx | exported with samples
                    export @digits -f gguf -o @x | Invalid value for option
                    compare @digits @digits.pt --runs -1 | at least 0 runs
                    compare @digits @digits.pt --max-drop 0.1 | no labels
                    compare @digits @digits.pt --min-agreement 1.5 | a share of 0 to 1
                    compare @digits @digits.pt --max-difference -1 | at least 0
                    compare @digits.pt @digits.pt | give samples
                    search @digits -d @train.npz -o @x.yaml | needs a budget
                    search @digits -d @train.npz --average-bits 4 -o @x.txt | ends in .json, .yaml or .yml
                    search @digits -d @train.npz --average-bits 1 --bits 2,4 -o @x.yaml | average weight bits
                    train @digits -r int8 -d @train.npz --average-bits 4 -o @x | both at once are not legal
                    train @digits -d @train.npz --bits 4,8 -o @x | needs a budget
                    train @digits -d @train.npz --average-bits 1 --bits 2,4 -o @x | average weight bits
                    quantize @digits --average-bits 4 -o @x | needs samples
                    search @text.onnx -d @train.npz --average-bits 4 -o @x.yaml | is no ONNX file
                    report @digits -d @test.npz -o @x.pdf | .html
                    report @digits -d @test.npz --runs 0 --training @mse.json -o @x.html | train --json
                    """)
    void mistakesAreToldInWords(String line, String message) throws IOException {
        assertThat(refused(resolve(line)).err()).contains(message);
    }

    @Test
    void jsonTellsMistakesToo() throws IOException {
        for (String line :
                List.of("inspect @none.pt --json", "inspect --json", "quantize --json")) {
            Outcome outcome = Outcome.of(resolve(line));
            assertThat(outcome.code()).isEqualTo(ExitCode.USER_ERROR);
            assertThat(outcome.json().get("exitCode").asInt()).isEqualTo(2);
            assertThat(outcome.json().get("error").asText()).isNotBlank();
        }
    }

    @Test
    void verboseShowsWhereItCameUp() {
        Outcome outcome = Outcome.of(resolve("inspect @none.pt --verbose"));
        assertThat(outcome.code()).isEqualTo(ExitCode.USER_ERROR);
        assertThat(outcome.err()).contains("\tat io.github.djlqat.workflow");
    }

    /** A file of parameters that says something else of its arrays than what they are. */
    static Stream<String> hostileTypes() {
        return Stream.of("BFLOAT16", "UNKNOWN", "STRING", "INT16", "UINT64", "NONE");
    }

    @ParameterizedTest
    @MethodSource("hostileTypes")
    void hostileElementTypesDoNotReachTheEngine(String type) throws IOException {
        byte[] bytes = Files.readAllBytes(folder.resolve("digits/digits-0000.params"));
        ByteArrayOutputStream field = new ByteArrayOutputStream();
        new DataOutputStream(field).writeUTF("FLOAT32");
        ByteArrayOutputStream other = new ByteArrayOutputStream();
        new DataOutputStream(other).writeUTF(type);
        int at =
                find(
                        bytes,
                        field.toByteArray(),
                        find(bytes, "NDAR".getBytes(StandardCharsets.US_ASCII), 0));
        ByteArrayOutputStream hostile = new ByteArrayOutputStream();
        hostile.write(bytes, 0, at);
        hostile.writeBytes(other.toByteArray());
        hostile.write(bytes, at + field.size(), bytes.length - at - field.size());
        assertThat(hostile(hostile.toByteArray()).err())
                .contains("digits-0000.params", "elements of " + type);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 3, 50, 300, 2000})
    void truncatedParametersAreRefused(int length) throws IOException {
        byte[] bytes = Files.readAllBytes(folder.resolve("digits/digits-0000.params"));
        hostile(Arrays.copyOf(bytes, length));
    }

    /** Every size in the file's first bytes, made huge and negative. */
    @Test
    void wrongSizesAreRefused() throws IOException {
        byte[] bytes = Files.readAllBytes(folder.resolve("digits/digits-0000.params"));
        int first = find(bytes, "NDAR".getBytes(StandardCharsets.US_ASCII), 0);
        List<String> accepted = new ArrayList<>();
        for (int at = 4; at < first + 60; at += 3) {
            for (int value : new int[] {0x7F, 0xFF}) {
                byte[] changed = bytes.clone();
                changed[at] = (byte) value;
                Files.write(folder.resolve("noFactory/digits-0000.params"), changed);
                Outcome outcome =
                        Outcome.of(
                                "inspect",
                                folder.resolve("noFactory").toString(),
                                "--block-factory",
                                Fixture.NETWORK);
                assertThat(outcome.code())
                        .as("byte " + at + ": " + outcome.err())
                        .isIn(ExitCode.OK, ExitCode.USER_ERROR);
                if (outcome.code() == ExitCode.OK) {
                    accepted.add(String.valueOf(at));
                }
            }
        }
        // names and values may be anything; sizes, types and versions may not
        assertThat(accepted).hasSizeLessThan(first / 3);
    }

    private static Outcome hostile(byte[] parameters) throws IOException {
        Path file = folder.resolve("noFactory/digits-0000.params");
        byte[] before = Files.readAllBytes(file);
        Files.write(file, parameters);
        try {
            return refused(
                    "inspect",
                    folder.resolve("noFactory").toString(),
                    "--block-factory",
                    Fixture.NETWORK);
        } finally {
            Files.write(file, before);
        }
    }

    private static int find(byte[] bytes, byte[] wanted, int from) {
        for (int at = from; at <= bytes.length - wanted.length; at++) {
            if (Arrays.equals(bytes, at, at + wanted.length, wanted, 0, wanted.length)) {
                return at;
            }
        }
        throw new AssertionError("There is no " + new String(wanted, StandardCharsets.US_ASCII));
    }
}
