package io.github.djlqat.torchscript.archive;

/**
 * The numbers of the zip format.
 *
 * @see <a href="https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT">APPNOTE</a>
 */
final class ZipFormat {

    static final int LOCAL_HEADER = 0x04034b50;
    static final int LOCAL_HEADER_SIZE = 30;
    static final int DATA_DESCRIPTOR = 0x08074b50;
    static final int DIRECTORY_HEADER = 0x02014b50;
    static final int DIRECTORY_HEADER_SIZE = 46;
    static final int END_64 = 0x06064b50;
    static final int END_64_SIZE = 56;
    static final int END_64_LOCATOR = 0x07064b50;
    static final int END_64_LOCATOR_SIZE = 20;
    static final int END = 0x06054b50;
    static final int END_SIZE = 22;

    /** The extra field that holds the numbers that do not fit 32 bits. */
    static final int EXTRA_64 = 1;

    static final int SHORT_IN_64 = 0xffff;
    static final long INT_IN_64 = 0xffffffffL;

    static final int ENCRYPTED = 1;
    static final int STRONGLY_ENCRYPTED = 1 << 6;
    static final int MASKED = 1 << 13;
    static final int DESCRIPTOR_FOLLOWS = 1 << 3;
    static final int UTF8 = 1 << 11;

    static final int STORED = 0;
    static final int DEFLATED = 8;

    private ZipFormat() {}
}
