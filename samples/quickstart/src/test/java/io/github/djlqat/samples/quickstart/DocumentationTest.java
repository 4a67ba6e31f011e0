package io.github.djlqat.samples.quickstart;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.source.doctree.DocCommentTree;
import com.sun.source.doctree.DocTree;
import com.sun.source.doctree.ParamTree;
import com.sun.source.doctree.ReturnTree;
import com.sun.source.doctree.ThrowsTree;
import com.sun.source.tree.AnnotationTree;
import com.sun.source.tree.ClassTree;
import com.sun.source.tree.MethodTree;
import com.sun.source.tree.ModifiersTree;
import com.sun.source.tree.Tree;
import com.sun.source.tree.TypeParameterTree;
import com.sun.source.tree.VariableTree;
import com.sun.source.util.TreePath;
import com.sun.source.util.TreePathScanner;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import javax.lang.model.element.Modifier;
import org.junit.jupiter.api.Test;

/**
 * Everything public has a comment that is whole: what it is, each parameter, the value that is
 * returned, each exception that is declared. The compiler's own check of comments, which the build
 * runs, stops at broken links and tags and only warns of what is missing.
 */
class DocumentationTest {

    private static final Path ROOT = Path.of("..", "..").toAbsolutePath().normalize();

    @Test
    void everythingPublicIsDocumented() throws IOException {
        SourceTree sources = SourceTree.read(ROOT);
        List<String> missing = new ArrayList<>();
        int seen = 0;
        for (SourceTree.SourceFile file : sources.files()) {
            Reader reader = new Reader(sources, file, missing);
            reader.scan(file.unit(), null);
            seen += reader.seen;
        }
        assertThat(missing).isEmpty();
        assertThat(seen).isGreaterThan(2000);
    }

    /** Looks at what other code can see of a source. */
    private static final class Reader extends TreePathScanner<Void, Void> {

        private final SourceTree sources;
        private final SourceTree.SourceFile file;
        private final List<String> missing;
        private int seen;

        Reader(SourceTree sources, SourceTree.SourceFile file, List<String> missing) {
            this.sources = sources;
            this.file = file;
            this.missing = missing;
        }

        @Override
        public Void visitClass(ClassTree type, Void nothing) {
            boolean local = !(parent() instanceof ClassTree || parent() == file.unit());
            if (local || !visible(type.getModifiers())) {
                return null;
            }
            DocCommentTree comment = comment(type.getSimpleName());
            if (comment != null) {
                List<String> parameters = names(type.getTypeParameters());
                components(type)
                        .forEach(component -> parameters.add(component.getName().toString()));
                require(comment, type.getSimpleName(), parameters, false, List.of());
            }
            return super.visitClass(type, nothing);
        }

        @Override
        public Void visitVariable(VariableTree field, Void nothing) {
            if (parent() instanceof ClassTree owner
                    && visible(field.getModifiers())
                    && !components(owner).contains(field)
                    && !field.getName().contentEquals("serialVersionUID")) {
                comment(field.getName());
            }
            return null;
        }

        @Override
        public Void visitMethod(MethodTree method, Void nothing) {
            ClassTree owner = (ClassTree) parent();
            if (!visible(method.getModifiers()) || overrides(method)) {
                return null;
            }
            boolean constructor = method.getReturnType() == null;
            DocCommentTree comment = comment(method.getName());
            if (comment != null) {
                List<String> parameters = names(method.getTypeParameters());
                method.getParameters().forEach(p -> parameters.add(p.getName().toString()));
                boolean compact = constructor && isCompact(method, owner);
                if (compact) {
                    components(owner).forEach(c -> parameters.add(c.getName().toString()));
                }
                require(
                        comment,
                        method.getName(),
                        parameters,
                        !constructor && !method.getReturnType().toString().equals("void"),
                        method.getThrows().stream().map(Object::toString).toList());
            }
            return null;
        }

        private static boolean isCompact(MethodTree method, ClassTree owner) {
            return owner.getKind() == Tree.Kind.RECORD
                    && method.getParameters().isEmpty()
                    && !method.getBody().toString().contains("this(");
        }

        private Tree parent() {
            return getCurrentPath().getParentPath().getLeaf();
        }

        /** Whether other packages can see it: members of interfaces can be, without a word. */
        private boolean visible(ModifiersTree modifiers) {
            Set<Modifier> flags = modifiers.getFlags();
            if (parent() instanceof ClassTree owner
                    && (owner.getKind() == Tree.Kind.INTERFACE
                            || owner.getKind() == Tree.Kind.ANNOTATION_TYPE)) {
                return !flags.contains(Modifier.PRIVATE);
            }
            return flags.contains(Modifier.PUBLIC) || flags.contains(Modifier.PROTECTED);
        }

        private static boolean overrides(MethodTree method) {
            return method.getModifiers().getAnnotations().stream()
                    .map(AnnotationTree::getAnnotationType)
                    .anyMatch(annotation -> annotation.toString().equals("Override"));
        }

        /** What a record's header declares, which the parser turns into its first fields. */
        private static List<VariableTree> components(ClassTree type) {
            if (type.getKind() != Tree.Kind.RECORD) {
                return List.of();
            }
            return type.getMembers().stream()
                    .filter(VariableTree.class::isInstance)
                    .map(VariableTree.class::cast)
                    .filter(field -> !field.getModifiers().getFlags().contains(Modifier.STATIC))
                    .toList();
        }

        private static List<String> names(List<? extends TypeParameterTree> parameters) {
            return new ArrayList<>(
                    parameters.stream().map(parameter -> "<" + parameter.getName() + ">").toList());
        }

        private DocCommentTree comment(CharSequence name) {
            seen++;
            DocCommentTree comment = sources.trees().getDocCommentTree(getCurrentPath());
            if (comment == null) {
                tell(name, "a comment");
            }
            return comment;
        }

        private void require(
                DocCommentTree comment,
                CharSequence name,
                List<String> parameters,
                boolean returns,
                List<String> exceptions) {
            Set<String> found = new java.util.HashSet<>();
            for (DocTree tag : comment.getBlockTags()) {
                if (tag instanceof ParamTree param) {
                    String parameter = param.getName().getName().toString();
                    found.add(param.isTypeParameter() ? "<" + parameter + ">" : parameter);
                } else if (tag instanceof ReturnTree) {
                    found.add("@return");
                } else if (tag instanceof ThrowsTree thrown) {
                    found.add("@throws " + thrown.getExceptionName().getSignature());
                }
            }
            boolean inherits = comment.toString().contains("{@inheritDoc}");
            if (inherits) {
                return;
            }
            parameters.stream()
                    .filter(parameter -> !found.contains(parameter))
                    .forEach(parameter -> tell(name, "@param " + parameter));
            if (returns && !found.contains("@return") && !comment.toString().contains("{@return")) {
                tell(name, "@return");
            }
            exceptions.stream()
                    .filter(exception -> !found.contains("@throws " + exception))
                    .forEach(exception -> tell(name, "@throws " + exception));
        }

        private void tell(CharSequence name, String what) {
            TreePath path = getCurrentPath();
            long line =
                    file.unit()
                            .getLineMap()
                            .getLineNumber(
                                    sources.trees()
                                            .getSourcePositions()
                                            .getStartPosition(file.unit(), path.getLeaf()));
            missing.add(
                    ROOT.relativize(Path.of(file.unit().getSourceFile().toUri()))
                            + ":"
                            + line
                            + ": "
                            + name
                            + " lacks "
                            + what);
        }
    }
}
