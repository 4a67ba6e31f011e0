package io.github.djlqat.report.markup;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * An element with its attributes and content.
 *
 * @param name the name of the element
 * @param attributes the values of the attributes by name, in order
 * @param content what is inside
 */
public record Element(String name, Map<String, String> attributes, List<Markup> content)
        implements Markup {

    private static final Pattern NAME = Pattern.compile("[a-zA-Z][a-zA-Z0-9:-]*");
    private static final Set<String> VOID = Set.of("meta", "br", "col", "hr", "link", "img");
    private static final Set<String> SHAPES =
            Set.of("path", "rect", "circle", "line", "polyline", "polygon", "use");

    /**
     * Copies the collections and checks the names.
     *
     * @param name the name of the element
     * @param attributes the values of the attributes by name, in order
     * @param content what is inside
     * @throws IllegalArgumentException if a name is none
     */
    public Element {
        requireName(name);
        attributes.keySet().forEach(Element::requireName);
        attributes = Collections.unmodifiableMap(new LinkedHashMap<>(attributes));
        content = List.copyOf(content);
    }

    private static void requireName(String name) {
        if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException("\"" + name + "\" is no name in markup.");
        }
    }

    /**
     * Creates an element without attributes.
     *
     * @param name the name
     * @param content what is inside
     * @return the element
     */
    public static Element of(String name, Markup... content) {
        return new Element(name, Map.of(), Arrays.asList(content));
    }

    /**
     * Creates an element without attributes.
     *
     * @param name the name
     * @param content what is inside
     * @return the element
     */
    public static Element of(String name, List<? extends Markup> content) {
        return new Element(name, Map.of(), new ArrayList<>(content));
    }

    /**
     * Creates an element that holds text.
     *
     * @param name the name
     * @param text the text
     * @return the element
     */
    public static Element text(String name, String text) {
        return of(name, new Text(text));
    }

    /**
     * Returns this element with one more attribute.
     *
     * @param attribute the name
     * @param value the value
     * @return the element
     */
    public Element with(String attribute, String value) {
        Map<String, String> more = new LinkedHashMap<>(attributes);
        more.put(attribute, value);
        return new Element(name, more, content);
    }

    /**
     * Returns this element with more content.
     *
     * @param more what follows the content
     * @return the element
     */
    public Element add(Markup... more) {
        List<Markup> all = new ArrayList<>(content);
        all.addAll(Arrays.asList(more));
        return new Element(name, attributes, all);
    }

    @Override
    public void appendTo(StringBuilder out) {
        out.append('<').append(name);
        attributes.forEach(
                (attribute, value) -> {
                    out.append(' ').append(attribute).append("=\"");
                    Escapes.append(value, out);
                    out.append('"');
                });
        if (content.isEmpty() && (VOID.contains(name) || SHAPES.contains(name))) {
            out.append("/>");
            return;
        }
        out.append('>');
        content.forEach(part -> part.appendTo(out));
        out.append("</").append(name).append('>');
    }
}
