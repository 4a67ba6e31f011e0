package io.github.djlqat.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.djlqat.report.data.ReportData;
import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.Node;
import org.w3c.dom.NodeList;
import org.xml.sax.InputSource;

class HtmlReportTest {

    @TempDir Path folder;

    @ParameterizedTest
    @ValueSource(
            strings = {
                "</script><script>alert(1)",
                "</style><img src=x onerror=alert(1)>",
                "\" onmouseover=\"alert(1)",
                "' onmouseover='alert(1)",
                "<!--",
                "]]>",
                "&lt;script&gt;",
                "a\u0000b\uFFFFc\u202Ed"
            })
    void aNameCannotBreakOut(String name) throws Exception {
        Document page = parse(HtmlReport.render(Samples.named(name)));
        assertThat(elements(page, "script")).hasSize(1);
        assertThat(elements(page, "style")).hasSize(1);
        assertThat(elements(page, "img")).isEmpty();
        for (Element element : elements(page, "*")) {
            for (int i = 0; i < element.getAttributes().getLength(); i++) {
                assertThat(element.getAttributes().item(i).getNodeName()).doesNotStartWith("on");
            }
        }
        String shown = name.replaceAll("[\u0000\uFFFF\u202E]", "\uFFFD");
        assertThat(elements(page, "h1").get(0).getTextContent()).isEqualTo(shown);
        assertThat(elements(page, "th").stream().map(Node::getTextContent)).contains(shown);
    }

    @Test
    void nothingIsAskedOfANetwork() throws Exception {
        Document page = parse(HtmlReport.render(Samples.full()));
        for (Element element : elements(page, "*")) {
            for (String attribute : List.of("src", "href", "xlink:href", "action", "data")) {
                String value = element.getAttribute(attribute);
                assertThat(value.isEmpty() || value.startsWith("#"))
                        .as(element.getTagName() + " " + attribute + " " + value)
                        .isTrue();
            }
        }
        String css = elements(page, "style").get(0).getTextContent();
        assertThat(css).doesNotContain("url(", "@import", "http");
        assertThat(elements(page, "script").get(0).getTextContent())
                .doesNotContain("fetch", "XMLHttpRequest", "import(", "http");
    }

    @Test
    void headingsGoDownByOneLevelAtATime() throws Exception {
        Document page = parse(HtmlReport.render(Samples.full()));
        int last = 0;
        int first = 0;
        for (Element element : elements(page, "*")) {
            if (element.getTagName().matches("h[1-6]")) {
                int level = element.getTagName().charAt(1) - '0';
                assertThat(level).isLessThanOrEqualTo(last + 1);
                first += level == 1 ? 1 : 0;
                last = level;
            }
        }
        assertThat(first).isEqualTo(1);
    }

    @Test
    void idsAreUniqueAndWhatPointsAtThemIsThere() throws Exception {
        Document page = parse(HtmlReport.render(Samples.full()));
        List<String> ids = new ArrayList<>();
        elements(page, "*").stream()
                .map(element -> element.getAttribute("id"))
                .filter(id -> !id.isEmpty())
                .forEach(ids::add);
        assertThat(ids).doesNotHaveDuplicates();
        for (Element element : elements(page, "*")) {
            for (String id : element.getAttribute("aria-labelledby").split(" ")) {
                assertThat(id.isEmpty() || ids.contains(id)).as(id).isTrue();
            }
            if (element.getTagName().equals("a")) {
                assertThat(ids).contains(element.getAttribute("href").substring(1));
            }
        }
    }

    @Test
    void everyFigureHasATitleADescriptionAndATable() throws Exception {
        Document page = parse(HtmlReport.render(Samples.full()));
        List<Element> figures = elements(page, "figure");
        assertThat(figures).isNotEmpty();
        for (Element figure : figures) {
            assertThat(figure.getElementsByTagName("table").getLength()).isEqualTo(1);
            NodeList pictures = figure.getElementsByTagName("svg");
            assertThat(pictures.getLength()).isPositive();
            for (int i = 0; i < pictures.getLength(); i++) {
                Element svg = (Element) pictures.item(i);
                assertThat(svg.getAttribute("role")).isEqualTo("img");
                assertThat(svg.getElementsByTagName("title").item(0).getTextContent()).isNotBlank();
                assertThat(svg.getElementsByTagName("desc").item(0).getTextContent()).isNotBlank();
            }
        }
    }

    @Test
    void whatIsNotThereIsLeftOut() throws Exception {
        Document page = parse(HtmlReport.render(ReportData.builder("only").build()));
        assertThat(elements(page, "section")).isEmpty();
        assertThat(elements(page, "h1").get(0).getTextContent()).isEqualTo("only");
    }

    @Test
    void aFileIsReplacedWholeOrNotAtAll() throws IOException {
        Path file = folder.resolve("report.html");
        Files.writeString(file, "before");
        HtmlReport.write(Samples.full(), file);
        assertThat(Files.readString(file)).startsWith("<!DOCTYPE html>").endsWith("</html>\n");
        assertThatThrownBy(
                        () -> HtmlReport.write(Samples.full(), folder.resolve("none/report.html")))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("there is no directory");
        try (Stream<Path> files = Files.list(folder)) {
            assertThat(files).containsExactly(file);
        }
    }

    static Document parse(String html) throws Exception {
        DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
        factory.setFeature("http://apache.org/xml/features/nonvalidating/load-external-dtd", false);
        return factory.newDocumentBuilder().parse(new InputSource(new StringReader(html)));
    }

    static List<Element> elements(Document page, String name) {
        NodeList nodes = page.getElementsByTagName(name);
        List<Element> elements = new ArrayList<>();
        for (int i = 0; i < nodes.getLength(); i++) {
            elements.add((Element) nodes.item(i));
        }
        return elements;
    }
}
