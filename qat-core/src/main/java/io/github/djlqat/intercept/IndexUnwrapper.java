package io.github.djlqat.intercept;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.index.dim.NDIndexBooleans;
import ai.djl.ndarray.index.dim.NDIndexElement;
import ai.djl.ndarray.index.dim.NDIndexPick;
import ai.djl.ndarray.index.dim.NDIndexTake;

/** Replaces wrapped arrays within an index. */
final class IndexUnwrapper {

    private IndexUnwrapper() {}

    static NDIndex unwrap(NDIndex index, ArrayWrapper wrapper) {
        boolean holdsArrays =
                index.stream()
                        .anyMatch(
                                e ->
                                        e instanceof NDIndexTake
                                                || e instanceof NDIndexBooleans
                                                || e instanceof NDIndexPick);
        if (!holdsArrays) {
            return index;
        }
        NDIndex result = new NDIndex();
        int position = 0;
        for (NDIndexElement element : index.getIndices()) {
            if (position == index.getEllipsisIndex()) {
                result.addEllipseDim();
            }
            if (element instanceof NDIndexTake take) {
                result.addIndices("{}", plain(take.getIndex(), wrapper));
            } else if (element instanceof NDIndexBooleans mask) {
                result.addBooleanIndex(plain(mask.getIndex(), wrapper));
            } else if (element instanceof NDIndexPick pick) {
                result.addPickDim(plain(pick.getIndex(), wrapper));
            } else {
                result.getIndices().add(element);
            }
            position++;
        }
        return result;
    }

    private static NDArray plain(NDArray array, ArrayWrapper wrapper) {
        return wrapper.readable(array);
    }
}
