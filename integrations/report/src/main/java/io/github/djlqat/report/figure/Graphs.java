package io.github.djlqat.report.figure;

import io.github.djlqat.report.data.GraphEdge;
import io.github.djlqat.report.data.GraphNode;
import io.github.djlqat.report.data.ModelGraph;
import io.github.djlqat.report.drawing.Drawing;
import io.github.djlqat.report.figure.DataTable.Cell;
import io.github.djlqat.report.figure.DataTable.Column;
import io.github.djlqat.report.figure.GraphView.Kind;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Draws the graph of a model: an overview in which each module is one box, and a drawing of each
 * module.
 */
final class Graphs {

    /** A graph of so few nodes is drawn whole. */
    private static final int SMALL = 16;

    /** The most boxes that one drawing has; a reader gets lost earlier. */
    private static final int MAX_BOXES = 400;

    private static final int MAX_ARROWS = 2_000;
    private static final int MAX_MODULES = 300;
    private static final int MAX_ROWS = 2_000;

    private final ModelGraph graph;
    private final Map<String, GraphNode> nodes = new HashMap<>();
    private final List<Part> parts = new ArrayList<>();
    private final Map<String, Part> partOf = new HashMap<>();

    /** Operations that follow each other and belong to one module. */
    private record Part(String name, List<GraphNode> nodes, boolean isModule) {}

    private Graphs(ModelGraph graph) {
        this.graph = graph;
        graph.nodes().forEach(node -> nodes.put(node.id(), node));
        split();
    }

    static List<Figure> of(@Nullable ModelGraph graph) {
        if (graph == null || graph.nodes().isEmpty()) {
            return List.of();
        }
        return new Graphs(graph).figures();
    }

    /**
     * Splits the nodes where the module changes. Parts of consecutive nodes can be boxes of a graph
     * that has no cycle, which modules as such cannot.
     */
    private void split() {
        boolean whole = graph.nodes().size() <= SMALL;
        Map<String, Integer> uses = new HashMap<>();
        List<GraphNode> run = new ArrayList<>();
        for (GraphNode node : graph.nodes()) {
            if (!run.isEmpty() && !Objects.equals(run.get(0).module(), node.module())) {
                close(run, uses, whole);
                run = new ArrayList<>();
            }
            run.add(node);
        }
        close(run, uses, whole);
    }

    private void close(List<GraphNode> run, Map<String, Integer> uses, boolean whole) {
        String module = run.get(0).module();
        if (whole || module == null || run.size() == 1) {
            run.forEach(node -> add(new Part(node.label(), List.of(node), false)));
            return;
        }
        int use = uses.merge(module, 1, Integer::sum);
        add(new Part(use == 1 ? module : module + " (" + use + ")", List.copyOf(run), true));
    }

    private void add(Part part) {
        parts.add(part);
        part.nodes().forEach(node -> partOf.put(node.id(), part));
    }

    private List<Figure> figures() {
        List<Figure> figures = new ArrayList<>();
        Set<String> names = new LinkedHashSet<>();
        boolean modules = parts.stream().anyMatch(Part::isModule);
        if (parts.size() <= MAX_BOXES) {
            String caption =
                    (modules
                                    ? "The whole model; a square box is a module, drawn on its own"
                                            + " as well. "
                                    : "")
                            + "A solid arrow is a tensor rounded to the format on it, a dashed one"
                            + " is in floating point.";
            add(figures, names, "graph", "Graph", caption, overview(), graph.edges());
        }
        int drawn = 0;
        for (Part part : parts) {
            if (part.isModule() && part.nodes().size() <= MAX_BOXES && drawn++ < MAX_MODULES) {
                add(
                        figures,
                        names,
                        "graph-" + LayerFigures.slug(part.name()),
                        "Module " + part.name(),
                        "Dashed boxes are operations of other parts.",
                        inside(part),
                        edges(part));
            }
        }
        return figures;
    }

    private void add(
            List<Figure> figures,
            Set<String> names,
            String name,
            String title,
            String caption,
            GraphView view,
            List<GraphEdge> edges) {
        if (view.boxes().size() <= 2 * MAX_BOXES && view.arrows().size() <= MAX_ARROWS) {
            String listed =
                    edges.size() <= MAX_ROWS
                            ? caption
                            : caption + " The table lists the first " + MAX_ROWS + " tensors.";
            figures.add(
                    new Figure(
                            LayerFigures.unique(name, names),
                            listed,
                            drawing(title, view),
                            table(edges.subList(0, Math.min(edges.size(), MAX_ROWS)))));
        }
    }

