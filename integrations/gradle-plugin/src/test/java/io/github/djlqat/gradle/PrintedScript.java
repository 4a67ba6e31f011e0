package io.github.djlqat.gradle;

import groovy.lang.Binding;
import groovy.lang.Closure;
import groovy.lang.GroovyShell;
import groovy.util.DelegatingScript;
import org.codehaus.groovy.control.CompilerConfiguration;
import org.gradle.api.Project;

/**
 * A build script as it is printed in a page, run on a project, or settings. ProjectBuilder
 * evaluates no scripts; so the block {@code plugins} applies what it names, and everything else is
 * the project's.
 */
public abstract class PrintedScript extends DelegatingScript {

    static void run(String text, Object target) {
        CompilerConfiguration configuration = new CompilerConfiguration();
        configuration.setScriptBaseClass(PrintedScript.class.getName());
        PrintedScript script =
                (PrintedScript)
                        new GroovyShell(
                                        PrintedScript.class.getClassLoader(),
                                        new Binding(),
                                        configuration)
                                .parse(text);
        script.setDelegate(target);
        script.run();
    }

    /** Called by the script. */
    public void plugins(Closure<?> block) {
        call(block, new Plugins((Project) getDelegate()));
    }

    /** Called by the script. */
    public void pluginManagement(Closure<?> block) {
        call(block, getDelegate());
    }

    static void call(Closure<?> block, Object delegate) {
        block.setDelegate(delegate);
        block.setResolveStrategy(Closure.DELEGATE_FIRST);
        block.call();
    }

    /** The block of plugins. */
    public record Plugins(Project project) {

        /** Called by the script. */
        public void id(String name) {
            project.getPluginManager().apply(name);
        }
    }
}
