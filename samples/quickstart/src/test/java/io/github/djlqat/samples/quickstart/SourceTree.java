package io.github.djlqat.samples.quickstart;

import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.ExpressionTree;
import com.sun.source.tree.ImportTree;
import com.sun.source.tree.MemberSelectTree;
import com.sun.source.util.DocTrees;
import com.sun.source.util.JavacTask;
import com.sun.source.util.TreeScanner;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

/**
 * The main sources of every module that the project's POM names, parsed and not compiled: so it is
 * of no matter which of them have been built.
 *
 * @param files the sources
 * @param trees their comments and positions
 */
record SourceTree(List<SourceFile> files, DocTrees trees) {

    private static final String SOURCES = "src/main/java";

    /**
     * A source.
     *
     * @param module the folder of its module, such as {@code integrations/onnx}
     * @param unit what it holds
     */
    record SourceFile(String module, CompilationUnitTree unit) {

        String packageName() {
            return unit.getPackageName().toString();
        }

        /** The qualified names that it imports or writes out. */
        Set<String> names() {
            Set<String> names = new TreeSet<>();
            new TreeScanner<Void, Void>() {
                @Override
                public Void visitImport(ImportTree tree, Void nothing) {
                    names.add(tree.getQualifiedIdentifier().toString());
                    return null;
                }

                @Override
                public Void visitMemberSelect(MemberSelectTree tree, Void nothing) {
                    if (isName(tree)) {
                        names.add(tree.toString());
                    }
                    return super.visitMemberSelect(tree, nothing);
                }
            }.scan(unit.getImports(), null);
            new TreeScanner<Void, Void>() {
                @Override
                public Void visitMemberSelect(MemberSelectTree tree, Void nothing) {
                    if (isName(tree)) {
                        names.add(tree.toString());
                        return null;
                    }
                    return super.visitMemberSelect(tree, nothing);
                }
            }.scan(unit.getTypeDecls(), null);
            return names;
        }

        private static boolean isName(MemberSelectTree tree) {
            ExpressionTree left = tree.getExpression();
            while (left instanceof MemberSelectTree select) {
                left = select.getExpression();
            }
            return left.toString().matches("io|ai");
        }
    }

    /** Parses the project that stands in a folder. */
    static SourceTree read(Path root) throws IOException {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        StandardJavaFileManager manager = compiler.getStandardFileManager(null, null, null);
        List<Path> paths = new ArrayList<>();
        List<String> modules = ProjectFile.read(root.resolve("pom.xml")).modules();
        for (String module : modules) {
            Path folder = root.resolve(module).resolve(SOURCES);
            if (Files.isDirectory(folder)) {
                try (Stream<Path> found = Files.walk(folder)) {
                    found.filter(path -> path.toString().endsWith(".java")).forEach(paths::add);
                }
            }
        }
        JavacTask task =
                (JavacTask)
                        compiler.getTask(
                                null,
                                manager,
                                null,
                                List.of("-proc:none"),
                                null,
                                manager.getJavaFileObjectsFromPaths(paths));
        List<SourceFile> files = new ArrayList<>();
        for (CompilationUnitTree unit : task.parse()) {
            String path = root.relativize(Path.of(unit.getSourceFile().toUri())).toString();
            files.add(
                    new SourceFile(
                            path.substring(0, path.indexOf(SOURCES) - 1).replace('\\', '/'), unit));
        }
        return new SourceTree(List.copyOf(files), DocTrees.instance(task));
    }
}
