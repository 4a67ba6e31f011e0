package io.github.djlqat.torchscript;

import io.github.djlqat.torchscript.Operation.Operand;
import io.github.djlqat.torchscript.code.Expression;
import io.github.djlqat.torchscript.code.SourceFile;
import java.util.List;

/**
 * An operation that a module runs.
 *
 * @param host the module whose method runs it, itself or through functions
 * @param chain the calls that lead to it from the module's method, the operation's own last
 * @param operation what it is
 * @param values what is known of the operands
 */
record OperationUse(
        ModuleNode host, List<CallPoint> chain, Operation operation, List<Value> values) {

    /**
     * A call in the source.
     *
     * @param file the file
     * @param function the name of the method or function that it is in
     * @param call the call
     */
    record CallPoint(SourceFile file, String function, Expression.Call call) {

        /** The place as errors name it. */
        String describe() {
            return file.path()
                    + ":"
                    + file.line(call.span().from())
                    + " ("
                    + function
                    + "): "
                    + file.text(call.span()).replaceAll("\\s+", " ");
        }
    }

    /** What tells two operations of the same module apart. */
    record Key(ModuleNode host, List<String> chain) {}

    Key key() {
        return new Key(host, offsets(chain));
    }

    static List<String> offsets(List<CallPoint> chain) {
        return chain.stream()
                .map(point -> point.file().path() + ":" + point.call().span().from())
                .toList();
    }

    CallPoint point() {
        return chain.get(chain.size() - 1);
    }

    Operand operand(int index) {
        return operation.operands().get(index);
    }

    OperationUse withValues(List<Value> known) {
        return new OperationUse(host, chain, operation, known);
    }
}
