package io.tidegate;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;

import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** The arrows between the packages: {@code protocol <- relay, access <- hub <- drain <- api <- node}; the rest are leaves. */
@AnalyzeClasses(packages = "io.tidegate", importOptions = DoNotIncludeTests.class)
class ArchitectureTest {
    private static final String CORE = "io.tidegate..";

    @ArchTest
    static final ArchRule ARROWS = layeredArchitecture()
            .consideringOnlyDependenciesInLayers()
            .layer("time")
            .definedBy("io.tidegate.time..")
            .layer("owner")
            .definedBy("io.tidegate.owner..")
            .layer("settings")
            .definedBy("io.tidegate.settings..")
            .layer("log")
            .definedBy("io.tidegate.log..")
            .layer("metrics")
            .definedBy("io.tidegate.metrics..")
            .layer("tracing")
            .definedBy("io.tidegate.tracing..")
            .layer("protocol")
            .definedBy("io.tidegate.protocol..")
            .layer("framing")
            .definedBy("io.tidegate.framing..")
            .layer("relay")
            .definedBy("io.tidegate.relay..")
            .layer("access")
            .definedBy("io.tidegate.access..")
            .layer("hub")
            .definedBy("io.tidegate.hub..")
            .layer("drain")
            .definedBy("io.tidegate.drain..")
            .layer("fleet")
            .definedBy("io.tidegate.fleet..")
            .layer("api")
            .definedBy("io.tidegate.api..")
            .layer("node")
            .definedBy("io.tidegate.node..")
            .whereLayer("time")
            .mayNotAccessAnyLayer()
            .whereLayer("owner")
            .mayNotAccessAnyLayer()
            .whereLayer("settings")
            .mayNotAccessAnyLayer()
            .whereLayer("log")
            .mayOnlyAccessLayers("owner", "settings")
            .whereLayer("metrics")
            .mayNotAccessAnyLayer()
            .whereLayer("tracing")
            .mayNotAccessAnyLayer()
            .whereLayer("protocol")
            .mayNotAccessAnyLayer()
            .whereLayer("framing")
            .mayOnlyAccessLayers("protocol")
            .whereLayer("relay")
            .mayOnlyAccessLayers("owner", "protocol", "settings", "metrics", "time")
            .whereLayer("access")
            .mayOnlyAccessLayers("protocol", "settings", "time")
            .whereLayer("hub")
            .mayOnlyAccessLayers("relay", "access", "owner", "protocol", "settings", "metrics", "time", "tracing")
            .whereLayer("drain")
            .mayOnlyAccessLayers("hub", "protocol", "metrics", "settings", "time", "tracing")
            .whereLayer("fleet")
            .mayOnlyAccessLayers("drain", "hub", "owner", "protocol", "settings", "metrics", "time")
            .whereLayer("api")
            .mayOnlyAccessLayers("fleet", "hub", "relay", "protocol", "settings", "metrics", "time")
            .whereLayer("node")
            .mayNotBeAccessedByAnyLayer();

    @ArchTest
    static final ArchRule ONLY_THE_REDIS_RELAY_KNOWS_REDISSON = noClasses()
            .that()
            .resideOutsideOfPackage("io.tidegate.relay..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("org.redisson..", "io.netty..");

    @ArchTest
    static final ArchRule ONLY_ACCESS_KNOWS_NIMBUS = noClasses()
            .that()
            .resideOutsideOfPackage("io.tidegate.access..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("com.nimbusds..");

    @ArchTest
    static final ArchRule THE_CORE_KNOWS_NO_RUNTIME = noClasses()
            .that()
            .resideInAPackage(CORE)
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("io.helidon..", "jakarta..", "org.eclipse.microprofile..");

    @ArchTest
    static final ArchRule TIME_IS_INJECTED = noClasses()
            .that()
            .resideInAnyPackage(
                    "io.tidegate.hub..",
                    "io.tidegate.drain..",
                    "io.tidegate.fleet..",
                    "io.tidegate.api..",
                    "io.tidegate.protocol..")
            .should()
            .callMethod(System.class, "nanoTime")
            .orShould()
            .callMethod(System.class, "currentTimeMillis");
}
