package io.github.djlqat.workflow.model;

import ai.djl.Model;
import ai.djl.nn.Block;
import ai.djl.nn.BlockFactory;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Makes blocks of classes that the user names. */
final class BlockLoader {

    private BlockLoader() {}

    /** A block and the loader of its class, which is closed with the model. */
    record Loaded(Block block, URLClassLoader classes) {}

    /**
     * Makes a block.
     *
     * @param model the model that it is for
     * @param folder the model's folder
     * @param className a {@link BlockFactory}, or a {@link Block} with a constructor without
     *     parameters
     * @param classPath where to find it, before the class path of this program
     * @param arguments what the model's folder says, for the factory
     * @throws IOException if the class path is not there or the factory cannot read something
     * @throws IllegalArgumentException if there is no such class, it is something else, or it fails
     */
    static Loaded load(
            Model model,
            Path folder,
            String className,
            List<Path> classPath,
            Map<String, String> arguments)
            throws IOException {
        URLClassLoader classes = loader(classPath);
        try {
            return new Loaded(
                    make(model, folder, className, classPath, arguments, classes), classes);
        } catch (IOException | RuntimeException e) {
            classes.close();
            throw e;
        }
    }

    private static URLClassLoader loader(List<Path> classPath) throws IOException {
        List<URL> urls = new ArrayList<>();
        for (Path entry : classPath) {
            if (!Files.exists(entry)) {
                throw new NoSuchFileException(
                        entry.toString(), null, "there is no such entry of the class path");
            }
            urls.add(url(entry));
        }
        ClassLoader context = Thread.currentThread().getContextClassLoader();
        return new URLClassLoader(
                urls.toArray(URL[]::new),
                context != null ? context : BlockLoader.class.getClassLoader());
    }

    private static URL url(Path entry) throws MalformedURLException {
        return entry.toUri().toURL();
    }

    private static Block make(
            Model model,
            Path folder,
            String className,
            List<Path> classPath,
            Map<String, String> arguments,
            ClassLoader classes)
            throws IOException {
        Object made;
        try {
            made = Class.forName(className, true, classes).getDeclaredConstructor().newInstance();
        } catch (ClassNotFoundException e) {
            throw new IllegalArgumentException(
                    "There is no class "
                            + className
                            + " to make the model's block; it is looked for in "
                            + (classPath.isEmpty()
                                    ? "this program's own class path, and no other was given."
                                    : classPath + " and this program's own class path."),
                    e);
        } catch (NoSuchMethodException | InstantiationException | IllegalAccessException e) {
            throw new IllegalArgumentException(
                    "The class "
                            + className
                            + " cannot make the model's block: it needs to be public and not"
                            + " abstract, with a public constructor without parameters.",
                    e);
        } catch (InvocationTargetException | LinkageError e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            throw new IllegalArgumentException(
                    "The constructor of " + className + " fails: " + cause + ".", e);
        }
        if (made instanceof Block block) {
            return block;
        }
        if (made instanceof BlockFactory factory) {
            return newBlock(factory, model, folder, arguments);
        }
        throw new IllegalArgumentException(
                "The class "
                        + className
                        + " is neither an ai.djl.nn.BlockFactory nor an ai.djl.nn.Block.");
    }

    private static Block newBlock(
            BlockFactory factory, Model model, Path folder, Map<String, String> arguments)
            throws IOException {
        String name = factory.getClass().getName();
        Block block;
        try {
            block = factory.newBlock(model, folder, arguments);
        } catch (RuntimeException | LinkageError e) {
            throw new IllegalArgumentException(
                    "The block factory " + name + " fails: " + e + ".", e);
        }
        if (block == null) {
            throw new IllegalArgumentException("The block factory " + name + " makes no block.");
        }
        return block;
    }
}
