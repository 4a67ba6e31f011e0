package io.github.djlqat.torchscript.pickle;

/** What is wrong with a pickle, before the name of the file and the position are added. */
final class PickleProblem extends RuntimeException {

    private static final long serialVersionUID = 1L;

    PickleProblem(String message) {
        super(message, null, false, false);
    }

    @Override
    public String getMessage() {
        return String.valueOf(super.getMessage());
    }
}