    private Drawing drawing(String title, GraphView view) {
        long quantized = view.arrows().stream().filter(arrow -> arrow.format() != null).count();
        return GraphDrawing.of(
                title,
                view.boxes().size()
                        + " boxes and "
                        + view.arrows().size()
                        + " arrows, of which "
                        + quantized
                        + " are quantized. The table lists all tensors.",
                view);
    }

    private GraphView overview() {
        GraphView.Builder view = new GraphView.Builder();
        Map<Part, String> keys = new LinkedHashMap<>();
        for (Part part : parts) {
            String key = part.nodes().get(0).id();
            keys.put(part, key);
            view.add(key, part.isModule() ? box(part) : box(part.nodes().get(0), ""));
        }
        for (GraphEdge edge : graph.edges()) {
            view.connect(key(keys, edge.from()), key(keys, edge.to()), edge.format());
        }
        return view.build();
    }

    private String key(Map<Part, String> keys, String node) {
        return Objects.requireNonNull(keys.get(Objects.requireNonNull(partOf.get(node))));
    }

    private GraphView inside(Part part) {
        Set<String> own = new LinkedHashSet<>();
        part.nodes().forEach(node -> own.add(node.id()));
        GraphView.Builder view = new GraphView.Builder();
        for (GraphEdge edge : graph.edges()) {
            if (own.contains(edge.to()) && !own.contains(edge.from())) {
                view.add(edge.from(), outside(edge.from()));
            }
        }
        String prefix = part.nodes().get(0).module();
        part.nodes().forEach(node -> view.add(node.id(), box(node, prefix + "_")));
        for (GraphEdge edge : graph.edges()) {
            if (own.contains(edge.from()) && !own.contains(edge.to())) {
                view.add(edge.to(), outside(edge.to()));
            }
        }
        edges(part).forEach(edge -> view.connect(edge.from(), edge.to(), edge.format()));
        return view.build();
    }

    private List<GraphEdge> edges(Part part) {
        Set<String> own = new LinkedHashSet<>();
        part.nodes().forEach(node -> own.add(node.id()));
        return graph.edges().stream()
                .filter(edge -> own.contains(edge.from()) || own.contains(edge.to()))
                .toList();
    }

    private GraphView.Box outside(String id) {
        GraphNode node = Objects.requireNonNull(nodes.get(id));
        return isNamedAfterOp(node.label(), node.op())
                ? new GraphView.Box(node.op(), "", Kind.OUTSIDE)
                : new GraphView.Box(node.label(), node.op(), Kind.OUTSIDE);
    }

    private static GraphView.Box box(Part part) {
        long weights = part.nodes().stream().filter(node -> node.weightFormat() != null).count();
        return new GraphView.Box(
                part.name(),
                part.nodes().size()
                        + " operations, "
                        + weights
                        + (weights == 1 ? " quantized weight" : " quantized weights"),
                Kind.MODULE);
    }

    private static GraphView.Box box(GraphNode node, String prefix) {
        String label = node.label();
        String title =
                label.startsWith(prefix) && label.length() > prefix.length()
                        ? label.substring(prefix.length())
                        : label;
        String format = node.weightFormat();
        if (format != null) {
            return new GraphView.Box(title, node.op() + ", " + format, Kind.QUANTIZED_WEIGHT);
        }
        return isNamedAfterOp(title, node.op())
                ? new GraphView.Box(node.op(), "", Kind.OPERATION)
                : new GraphView.Box(title, node.op(), Kind.OPERATION);
    }

    /** Whether a name says no more than what the operation is and the how many-th of its kind. */
    private static boolean isNamedAfterOp(String title, String op) {
        return title.equals(op) || title.startsWith(op + "#");
    }

    private DataTable table(List<GraphEdge> edges) {
        List<List<Cell>> rows = new ArrayList<>();
        for (GraphEdge edge : edges) {
            rows.add(
                    List.of(
                            Cell.of(label(edge.from())),
                            Cell.of(label(edge.to())),
                            Cell.of(edge.format() == null ? "floating point" : edge.format()),
                            Cell.optional(edge.shape())));
        }
        return new DataTable(
                List.of(
                        Column.text("From"),
                        Column.text("To"),
                        Column.text("Format"),
                        Column.text("Shape")),
                rows);
    }

    private String label(String id) {
        return Objects.requireNonNull(nodes.get(id)).label();
    }
}
