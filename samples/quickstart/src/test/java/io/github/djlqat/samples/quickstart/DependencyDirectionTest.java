package io.github.djlqat.samples.quickstart;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/**
 * Imports point downwards only: samples, integrations, capabilities, core, DJL's API.
 *
 * <p>It stands in the quickstart because its class path holds every layer.
 */
@AnalyzeClasses(
        packages = DependencyDirectionTest.ROOT,
        importOptions = ImportOption.DoNotIncludeTests.class)
class DependencyDirectionTest {

    static final String ROOT = "io.github.djlqat";

    private static final String[] SAMPLES = {ROOT + ".samples.."};
    private static final String[] INTEGRATIONS = {
        ROOT + ".onnx..", ROOT + ".safetensors..", ROOT + ".extension.."
    };
    private static final String[] CAPABILITIES = {
        ROOT + ".fakequant..", ROOT + ".mixedprecision.."
    };

    private static final DescribedPredicate<JavaClass> CORE =
            resideInAPackage(ROOT + "..")
                    .and(not(resideInAnyPackage(SAMPLES)))
                    .and(not(resideInAnyPackage(INTEGRATIONS)))
                    .and(not(resideInAnyPackage(CAPABILITIES)))
                    .as("the core");

    @ArchTest
    static final ArchRule LAYERS =
            layeredArchitecture()
                    .consideringOnlyDependenciesInAnyPackage(ROOT + "..")
                    .withOptionalLayers(true)
                    .layer("samples")
                    .definedBy(SAMPLES)
                    .layer("integrations")
                    .definedBy(INTEGRATIONS)
                    .layer("capabilities")
                    .definedBy(CAPABILITIES)
                    .layer("core")
                    .definedBy(CORE)
                    .whereLayer("samples")
                    .mayNotBeAccessedByAnyLayer()
                    .whereLayer("integrations")
                    .mayOnlyBeAccessedByLayers("samples")
                    .whereLayer("capabilities")
                    .mayOnlyBeAccessedByLayers("integrations", "samples");

    @ArchTest
    static final ArchRule PACKAGES_ARE_FREE_OF_CYCLES =
            slices().matching(ROOT + ".(**)").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule FORMATS_STAND_ALONE =
            classes()
                    .that()
                    .resideInAPackage(ROOT + ".format")
                    .should()
                    .onlyDependOnClassesThat(
                            resideInAPackage(ROOT + ".format")
                                    .or(not(resideInAPackage(ROOT + ".."))));

    @ArchTest
    static final ArchRule CONVENTIONS_STAND_ON_FORMATS_ALONE =
            classes()
                    .that()
                    .resideInAPackage(ROOT + ".convention")
                    .should()
                    .onlyDependOnClassesThat(
                            resideInAnyPackage(ROOT + ".convention", ROOT + ".format")
                                    .or(not(resideInAPackage(ROOT + ".."))));

    @ArchTest
    static final ArchRule SCHEMES_STAND_ON_FORMATS_AND_CONVENTIONS =
            classes()
                    .that()
                    .resideInAPackage(ROOT + ".scheme")
                    .should()
                    .onlyDependOnClassesThat(
                            resideInAnyPackage(
                                            ROOT + ".scheme",
                                            ROOT + ".convention",
                                            ROOT + ".format")
                                    .or(not(resideInAPackage(ROOT + ".."))));

    @ArchTest
    static final ArchRule CAPABILITIES_ARE_INDEPENDENT =
            noClasses()
                    .that()
                    .resideInAPackage(ROOT + ".fakequant..")
                    .should()
                    .dependOnClassesThat()
                    .resideInAPackage(ROOT + ".mixedprecision..")
                    .allowEmptyShould(true);

    @ArchTest
    static final ArchRule THE_ENGINE_IS_REACHED_THROUGH_DJL_ONLY =
            noClasses().should().dependOnClassesThat().resideInAPackage("ai.djl.pytorch..");

    @ArchTest
    static void theCoreIsLookedAt(JavaClasses imported) {
        assertThat(imported.that(CORE))
                .extracting(JavaClass::getPackageName)
                .contains(
                        ROOT + ".format", ROOT + ".scheme", ROOT + ".recipe", ROOT + ".intercept");
    }
}
