package io.github.djlqat.torchscript.archive;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CompressedEntryTest {

    private static final int SIZE = 1 << 21;

    /** Random bytes of so many values: 1 compresses a thousandfold, which readers refuse. */
    @ParameterizedTest
    @CsvSource({"1, 2097152, 2200000", "2, 0, 480000", "16, 0, 1300000", "256, 2097152, 2200000"})
    void entriesAreReadAgainAndAsSmallAsTheyMayBe(int values, int least, int most) {
        Random random = new Random(values);
        byte[] contents = new byte[SIZE];
        for (int i = 0; i < contents.length; i++) {
            contents[i] = (byte) random.nextInt(values);
        }

        byte[] file =
                TorchScriptArchive.create("model")
                        .with("version", "3")
                        .with(TorchScriptArchive.DATA, "")
                        .with(TorchScriptArchive.CONSTANTS, "")
                        .withCompressed("data/0", contents)
                        .toByteArray();

        assertThat(file).hasSizeBetween(least, most);
        TorchScriptArchive archive =
                TorchScriptArchive.read(file, "model.pt", ArchiveLimits.defaults());
        assertThat(archive.bytes("data/0")).isEqualTo(contents);
    }
}
