package io.github.djlqat.torchscript.archive;

import io.github.djlqat.io.AtomicFile;
import io.github.djlqat.torchscript.error.TorchScriptException;
import io.github.djlqat.torchscript.pickle.ObjectValue;
import io.github.djlqat.torchscript.pickle.PickleLimits;
import io.github.djlqat.torchscript.pickle.PickleValue;
import io.github.djlqat.torchscript.pickle.Pickler;
import io.github.djlqat.torchscript.pickle.TupleValue;
import io.github.djlqat.torchscript.pickle.Unpickler;
import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A TorchScript archive: the zip file of {@code torch.jit.save}, in memory.
 *
 * <p>Its entries lie under one root folder and are named here without it:
 *
 * <ul>
 *   <li>{@code data.pkl}, the module with its attributes, and {@code data/0}, {@code data/1}, …,
 *       the memory of its tensors;
 *   <li>{@code constants.pkl} and {@code constants/0}, …, the tensors that its code mentions;
 *   <li>{@code code/*.py}, the source of its classes;
 *   <li>{@code version} or {@code .data/version}, {@code byteorder}, {@code extra/*} and others,
 *       which are kept as they are.
 * </ul>
 *
 * <p>An archive never changes: the {@code with} methods return another one that shares what they do
 * not replace.
 */
public final class TorchScriptArchive {

    /** The pickle of the module. */
    public static final String DATA = "data.pkl";

    /** The pickle of the constants that the code mentions. */
    public static final String CONSTANTS = "constants.pkl";

    private static final String TENSORS = "data/";
    private static final String VERSION = "version";

    /** Where the version stands in archives whose operations need a later one than 6. */
    private static final String LATER_VERSION = ".data/version";

    private final String source;
    private final String root;
    private final PickleLimits limits;
    private final Map<String, ArchiveEntry> entries;

    private TorchScriptArchive(
            String source, String root, PickleLimits limits, Map<String, ArchiveEntry> entries) {
        this.source = source;
        this.root = root;
        this.limits = limits;
        this.entries = entries;
    }

    /**
     * Creates an archive without entries.
     *
     * @param root the name of the root folder, such as the model's name
     * @return the archive
     * @throws TorchScriptException if the name is not one of a folder
     */
    public static TorchScriptArchive create(String root) {
        EntryNames.check(root);
        return new TorchScriptArchive(root, root, PickleLimits.defaults(), Map.of());
    }

    /**
     * Reads a file within {@link ArchiveLimits#defaults}.
     *
     * @param path the file
     * @return the archive
     * @throws IOException if it cannot be read
     * @throws TorchScriptException if it is no TorchScript archive, damaged or hostile
     */
    public static TorchScriptArchive read(Path path) throws IOException {
        return read(path, ArchiveLimits.defaults());
    }

    /**
     * Reads a file.
     *
     * <p>It is held in memory as it lies in the file, compressed where it is compressed there.
     *
     * @param path the file
     * @param limits what it may take
     * @return the archive
     * @throws IOException if it cannot be read
     * @throws TorchScriptException if it is no TorchScript archive, damaged or hostile
     */
    public static TorchScriptArchive read(Path path, ArchiveLimits limits) throws IOException {
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
            return read(ByteSource.of(channel), path.toString(), limits);
        }
    }

    /**
     * Reads an archive from memory.
     *
     * @param archive the bytes of the zip file
     * @param name its name, for messages
     * @param limits what it may take
     * @return the archive
     * @throws TorchScriptException if it is no TorchScript archive, damaged or hostile
     */
    public static TorchScriptArchive read(byte[] archive, String name, ArchiveLimits limits) {
        try {
            return read(ByteSource.of(archive), name, limits);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static TorchScriptArchive read(ByteSource source, String name, ArchiveLimits limits)
            throws IOException {
        try {
            List<ArchiveEntry> entries = new ArchiveReader(source, limits).read();
            TorchScriptArchive archive = of(name, entries, limits.pickles());
            archive.requireEntries();
            return archive;
        } catch (TorchScriptException e) {
            throw new TorchScriptException(name + ": " + e.getMessage() + ".", e);
        }
    }

    private static TorchScriptArchive of(
            String source, List<ArchiveEntry> list, PickleLimits limits) {
        if (list.isEmpty()) {
            throw new TorchScriptException("it has no entries");
        }
        // PyTorch takes the folder of the first entry for the root.
        String first = list.get(0).name();
        int slash = first.indexOf('/');
        if (slash < 0) {
            throw new TorchScriptException(
                    "its first entry "
                            + first
                            + " is not in a folder, as those of a TorchScript archive are");
        }
        String root = first.substring(0, slash);
        Map<String, ArchiveEntry> entries = new LinkedHashMap<>();
        for (ArchiveEntry entry : list) {
            if (!entry.name().startsWith(root + '/')) {
                throw new TorchScriptException(
                        "entry "
                                + entry.name()
                                + ": it is not in the folder "
                                + root
                                + " of the others");
            }
            entries.put(entry.name().substring(slash + 1), entry);
        }
        return new TorchScriptArchive(source, root, limits, entries);
    }

    private void requireEntries() {
        boolean versioned = entries.containsKey(VERSION) || entries.containsKey(LATER_VERSION);
        if (!versioned || !entries.containsKey(DATA)) {
            throw new TorchScriptException(
                    "it has no entry "
                            + root
                            + '/'
                            + (versioned ? DATA : VERSION)
                            + ", as every TorchScript archive does; save the model with torch.jit.save");
        }
        if (!entries.containsKey(CONSTANTS)) {
            throw new TorchScriptException(
                    "it has no entry "
                            + root
                            + '/'
                            + CONSTANTS
                            + ", so it holds tensors without a program, as torch.save writes them; save the model with"
                            + " torch.jit.save");
        }
    }

    /**
     * Returns the name of the root folder.
     *
     * @return the name
     */
    public String root() {
        return root;
    }

    /**
     * Returns the version of the format and of the operations, such as 3 or 10.
     *
     * @return the version
     * @throws TorchScriptException if there is none, or it is no number
     */
    public int version() {
        String text = text(entries.containsKey(VERSION) ? VERSION : LATER_VERSION).strip();
        if (!text.matches("[0-9]{1,9}")) {
            throw new TorchScriptException(
                    source + ": its version is no number, but " + text + ".");
        }
        return Integer.parseInt(text);
    }

    /**
     * Returns the names of all entries.
     *
     * @return the names below the root folder, in the archive's order
     */
    public List<String> names() {
        return List.copyOf(entries.keySet());
    }

    /**
     * Returns whether there is an entry.
     *
     * @param name its name below the root folder
     * @return true if there is
     */
    public boolean contains(String name) {
        return entries.containsKey(name);
    }

    /**
     * Returns the contents of an entry.
     *
     * @param name its name below the root folder
     * @return a copy of its bytes, unpacked
     * @throws TorchScriptException if there is none
     */
    public byte[] bytes(String name) {
        return entry(name).contents();
    }

    /**
     * Returns the size of an entry.
     *
     * @param name its name below the root folder
     * @return the size of its contents, unpacked, in bytes
     * @throws TorchScriptException if there is none
     */
    public long size(String name) {
        return entry(name).size();
    }

    private ArchiveEntry entry(String name) {
        ArchiveEntry entry = entries.get(name);
        if (entry == null) {
            throw new TorchScriptException(source + ": it has no entry " + root + '/' + name + ".");
        }
        return entry;
    }

    /**
     * Returns the contents of an entry as text.
     *
     * @param name its name below the root folder, such as {@code code/__torch__.py}
     * @return its characters
     * @throws TorchScriptException if there is none, or it is not in UTF-8
     */
    public String text(String name) {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes(name)))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new TorchScriptException(
                    source + ": entry " + root + '/' + name + " is not in UTF-8.", e);
        }
    }

    /**
     * Returns the archive with an entry, stored without compression: in place of the one of that
     * name, or behind all others.
     *
     * @param name its name below the root folder
     * @param contents its bytes, which are copied
     * @return the new archive
     * @throws TorchScriptException if the name would leave the root folder
     */
    public TorchScriptArchive with(String name, byte[] contents) {
        return with(name, ArchiveEntry.stored(checked(name), contents));
    }

    /**
     * Returns the archive with a compressed entry: in place of the one of that name, or behind all
     * others. It is stored without compression where that is smaller, or where {@link
     * ArchiveLimits#defaults} would refuse what compresses so well.
     *
     * @param name its name below the root folder
     * @param contents its bytes, which are copied
     * @return the new archive
     * @throws TorchScriptException if the name would leave the root folder
     */
    public TorchScriptArchive withCompressed(String name, byte[] contents) {
        ArchiveEntry entry = ArchiveEntry.deflated(checked(name), contents);
        long ratio = ArchiveLimits.defaults().maxRatio();
        return entry.size() > ratio * entry.packed().length
                ? with(name, contents)
                : with(name, entry);
    }

    private String checked(String name) {
        String fullName = root + '/' + name;
        EntryNames.check(fullName);
        return fullName;
    }

    private TorchScriptArchive with(String name, ArchiveEntry entry) {
        Map<String, ArchiveEntry> changed = new LinkedHashMap<>(entries);
        changed.put(name, entry);
        return new TorchScriptArchive(source, root, limits, changed);
    }

    /**
     * Returns the archive with an entry of text.
     *
     * @param name its name below the root folder, such as {@code code/__torch__.py}
     * @param text its characters, written in UTF-8
     * @return the new archive
     * @throws TorchScriptException if the name would leave the root folder
     */
    public TorchScriptArchive with(String name, String text) {
        return with(name, text.getBytes(StandardCharsets.UTF_8));
    }

    /**
     * Returns the archive without an entry.
     *
     * @param name its name below the root folder
     * @return the new archive
     */
    public TorchScriptArchive without(String name) {
        Map<String, ArchiveEntry> changed = new LinkedHashMap<>(entries);
        changed.remove(name);
        return new TorchScriptArchive(source, root, limits, changed);
    }

    /**
     * Returns the archive without the records of tensors that its module does not hold any more.
     *
     * @return the new archive
     * @throws TorchScriptException as {@link #data} does
     */
    public TorchScriptArchive withoutUnusedTensors() {
        Set<String> used = new HashSet<>();
        TensorRecords.forEachStorage(data(), storage -> used.add(TENSORS + storage.key()));
        Map<String, ArchiveEntry> changed = new LinkedHashMap<>(entries);
        changed.keySet().removeIf(name -> name.startsWith(TENSORS) && !used.contains(name));
        return new TorchScriptArchive(source, root, limits, changed);
    }

    /**
     * Reads the module.
     *
     * @return the module's object
     * @throws TorchScriptException if its pickle is refused, or a tensor's record is missing or of
     *     another size than the pickle says
     */
    public ObjectValue data() {
        PickleValue value = pickle(DATA);
        new TensorRecords(source, this, TENSORS).check(value);
        if (value instanceof ObjectValue object) {
            return object;
        }
        throw new TorchScriptException(source + ": " + DATA + " holds no object of a class.");
    }

    /**
     * Reads the constants that the code mentions by their position.
     *
     * @return the constants
     * @throws TorchScriptException if their pickle is refused, or a tensor's record is missing or
     *     of another size than the pickle says
     */
    public TupleValue constants() {
        PickleValue value = pickle(CONSTANTS);
        new TensorRecords(source, this, "constants/").check(value);
        if (value instanceof TupleValue tuple) {
            return tuple;
        }
        throw new TorchScriptException(source + ": " + CONSTANTS + " holds no tuple.");
    }

    private PickleValue pickle(String name) {
        return Unpickler.read(bytes(name), source + ": " + name, limits);
    }

    /**
     * Returns the archive with another module. Records of its tensors are not changed.
     *
     * @param data the module's object
     * @return the new archive
     */
    public TorchScriptArchive withData(ObjectValue data) {
        return with(DATA, Pickler.write(data));
    }

    /**
     * Returns the archive with other constants. Records of their tensors are not changed.
     *
     * @param constants the constants
     * @return the new archive
     */
    public TorchScriptArchive withConstants(TupleValue constants) {
        return with(CONSTANTS, Pickler.write(constants));
    }

    /**
     * Writes the archive into a stream.
     *
     * @param out the stream, which is not closed
     * @throws IOException if it fails
     */
    public void writeTo(OutputStream out) throws IOException {
        ArchiveWriter.write(List.copyOf(entries.values()), out);
    }

    /**
     * Writes the archive into a file, which appears whole or not at all.
     *
     * @param path the file, in a directory that is there; a file that exists is replaced
     * @throws IOException if it cannot be written
     */
    public void write(Path path) throws IOException {
        AtomicFile.write(
                path,
                channel -> {
                    OutputStream out = new BufferedOutputStream(Channels.newOutputStream(channel));
                    writeTo(out);
                    out.flush();
                });
    }

    /**
     * Returns the bytes of the file.
     *
     * @return the bytes
     */
    public byte[] toByteArray() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try {
            writeTo(out);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toByteArray();
    }
}
