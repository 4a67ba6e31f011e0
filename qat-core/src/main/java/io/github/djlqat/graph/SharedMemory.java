package io.github.djlqat.graph;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.index.NDIndex;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Which values the arrays of a recording hold, some of which share memory with others.
 *
 * <p>A value is assigned once, but an array may change: in place, or through a view of it. What is
 * written into a view is passed on to the array behind it, and from there to its other views, when
 * these are next read.
 */
final class SharedMemory {

    private final Map<NDArray, Cell> cells = new IdentityHashMap<>();
    private final ViewOps ops;

    /** An array, what it is a view of, and the value that it was last known to hold. */
    private static final class Cell {
        private final NDArray array;
        private final List<Write> writes = new ArrayList<>();
        private @Nullable Origin origin;
        private boolean probed;
        private boolean lost;
        private Argument value;
        private int seen;
        private int version;

        private Cell(NDArray array, Argument value, @Nullable Origin origin) {
            this.array = array;
            this.value = value;
            this.origin = origin;
            version = root().latest();
        }

        private Cell root() {
            Cell cell = this;
            for (Origin next = cell.origin; next != null; next = cell.origin) {
                cell = next.of();
            }
            return cell;
        }

        /** The number of writes to this memory so far. */
        private int latest() {
            return writes.size();
        }

        private boolean isReachable() {
            return !lost && !array.isReleased();
        }
    }

    /** The array that another was made of, and the node that made it. */
    private record Origin(Cell of, Node view) {}

    /** What was written into a member of a family of arrays that share memory. */
    private record Write(Cell cell, Argument value) {}

    SharedMemory(ViewOps ops) {
        this.ops = ops;
    }

    boolean knows(NDArray array) {
        return cells.containsKey(array);
    }

    /** Says what an array of its own memory holds. */
    void put(NDArray array, Argument value) {
        Cell before = cells.put(array, new Cell(array, value, null));
        if (before != null) {
            before.lost = true;
        }
    }

    /** Says that an array was made from another one, whose memory it may share. */
    void putView(NDArray array, Argument value, NDArray of, Node view) {
        if (array != of) {
            cells.put(array, new Cell(array, value, new Origin(cell(of), view)));
        }
    }

    /** Returns what an array holds after all that was written. */
    Argument read(NDArray array) {
        return current(cell(array));
    }

    /** Returns what the array behind all views of a family holds. */
    Argument root(NDArray array) {
        return cell(array).root().value;
    }

    /**
     * Finds out which views share memory with an array that is about to change.
     *
     * @throws IllegalStateException if that cannot be found out
     */
    void prepareWrite(NDArray array, String place) {
        Cell cell = cell(array);
        Cell root = cell.root();
        probe(root, place);
        if (cell.root() != root) {
            prepareWrite(array, place);
        }
    }

    /** Says that an array was changed in place. */
    void write(NDArray array, Argument value) {
        Cell cell = cell(array);
        Cell root = cell.root();
        root.writes.add(new Write(cell, value));
        cell.value = value;
        cell.version = root.latest();
        if (cell == root) {
            root.seen = root.latest();
        }
    }

    private Cell cell(NDArray array) {
        return Objects.requireNonNull(cells.get(array));
    }

    private Argument current(Cell cell) {
        Cell root = cell.root();
        if (cell.version == root.latest()) {
            return cell.value;
        }
        if (cell.origin == null) {
            for (; root.seen < root.latest(); root.seen++) {
                Write write = root.writes.get(root.seen);
                root.value = lift(write.cell(), write.value());
            }
        } else {
            cell.value = ops.again(cell.origin.view(), current(cell.origin.of()));
        }
        cell.version = root.latest();
        return cell.value;
    }

    /** Returns the root's value after a write into a member. */
    private Argument lift(Cell cell, Argument value) {
        Origin origin = cell.origin;
        if (origin == null) {
            return value;
        }
        Argument changed =
                ops.isBijective(origin.view())
                        ? ops.inverse(origin.view(), value)
                        : ops.replace(origin.view(), before(origin.of()), value);
        return lift(origin.of(), changed);
    }

    /** Returns the value of a member before the next write that the root has not taken in. */
    private Argument before(Cell cell) {
        Origin origin = cell.origin;
        return origin == null ? cell.value : ops.again(origin.view(), before(origin.of()));
    }

    /**
     * The engine does not say whether an array is a view, so other values are written into the one
     * behind it.
     */
    private void probe(Cell root, String place) {
        List<Cell> members =
                cells.values().stream()
                        .filter(cell -> cell != root && cell.root() == root && !cell.probed)
                        .filter(Cell::isReachable)
                        .toList();
        if (members.isEmpty()) {
            return;
        }
        if (!root.isReachable()) {
            throw new IllegalStateException(
                    place
                            + " changes an array in place that may share its memory with one that was closed or set"
                            + " anew, which cannot be recorded. Use the operation that returns a new array instead.");
        }
        List<Cell> copies = unaffected(root, members);
        for (Cell member : members) {
            Origin origin = member.origin;
            if (!copies.contains(member)) {
                member.probed = true;
            } else if (origin != null && !copies.contains(origin.of())) {
                member.origin = null;
            }
        }
        // Views of a copy count the writes of their new family.
        copies.forEach(copy -> copy.version = copy.root().latest());
    }

    private static List<Cell> unaffected(Cell root, List<Cell> members) {
        try (NDArray saved = root.array.duplicate()) {
            fill(root.array, 0);
            List<ByteBuffer> zeros = members.stream().map(SharedMemory::bytes).toList();
            fill(root.array, 1);
            List<Cell> copies =
                    IntStream.range(0, members.size())
                            .filter(i -> zeros.get(i).equals(bytes(members.get(i))))
                            .mapToObj(members::get)
                            .toList();
            root.array.set(new NDIndex("..."), saved);
            return copies;
        }
    }

    private static void fill(NDArray array, int value) {
        array.set(new NDIndex("..."), value);
    }

    private static ByteBuffer bytes(Cell cell) {
        ByteBuffer bytes = cell.array.toByteBuffer(false);
        return ByteBuffer.allocate(bytes.remaining()).put(bytes.duplicate()).flip();
    }
}
