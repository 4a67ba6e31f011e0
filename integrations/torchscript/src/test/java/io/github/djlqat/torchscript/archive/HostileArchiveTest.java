package io.github.djlqat.torchscript.archive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import com.sun.management.ThreadMXBean;
import io.github.djlqat.torchscript.TestModels;
import io.github.djlqat.torchscript.error.TorchScriptException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.function.Consumer;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Zip files whose headers lie, each in one place, and tensors that are larger than anything. */
class HostileArchiveTest {

    /** What refusing a small file may take, far from what the lies ask for. */
    private static final long ENOUGH_MEMORY = 8 << 20;

    private static final String A = "m/extra/a";
    private static final String B = "m/extra/b";

    static Stream<Arguments> lies() {
        return Stream.of(entries(), directories(), ends64()).flatMap(lies -> lies);
    }

    private static Stream<Arguments> entries() {
        return Stream.of(
                lie("encrypted", z -> z.put16(z.directory(A) + 8, 1), A, "encrypted"),
                lie("strongly encrypted", z -> z.put16(z.directory(A) + 8, 1 << 6), A, "encrypted"),
                lie("masked", z -> z.put16(z.directory(A) + 8, 1 << 13), A, "encrypted"),
                lie("duplicate name", z -> z.rename(B, A), A, "occurs twice"),
                lie("bzip2", z -> z.put16(z.directory(A) + 10, 12), A, "method is 12"),
                lie("other part", z -> z.put16(z.directory(A) + 34, 1), A, "another part"),
                lie(
                        "longer when unpacked",
                        z -> z.put32(z.directory(A) + 24, 1 << 30),
                        A,
                        "1073741824"),
                lie("longer", z -> sizes(z, A, 1 << 30), A, "reach into"),
                lie("of 4 GB", z -> sizes(z, A, 0xfffffffeL), A, "4294967294"),
                lie(
                        "of the same bytes",
                        z -> z.put32(z.directory(B) + 42, z.local(A)),
                        A,
                        "reach into"),
                lie("within another", HostileArchiveTest::nested, A, "reach into"),
                lie("behind the end", z -> z.put32(z.directory(A) + 42, 0x7fffffff), "reach"),
                lie("in the directory", z -> z.put32(z.directory(B) + 42, z.directory(A)), "reach"),
                lie(
                        "of another name",
                        z -> z.put16(z.local(A) + 30 + 8, 'z'),
                        A,
                        "differs from the directory"),
                lie(
                        "without a header",
                        z -> z.put32(z.local(A), 0),
                        A,
                        "differs from the directory"),
                lie(
                        "with a long extra field",
                        z -> z.put16(z.local(A) + 28, 0xffff),
                        A,
                        "behind the end"),
                lie(
                        "deflated before its contents",
                        z -> z.put16(z.local(A) + 8, 8),
                        A,
                        "differs from the directory"),
                lie("not deflated", HostileArchiveTest::deflated, A, "compressed data"));
    }

    private static Stream<Arguments> directories() {
        return Stream.of(
                lie("more entries", z -> count(z, 999), "999"),
                lie("fewer entries", z -> count(z, 1), "just the 1 entries"),
                lie("no entries", z -> count(z, 0), "just the 0 entries"),
                lie(
                        "a shorter directory",
                        z -> z.put32(z.end() + 12, 50).put64(z.end64() + 40, 50),
                        "malformed"),
                lie(
                        "a longer directory",
                        z -> z.put32(z.end() + 12, 1 << 30).put64(z.end64() + 40, 1 << 30),
                        "not in the file"),
                lie(
                        "a directory elsewhere",
                        z -> z.put32(z.end() + 16, 7).put64(z.end64() + 48, 7),
                        "malformed"),
                lie(
                        "a directory behind the end",
                        z -> z.put32(z.end() + 16, 0x7fffffff).put64(z.end64() + 48, 0x7fffffff),
                        "not in the file"),
                lie("several parts", z -> z.put16(z.end() + 4, 1), "one part of several"),
                lie("a long name", z -> z.put16(z.directory(A) + 28, 0xffff), "malformed"),
                lie("a long extra field", z -> z.put16(z.directory(A) + 30, 0xffff), "malformed"),
                lie("a long comment", z -> z.put16(z.directory(A) + 32, 0xffff), "malformed"),
                lie("no end", z -> z.put32(z.end(), 0), "no end of a zip file"));
    }

