package io.github.djlqat.cli;

/** What the process tells its caller. */
final class ExitCode {

    /** All went well. */
    static final int OK = 0;

    /** The work was done, and a check that was asked for failed. */
    static final int CHECK_FAILED = 1;

    /** Something is wrong with what the user gave. */
    static final int USER_ERROR = 2;

    /** Something is wrong with this program. */
    static final int INTERNAL_ERROR = 3;

    /** The work was interrupted, as shells report it. */
    static final int INTERRUPTED = 130;

    private ExitCode() {}
}
