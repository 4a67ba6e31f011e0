package io.github.djlqat.samples.metrics;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;

/** Serves a registry under {@code /metrics} of this machine, for Prometheus to scrape. */
final class ScrapeServer implements AutoCloseable {

    private static final String PATH = "/metrics";
    private static final String CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8";

    private final HttpServer server;

    private ScrapeServer(HttpServer server) {
        this.server = server;
    }

    /**
     * Begins to serve.
     *
     * @param registry what is served
     * @param port the port of the loopback address; 0 for any that is free
     * @return the server
     * @throws IOException if the port is taken
     */
    static ScrapeServer start(PrometheusMeterRegistry registry, int port) throws IOException {
        InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
        HttpServer server;
        try {
            server = HttpServer.create(address, 0);
        } catch (IOException e) {
            throw new IOException("Port " + port + " cannot be served: " + e.getMessage(), e);
        }
        server.createContext(PATH, exchange -> answer(exchange, registry));
        server.start();
        return new ScrapeServer(server);
    }

    URI address() {
        return URI.create("http://localhost:" + server.getAddress().getPort() + PATH);
    }

    private static void answer(HttpExchange exchange, PrometheusMeterRegistry registry)
            throws IOException {
        try (exchange) {
            byte[] body = registry.scrape().getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().set("Content-Type", CONTENT_TYPE);
            exchange.sendResponseHeaders(200, body.length);
            exchange.getResponseBody().write(body);
        }
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