    private static Stream<Arguments> ends64() {
        return Stream.of(
                lie("entries beyond 64 bits", z -> count64(z, -1), "contradicts"),
                lie(
                        "entries without end",
                        z ->
                                count64(
                                        z.put16(z.end() + 8, 0xffff).put16(z.end() + 10, 0xffff),
                                        Long.MAX_VALUE),
                        "the limit is 100000"),
                lie("other entries than in 32 bits", z -> count64(z, 4), "contradicts"),
                lie(
                        "a directory beyond 64 bits",
                        z -> z.put32(z.end() + 12, -1).put64(z.end64() + 40, Long.MIN_VALUE),
                        "not in the file"),
                lie(
                        "a directory of 2^62 bytes",
                        z -> z.put32(z.end() + 12, -1).put64(z.end64() + 40, 1L << 62),
                        "not in the file"),
                lie(
                        "a directory at 2^63 - 1",
                        z -> z.put32(z.end() + 16, -1).put64(z.end64() + 48, Long.MAX_VALUE),
                        "not in the file"),
                lie(
                        "an end at 2^63",
                        z -> z.put64(z.locator() + 8, Long.MIN_VALUE),
                        "64-bit end is not in the file"),
                lie(
                        "an end behind itself",
                        z -> z.put64(z.locator() + 8, z.locator()),
                        "64-bit end is not in the file"),
                lie(
                        "an end elsewhere",
                        z -> z.put64(z.locator() + 8, 3),
                        "64-bit end is malformed"),
                lie(
                        "several parts in 64 bits",
                        z -> z.put32(z.locator() + 16, 2),
                        "64-bit end is not in the file"),
                lie(
                        "64-bit sizes that are missing",
                        z -> z.put32(z.directory(A) + 24, -1),
                        A,
                        "4294967295"));
    }

    private static Arguments lie(String name, Consumer<ForgedZip> forge, String... said) {
        return arguments(name, forge, said);
    }

    private static void sizes(ForgedZip zip, String entry, long size) {
        zip.put32(zip.directory(entry) + 20, size).put32(zip.directory(entry) + 24, size);
    }

    private static void count(ForgedZip zip, int entries) {
        count64(zip.put16(zip.end() + 8, entries).put16(zip.end() + 10, entries), entries);
    }

    private static void count64(ForgedZip zip, long entries) {
        zip.put64(zip.end64() + 24, entries).put64(zip.end64() + 32, entries);
    }

    /** The first entry's contents go on over the second one. */
    private static void nested(ForgedZip zip) {
        sizes(zip, A, 300);
    }

    private static void deflated(ForgedZip zip) {
        zip.put16(zip.directory(A) + 10, 8).put16(zip.local(A) + 8, 8);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("lies")
    void lyingHeadersAreRefused(String name, Consumer<ForgedZip> forge, String[] said) {
        ForgedZip zip = ForgedZip.whole();
        assertThat(read(zip.bytes()).names()).hasSize(5);
        forge.accept(zip);

        refuses(zip.bytes(), said);
    }

    /**
     * Entries whose contents are the entries behind them: a file of 100 kB that unpacks to 100 MB.
     */
    @Test
    void bombOfOverlappingEntriesIsRefused() throws IOException {
        int count = 1000;
        ByteArrayOutputStream bodies = new ByteArrayOutputStream();
        ByteArrayOutputStream directory = new ByteArrayOutputStream();
        int entry = 100;
        for (int i = 0; i < count; i++) {
            byte[] name = String.format("m/%06d", i).getBytes(StandardCharsets.UTF_8);
            int size = (count - i) * entry - 30 - name.length;
            ByteBuffer header = buffer(entry).putInt(ZipFormat.LOCAL_HEADER);
            header.putShort(26, (short) name.length).put(30, name);
            directory.writeBytes(
                    buffer(46)
                            .putInt(ZipFormat.DIRECTORY_HEADER)
                            .putInt(20, size)
                            .putInt(24, size)
                            .putShort(28, (short) name.length)
                            .putInt(42, bodies.size())
                            .array());
            directory.writeBytes(name);
            bodies.writeBytes(header.array());
        }
        int offset = bodies.size();
        bodies.writeBytes(directory.toByteArray());
        bodies.writeBytes(
                buffer(22)
                        .putInt(ZipFormat.END)
                        .putShort(8, (short) count)
                        .putShort(10, (short) count)
                        .putInt(12, directory.size())
                        .putInt(16, offset)
                        .array());

        refuses(bodies.toByteArray(), "m/000000", "reach into the next entry");
    }

    @Test
    void bombOfManySmallEntriesIsRefused() throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(out)) {
            for (int i = 0; i < 17; i++) {
                zip.putNextEntry(new ZipEntry("m/" + i));
                zip.write(new byte[1 << 20]);
            }
        }

