package io.github.djlqat.samples.quickstart;

import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.w3c.dom.Element;
import org.xml.sax.InputSource;
import org.xml.sax.SAXException;

/** The elements of a {@code pom.xml}, or of a part of one. */
record ProjectFile(Element root) {

    static ProjectFile read(Path file) throws IOException {
        return parse(Files.readString(file));
    }

    static ProjectFile parse(String xml) throws IOException {
        try {
            return new ProjectFile(
                    DocumentBuilderFactory.newInstance()
                            .newDocumentBuilder()
                            .parse(new InputSource(new StringReader(xml)))
                            .getDocumentElement());
        } catch (ParserConfigurationException | SAXException e) {
            throw new IOException("This is no XML: " + xml, e);
        }
    }

    /** The text of an element that stands directly under this one; empty where there is none. */
    String text(String name) {
        return children(root)
                .filter(child -> child.getTagName().equals(name))
                .map(child -> child.getTextContent().strip())
                .findFirst()
                .orElse("");
    }

    /** All elements of a name, at any depth. */
    List<ProjectFile> all(String name) {
        return elements(root.getElementsByTagName(name)).map(ProjectFile::new).toList();
    }

    private static Stream<Element> children(Element parent) {
        return elements(parent.getChildNodes());
    }

    private static Stream<Element> elements(org.w3c.dom.NodeList nodes) {
        return IntStream.range(0, nodes.getLength())
                .mapToObj(nodes::item)
                .filter(Element.class::isInstance)
                .map(Element.class::cast);
    }

    /** The folders of the modules that are built. */
    List<String> modules() {
        return all("module").stream().map(module -> module.root.getTextContent().strip()).toList();
    }
}
