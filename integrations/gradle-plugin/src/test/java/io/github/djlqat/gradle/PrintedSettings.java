package io.github.djlqat.gradle;

import groovy.lang.Closure;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What settings say of plugins: a stand-in for Gradle's, with what such a script calls. */
public final class PrintedSettings {

    private final List<String> repositories = new ArrayList<>();
    private @Nullable Closure<?> rule;

    List<String> repositories() {
        return repositories;
    }

    /** The coordinates that a plugin is taken from; empty where the settings name none. */
    String module(String plugin) {
        Request request = new Request(new Requested(new PluginId(plugin)));
        PrintedScript.call(rule, request);
        return request.module;
    }

    /** Called by the script. */
    public void repositories(Closure<?> block) {
        PrintedScript.call(block, new Repositories(repositories));
    }

    /** Called by the script. */
    public void resolutionStrategy(Closure<?> block) {
        PrintedScript.call(block, this);
    }

    /** Called by the script. */
    public void eachPlugin(Closure<?> block) {
        rule = block;
    }

    /** The block of repositories. */
    public record Repositories(List<String> names) {

        /** Called by the script. */
        public void mavenLocal() {
            names.add("mavenLocal");
        }

        /** Called by the script. */
        public void mavenCentral() {
            names.add("mavenCentral");
        }
    }

    /** A plugin's name. */
    public static final class PluginId {

        private final String id;

        PluginId(String id) {
            this.id = id;
        }

        /** Called by the script. */
        public String getId() {
            return id;
        }
    }

    /** A plugin as it is asked for. */
    public static final class Requested {

        private final PluginId id;

        Requested(PluginId id) {
            this.id = id;
        }

        /** Called by the script. */
        public PluginId getId() {
            return id;
        }
    }

    /** One plugin that is resolved. */
    public static final class Request {

        private final Requested requested;
        private String module = "";

        Request(Requested requested) {
            this.requested = requested;
        }

        /** Called by the script. */
        public Requested getRequested() {
            return requested;
        }

        /** Called by the script. */
        public void useModule(String coordinates) {
            module = coordinates;
        }
    }
}
