package io.github.djlqat.torchscript.export;

/** The statements of the method that is written. */
final class ScriptBody {

    static final String INDENT = "    ";

    private final StringBuilder text = new StringBuilder();
    private int temporaries;

    void statement(String statement) {
        text.append(INDENT).append(statement).append('\n');
    }

    /** Assigns an expression to a variable that no other value of the graph has. */
    String variable(String expression) {
        String name = "t" + temporaries++;
        statement(name + " = " + expression);
        return name;
    }

    @Override
    public String toString() {
        return text.toString();
    }
}
