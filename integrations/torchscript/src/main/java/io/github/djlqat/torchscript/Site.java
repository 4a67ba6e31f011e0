package io.github.djlqat.torchscript;

import io.github.djlqat.torchscript.Operation.Operand;
import java.util.ArrayList;
import java.util.List;

/**
 * An operand of an operation in the source, which all instances of a class share.
 *
 * @param chain the offsets of the calls that lead to the operation from a method or function, the
 *     operation's own last, each with its file
 * @param argument the position among the operation's arguments
 * @param item the position in the list that the argument is, or -1
 * @param listSize the length of that list, or 0
 */
record Site(List<String> chain, int argument, int item, int listSize) {

    Site {
        chain = List.copyOf(chain);
    }

    static Site of(OperationUse use, Operand operand) {
        return new Site(
                OperationUse.offsets(use.chain()),
                operand.argument(),
                operand.item(),
                operand.listSize());
    }

    /** The operand as seen from the function that the first call goes to. */
    Site within() {
        return new Site(chain.subList(1, chain.size()), argument, item, listSize);
    }

    /** The operand as seen from where a call goes to the function that it is in. */
    Site through(String call) {
        List<String> longer = new ArrayList<>();
        longer.add(call);
        longer.addAll(chain);
        return new Site(longer, argument, item, listSize);
    }

    boolean isDirect() {
        return chain.size() == 1;
    }
}