        refuses(out.toByteArray(), "entry m/16", "17825792", "100 times");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "m/a\0b",
                "m/\n",
                "..",
                "m/..",
                "../m/a",
                "m/a/../../../b",
                "/m",
                "//host/m/a",
                "\\\\host\\m",
                "\\m\\a",
                "m/..\\..\\a",
                "c:\\a",
                "c:/a",
                "C:a"
            })
    void namesOutOfTheFolderAreRefused(String name) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(out)) {
            zip.putNextEntry(new ZipEntry(name));
        }

        refuses(out.toByteArray(), "the name of entry", "relative paths such as");
    }

    @Test
    void namesBeyondUtf8AreRefused() {
        ForgedZip zip = ForgedZip.whole();
        zip.put16(zip.directory(A) + 46 + 8, 0xff);

        refuses(zip.bytes(), "not in UTF-8");
    }

    static Stream<Arguments> tensors() {
        long huge = 1L << 40;
        return Stream.of(
                arguments(huge, new long[] {huge}, new long[] {1}, "data/0 has 8 bytes"),
                arguments(1L << 61, new long[] {2}, new long[] {1}, "0 to 2^63 - 1 bytes"),
                arguments(-1L, new long[] {2}, new long[] {1}, "0 to 2^63 - 1 bytes"),
                arguments(2L, new long[] {huge, huge}, new long[] {huge, 1}, "exceeds 64 bits"),
                arguments(2L, new long[] {huge, huge}, new long[] {0, 0}, "exceeds 64 bits"),
                arguments(2L, new long[] {huge}, new long[] {1}, "ends behind"),
                arguments(2L, new long[] {3}, new long[] {1}, "ends behind"),
                arguments(2L, new long[] {2}, new long[] {Long.MAX_VALUE}, "ends behind"),
                arguments(2L, new long[] {-2}, new long[] {1}, "negative"),
                arguments(2L, new long[] {2}, new long[] {-1}, "negative"),
                arguments(2L, new long[] {2}, new long[] {}, "differ in length"),
                arguments(2L, new long[100], new long[100], "dimensions"));
    }

    @ParameterizedTest
    @MethodSource("tensors")
    void tensorsThatTheirRecordsDoNotHoldAreRefused(
            long elements, long[] shape, long[] stride, String said) throws IOException {
        byte[] file =
                TorchScriptArchive.read(TestModels.small("with_state"))
                        .with("data.pkl", tensor(elements, shape, stride))
                        .with("data/0", new byte[8])
                        .toByteArray();

        refuses(file, "hostile", said);
    }

    /** A pickle of one tensor, in the words of PyTorch. */
    private static byte[] tensor(long elements, long[] shape, long[] stride) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(latin("\u0080\2ctorch._utils\n_rebuild_tensor_v2\n(("));
        out.writeBytes(latin("X\7\0\0\0storagectorch\nFloatStorage\nX\1\0\0\0000X\3\0\0\0cpu"));
        number(out, elements);
        out.writeBytes(latin("tQK\0"));
        numbers(out, shape);
        numbers(out, stride);
        out.writeBytes(latin("\u0089ccollections\nOrderedDict\n)RtR."));
        return out.toByteArray();
    }

    private static void numbers(ByteArrayOutputStream out, long[] numbers) {
        out.write('(');
        for (long number : numbers) {
            number(out, number);
        }
        out.write('t');
    }

    private static void number(ByteArrayOutputStream out, long number) {
        out.write(0x8a);
        out.write(Long.BYTES);
        out.writeBytes(buffer(Long.BYTES).putLong(0, number).array());
    }

    private static byte[] latin(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    private static ByteBuffer buffer(int size) {
        return ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
    }

    @Test
    void aDirectoryIsNoArchive() throws IOException {
        assertThatThrownBy(() -> TorchScriptArchive.read(Files.createTempDirectory("model")))
                .isInstanceOf(IOException.class);
    }

    private static TorchScriptArchive read(byte[] file) {
        return TorchScriptArchive.read(file, "hostile", ArchiveLimits.defaults());
    }

    /** Holds that a file is refused, by a message that says why, within bounded memory. */
    private static void refuses(byte[] file, String... said) {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long thread = Thread.currentThread().getId();
        long before = threads.getThreadAllocatedBytes(thread);
        assertThatThrownBy(() -> read(file).data())
                .isInstanceOf(TorchScriptException.class)
                .hasMessageStartingWith("hostile")
                .message()
                .contains(said);
        assertThat(threads.getThreadAllocatedBytes(thread) - before).isLessThan(ENOUGH_MEMORY);
    }
}
