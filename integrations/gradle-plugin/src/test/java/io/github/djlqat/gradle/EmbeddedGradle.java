package io.github.djlqat.gradle;

import java.io.File;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.gradle.api.internal.StartParameterInternal;
import org.gradle.api.logging.LogLevel;
import org.gradle.api.logging.StandardOutputListener;
import org.gradle.initialization.DefaultBuildCancellationToken;
import org.gradle.initialization.DefaultBuildRequestContext;
import org.gradle.initialization.DefaultBuildRequestMetaData;
import org.gradle.initialization.NoOpBuildEventConsumer;
import org.gradle.internal.buildoption.Option;
import org.gradle.internal.buildprocess.BuildProcessState;
import org.gradle.internal.classpath.ClassPath;
import org.gradle.internal.instrumentation.agent.AgentStatus;
import org.gradle.internal.logging.LoggingManagerInternal;
import org.gradle.internal.logging.services.DefaultLoggingManagerFactory;
import org.gradle.internal.logging.services.LoggingServiceRegistry;
import org.gradle.internal.nativeintegration.services.NativeServices;
import org.gradle.internal.service.ServiceRegistry;
import org.gradle.launcher.exec.BuildActionResult;
import org.gradle.launcher.exec.BuildExecutor;
import org.gradle.launcher.exec.DefaultBuildActionParameters;
import org.gradle.tooling.internal.provider.action.ExecuteBuildAction;

/**
 * A process that runs builds one after another, as Gradle's daemon does.
 *
 * <p>Arguments are the project's folder, Gradle's user home, and for each build its tasks,
 * separated by commas. Build <i>n</i> writes what it prints to {@code n.log} of the user home, and
 * the process ends with the number of builds that failed.
 */
public final class EmbeddedGradle {

    private final Path project;
    private final Path userHome;
    private final BuildExecutor builds;

    private EmbeddedGradle(Path project, Path userHome, BuildExecutor builds) {
        this.project = project;
        this.userHome = userHome;
        this.builds = builds;
    }

    /** Runs the builds. */
    public static void main(String[] arguments) throws IOException {
        Path userHome = Path.of(arguments[1]);
        ServiceRegistry logging = LoggingServiceRegistry.newEmbeddableLogging();
        NativeServices.initializeOnDaemon(
                userHome.toFile(), NativeServices.NativeServicesMode.fromSystemProperties());
        LoggingManagerInternal manager = logging.get(DefaultLoggingManagerFactory.class).getRoot();
        manager.setLevelInternal(LogLevel.LIFECYCLE);
        manager.enableUserStandardOutputListeners();
        int failures = 0;
        try (BuildProcessState process =
                new BuildProcessState(
                        true,
                        AgentStatus.disabled(),
                        ClassPath.EMPTY,
                        logging,
                        NativeServices.getInstance())) {
            EmbeddedGradle gradle =
                    new EmbeddedGradle(
                            Path.of(arguments[0]),
                            userHome,
                            process.getServices().get(BuildExecutor.class));
            manager.start();
            for (int i = 2; i < arguments.length; i++) {
                List<String> tasks = Arrays.asList(arguments[i].split(","));
                if (gradle.run(tasks, userHome.resolve(i - 2 + ".log"), manager).hasFailure()) {
                    failures++;
                }
            }
        }
        System.exit(failures);
    }

    private BuildActionResult run(List<String> tasks, Path log, LoggingManagerInternal logging)
            throws IOException {
        StartParameterInternal start = new StartParameterInternal();
        start.setCurrentDir(project.toFile());
        start.setGradleUserHomeDir(userHome.toFile());
        start.setTaskNames(tasks);
        start.addInitScript(userHome.resolve("init.gradle").toFile());
        start.setConfigurationCache(Option.Value.value(true));
        Map<String, String> properties = new HashMap<>();
        for (String name : System.getProperties().stringPropertyNames()) {
            properties.put(name, System.getProperty(name));
        }
        try (PrintStream output =
                new PrintStream(Files.newOutputStream(log), true, StandardCharsets.UTF_8)) {
            StandardOutputListener listener = output::print;
            logging.addStandardOutputListener(listener);
            logging.addStandardErrorListener(listener);
            try {
                return builds.execute(
                        new ExecuteBuildAction(start),
                        new DefaultBuildActionParameters(
                                properties,
                                System.getenv(),
                                project.toFile(),
                                LogLevel.LIFECYCLE,
                                false,
                                ClassPath.EMPTY),
                        new DefaultBuildRequestContext(
                                new DefaultBuildRequestMetaData(System.currentTimeMillis()),
                                new DefaultBuildCancellationToken(),
                                new NoOpBuildEventConsumer()));
            } finally {
                logging.removeStandardOutputListener(listener);
                logging.removeStandardErrorListener(listener);
            }
        }
    }

    /** The options of a JVM that Gradle runs in, and its class path. */
    static List<String> command(Path distribution, Path localRepository) {
        return List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Xmx512m",
                "--add-opens=java.base/java.lang=ALL-UNNAMED",
                "--add-opens=java.base/java.lang.invoke=ALL-UNNAMED",
                "--add-opens=java.base/java.util=ALL-UNNAMED",
                "--add-opens=java.base/java.net=ALL-UNNAMED",
                "--add-opens=java.base/java.nio.charset=ALL-UNNAMED",
                "--add-opens=java.base/java.util.concurrent.atomic=ALL-UNNAMED",
                "--add-opens=java.prefs/java.util.prefs=ALL-UNNAMED",
                "-Dmaven.repo.local=" + localRepository,
                "-cp",
                distribution.resolve("lib")
                        + File.separator
                        + "*"
                        + File.pathSeparator
                        + Path.of("target", "test-classes").toAbsolutePath(),
                EmbeddedGradle.class.getName());
    }
}
