package io.github.djlqat.torchscript;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.djlqat.torchscript.archive.ArchiveLimits;
import io.github.djlqat.torchscript.archive.TorchScriptArchive;
import io.github.djlqat.torchscript.error.TorchScriptException;
import io.github.djlqat.torchscript.pickle.ListValue;
import io.github.djlqat.torchscript.pickle.PickleLimits;
import io.github.djlqat.torchscript.pickle.PickleValue;
import io.github.djlqat.torchscript.pickle.TupleValue;
import io.github.djlqat.torchscript.pickle.Unpickler;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.Arrays;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Files made to do harm, each by one trick. */
class HostileFilesTest {

    @Test
    void everyTruncationIsRefused() throws IOException {
        byte[] file = Files.readAllBytes(TestModels.small("with_state"));
        for (int length = 0; length < file.length; length++) {
            byte[] head = Arrays.copyOf(file, length);
            assertThatThrownBy(() -> read(head))
                    .isInstanceOf(TorchScriptException.class)
                    .hasMessageContaining("hostile");
        }
    }

    @Test
    void changedContentsAreRefusedByTheirChecksum() throws IOException {
        byte[] file = Files.readAllBytes(TestModels.small("with_state"));
        file[64] ^= 1;

        assertThatThrownBy(() -> read(file))
                .isInstanceOf(TorchScriptException.class)
                .hasMessageContaining("entry with_state/data/0")
                .hasMessageContaining("CRC");
    }

    @Test
    void zipBombIsRefusedByItsRatio() throws IOException {
        byte[] bomb = zip("m/data.pkl", new byte[100 << 20]);
        assertThat(bomb.length).isLessThan(200_000);

        assertThatThrownBy(() -> read(bomb))
                .isInstanceOf(TorchScriptException.class)
                .hasMessageContaining("entry m/data.pkl")
                .hasMessageContaining("104857600")
                .hasMessageContaining("100 times");
    }

    @Test
    void totalSizeIsLimited() throws IOException {
        byte[] file = zip("m/data.pkl", new byte[1000]);

        assertThatThrownBy(
                        () ->
                                TorchScriptArchive.read(
                                        file,
                                        "hostile",
                                        ArchiveLimits.defaults().withMaxBytes(999)))
                .isInstanceOf(TorchScriptException.class)
                .hasMessageContaining("999 bytes");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"m/../../etc/passwd", "/etc/passwd", "m\\..\\x", "C:/x", "m//x", "m/./x"})
    void pathsOutOfTheFolderAreRefused(String name) throws IOException {
        byte[] file = zip(name, new byte[1]);

        assertThatThrownBy(() -> read(file))
                .isInstanceOf(TorchScriptException.class)
                .hasMessageContaining(name)
                .hasMessageContaining("relative paths");
    }

    @ParameterizedTest
    @CsvSource({
        "posix,system",
        "builtins,eval",
        "torch.load,x",
        "__torch,X",
        "torch.jit._pickle,x"
    })
    void otherFunctionsAreNotCalled(String module, String name) {
        String pickle = "\u0080\2c" + module + '\n' + name + "\n(X\2\0\0\0idtR.";

        assertThatThrownBy(() -> unpickle(pickle))
                .isInstanceOf(TorchScriptException.class)
                .hasMessageContaining(module + '.' + name)
                .hasMessageContaining("not one of the functions");
    }

    @Test
    void nestingAndSelfReferenceAreLimited() {
        assertThatThrownBy(() -> unpickle("\u0080\2" + "]".repeat(300) + "a".repeat(299) + '.'))
                .isInstanceOf(TorchScriptException.class)
                .hasMessageContaining("256 deep");
        assertThatThrownBy(() -> unpickle("\u0080\2]q\0h\0a."))
                .isInstanceOf(TorchScriptException.class)
                .hasMessageContaining("contains itself");
    }

    /** Each list holds the one before it ten times: 10^20 values in some hundred bytes. */
    @Test
    void exponentialRepetitionIsRefused() {
        StringBuilder pickle = new StringBuilder("\u0080\2]q\0");
        for (int i = 0; i < 20; i++) {
            pickle.append("](");
            pickle.append(("h" + (char) i).repeat(10)).append("eq").append((char) (i + 1));
        }
        StringBuilder tuple = new StringBuilder(pickle).insert(2, '(').append("t.");

        assertThatThrownBy(() -> unpickle(tuple.toString()))
                .isInstanceOf(TorchScriptException.class)
                .hasMessageContaining("16777216 values");
    }

    @Test
    void whatIsReferredToTwiceIsOneObject() {
        PickleValue value = unpickle("\u0080\2(]q\0h\0]t.");

        assertThat(value).isInstanceOf(TupleValue.class);
        TupleValue tuple = (TupleValue) value;
        assertThat(tuple.items()).hasSize(3).allMatch(ListValue.class::isInstance);
        assertThat(tuple.items().get(0)).isSameAs(tuple.items().get(1));
        assertThat(tuple.items().get(0)).isNotSameAs(tuple.items().get(2));
    }

    @Test
    void recordShorterThanItsTensorIsRefused() throws IOException {
        TorchScriptArchive archive =
                TorchScriptArchive.read(TestModels.small("with_state")).with("data/0", new byte[4]);

        assertThatThrownBy(archive::data)
                .isInstanceOf(TorchScriptException.class)
                .hasMessageContaining("data/0 has 4 bytes")
                .hasMessageContaining("need 8");
    }

    private static TorchScriptArchive read(byte[] file) {
        return TorchScriptArchive.read(file, "hostile", ArchiveLimits.defaults());
    }

    private static PickleValue unpickle(String latin1) {
        return Unpickler.read(
                latin1.getBytes(StandardCharsets.ISO_8859_1), "pickle", PickleLimits.defaults());
    }

    private static byte[] zip(String name, byte[] contents) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(out)) {
            zip.putNextEntry(new ZipEntry(name));
            zip.write(contents);
        }
        return out.toByteArray();
    }
}
