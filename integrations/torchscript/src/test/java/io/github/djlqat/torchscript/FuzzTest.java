package io.github.djlqat.torchscript;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.github.djlqat.torchscript.archive.ArchiveLimits;
import io.github.djlqat.torchscript.archive.TorchScriptArchive;
import io.github.djlqat.torchscript.error.TorchScriptException;
import io.github.djlqat.torchscript.pickle.PickleLimits;
import io.github.djlqat.torchscript.pickle.PickleValue;
import io.github.djlqat.torchscript.pickle.Pickler;
import io.github.djlqat.torchscript.pickle.Unpickler;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Mutated files: each is read, or refused by the module's own exception, in bounded time and
 * memory.
 *
 * <p>Inputs that lead to a message, or to a way of nesting values, that was not seen before are
 * mutated further. {@code -Dtorchscript.fuzz=1000000} sets how many inputs each test tries, {@code
 * -Dtorchscript.fuzz.seed} the seed, and {@code -Dtorchscript.fuzz.corpus} a folder that takes what
 * was found.
 */
class FuzzTest {

    static final int RUNS = Integer.getInteger("torchscript.fuzz", 10_000);
    private static final long SEED = Long.getLong("torchscript.fuzz.seed", 1);
    private static final Pattern TYPE = Pattern.compile("[A-Za-z]+Value");
    private static final int MAX_POOL = 3000;
    private static final long MAX_NANOS = 2_000_000_000L;

    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    /** Small ones, so that what they allow is small too. */
    private static final PickleLimits PICKLES = new PickleLimits(64, 1 << 16);

    private static final ArchiveLimits ARCHIVES = new ArchiveLimits(1000, 1 << 22, 100, PICKLES);

    private static final TorchScriptArchive ATTRIBUTES =
            TorchScriptArchive.read(bytes(TestModels.small("attributes")), "archive", ARCHIVES);

    @Test
    void mutatedPicklesAreReadOrRefused() {
        List<byte[]> pool = new ArrayList<>();
        TestModels.small().forEach(file -> pool.addAll(pickles(file)));
        corpus("pkl").map(FuzzTest::bytes).forEach(pool::add);
        fuzz(
                pool,
                "pkl",
                (input, other, random) ->
                        random.nextInt(3) == 0
                                ? Mutations.ofBytes(input, other, random)
                                : Mutations.ofOpcodes(input, other, random),
                FuzzTest::readPickle);
    }

    @Test
    void mutatedArchivesAreReadOrRefused() {
        List<byte[]> pool = new ArrayList<>();
        TestModels.small().map(FuzzTest::bytes).forEach(pool::add);
        corpus("zip").map(FuzzTest::bytes).forEach(pool::add);
        fuzz(
                pool,
                "zip",
                (input, other, random) ->
                        random.nextInt(3) == 0
                                ? Mutations.ofBytes(input, other, random)
                                : Mutations.ofDirectory(input, random),
                FuzzTest::readArchive);
    }

    @ParameterizedTest
    @MethodSource("corpus")
    void whatWasFoundIsReadOrRefused(Path file) {
        byte[] input = bytes(file);
        measure(
                input,
                file.toString().endsWith(".pkl") ? FuzzTest::readPickle : FuzzTest::readArchive,
                file.toString());
    }

    static Stream<Path> corpus() {
        return Stream.concat(corpus("pkl"), corpus("zip"));
    }

