package io.github.djlqat.torchscript.pickle;

/**
 * The opcodes of Python's pickles that TorchScript uses.
 *
 * @see <a href="https://github.com/python/cpython/blob/main/Lib/pickletools.py">pickletools</a>
 */
final class Opcode {

    static final int PROTOCOL = 0x80;
    static final int STOP = '.';
    static final int GLOBAL = 'c';
    static final int MARK = '(';
    static final int EMPTY_TUPLE = ')';
    static final int TUPLE = 't';
    static final int TUPLE1 = 0x85;
    static final int TUPLE2 = 0x86;
    static final int TUPLE3 = 0x87;
    static final int EMPTY_LIST = ']';
    static final int APPEND = 'a';
    static final int APPENDS = 'e';
    static final int EMPTY_DICT = '}';
    static final int SET_ITEM = 's';
    static final int SET_ITEMS = 'u';
    static final int NONE = 'N';
    static final int NEW_TRUE = 0x88;
    static final int NEW_FALSE = 0x89;
    static final int BINARY_INT = 'J';
    static final int BINARY_INT1 = 'K';
    static final int BINARY_INT2 = 'M';
    static final int LONG1 = 0x8a;
    static final int BINARY_FLOAT = 'G';
    static final int BINARY_UNICODE = 'X';
    static final int BINARY_PUT = 'q';
    static final int LONG_BINARY_PUT = 'r';
    static final int BINARY_GET = 'h';
    static final int LONG_BINARY_GET = 'j';
    static final int NEW_OBJECT = 0x81;
    static final int BUILD = 'b';
    static final int REDUCE = 'R';
    static final int PERSISTENT_ID = 'Q';

    private Opcode() {}
}