    static Stream<Path> corpus(String extension) {
        try (Stream<Path> files = Files.list(TestModels.resource("/hostile"))) {
            return files
                    .filter(f -> f.toString().endsWith('.' + extension))
                    .sorted()
                    .toList()
                    .stream();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    interface Mutation {
        byte[] apply(byte[] input, byte[] other, Random random);
    }

    private static void fuzz(
            List<byte[]> pool, String kind, Mutation mutation, Function<byte[], String> reader) {
        assertThat(fuzz(pool, kind, RUNS, mutation, reader)).isGreaterThan(20);
    }

    /** Mutates inputs, and returns the number of different outcomes. */
    static int fuzz(
            List<byte[]> pool,
            String kind,
            int runs,
            Mutation mutation,
            Function<byte[], String> reader) {
        Random random = new Random(SEED);
        Set<String> seen = new HashSet<>();
        pool.forEach(input -> seen.add(measure(input, reader, "the pool")));
        for (int i = 0; i < runs; i++) {
            byte[] input = pool.get(random.nextInt(pool.size()));
            for (int n = 1 + random.nextInt(3); n > 0; n--) {
                input = mutation.apply(input, pool.get(random.nextInt(pool.size())), random);
            }
            String outcome = measure(input, reader, "seed " + SEED + ", input " + i);
            if (seen.add(outcome) && input.length <= 1 << 15 && pool.size() < MAX_POOL) {
                pool.add(input);
                keep(kind, outcome, input);
            }
        }
        return seen.size();
    }

    /** Reads an input and returns what came out, without numbers and names. */
    static String measure(byte[] input, Function<byte[], String> reader, String origin) {
        long bytes = THREADS.getCurrentThreadAllocatedBytes();
        long start = THREADS.getCurrentThreadCpuTime();
        String outcome;
        try {
            outcome = reader.apply(input);
        } catch (TorchScriptException e) {
            outcome = Objects.requireNonNull(e.getMessage());
        } catch (RuntimeException | Error e) {
            keep("crash", origin, input);
            throw new AssertionError(origin + " throws " + e, e);
        }
        long nanos = THREADS.getCurrentThreadCpuTime() - start;
        assertThat(nanos).as(origin + ": nanoseconds").isLessThan(MAX_NANOS);
        assertThat(THREADS.getCurrentThreadAllocatedBytes() - bytes)
                .as(origin + ": bytes allocated")
                .isLessThan((64L << 20) + 200L * input.length);
        return outcome.replaceAll(
                        "(?s)(entry )?\".*\"|[0-9a-f]{8}|entry .*?(?=: )|-?[0-9]+|__torch__\\S*",
                        "#")
                .replaceAll("#+", "#");
    }

    private static String readPickle(byte[] input) {
        PickleValue value = Unpickler.read(input, "pickle", PICKLES);
        byte[] written = Pickler.write(value);
        PickleValue again = Unpickler.read(written, "written", PICKLES);
        assertThat(again.equals(value)).isTrue();
        assertThat(Pickler.write(again)).isEqualTo(written);
        // In an archive its tensors must have records, too.
        ATTRIBUTES.with(TorchScriptArchive.DATA, input).data();
        return "read " + types(value);
    }

    /** The pairs of neighbouring types, in the order of the text. */
    private static Set<String> types(PickleValue value) {
        Set<String> pairs = new TreeSet<>();
        String last = "";
        Matcher matcher = TYPE.matcher(value.toString());
        while (matcher.find()) {
            pairs.add(last + ' ' + matcher.group());
            last = matcher.group();
        }
        return pairs;
    }

    private static String readArchive(byte[] input) {
        TorchScriptArchive archive = TorchScriptArchive.read(input, "archive", ARCHIVES);
        byte[] written = archive.toByteArray();
        TorchScriptArchive again = TorchScriptArchive.read(written, "written", ARCHIVES);
        assertThat(again.names()).isEqualTo(archive.names());
        assertThat(again.toByteArray()).isEqualTo(written);
        archive.constants();
        return "read " + types(archive.data());
    }

    private static List<byte[]> pickles(Path file) {
        try {
            TorchScriptArchive archive = TorchScriptArchive.read(file);
            return List.of(archive.bytes("data.pkl"), archive.bytes("constants.pkl"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static byte[] bytes(Path file) {
        try {
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void keep(String kind, String outcome, byte[] input) {
        String folder = System.getProperty("torchscript.fuzz.corpus");
        if (folder == null) {
            return;
        }
        try {
            Path path = Path.of(folder);
            Files.createDirectories(path);
            String name = String.format("%08x", outcome.hashCode());
            Files.write(path.resolve(name + '.' + kind), input);
            Files.writeString(path.resolve(name + '.' + kind + ".txt"), outcome);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
