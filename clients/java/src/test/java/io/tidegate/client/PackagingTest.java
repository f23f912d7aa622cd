package io.tidegate.client;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.tools.ToolProvider;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.xpath.XPath;
import javax.xml.xpath.XPathFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.w3c.dom.Document;

/** What those get who use the client as a library. */
class PackagingTest {
    /** The format of Java 21. */
    private static final int JAVA_21 = 65;

    private static final Path POM = Path.of("pom.xml");
    private static final Path PARENT = Path.of("../../pom.xml");

    @Test
    void everyClassRunsOnJava21() throws IOException {
        int classes = 0;
        Path folder = Path.of("target/classes/io/tidegate/client");
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, "*.class")) {
            for (Path file : files) {
                try (InputStream bytes = Files.newInputStream(file)) {
                    DataInputStream header = new DataInputStream(bytes);
                    assertEquals(0xCAFEBABE, header.readInt());
                    header.readUnsignedShort();
                    assertEquals(JAVA_21, header.readUnsignedShort(), file.toString());
                }
                classes++;
            }
        }
        assertTrue(classes > 40, classes + " classes");
    }

    @Test
    void itIsCompiledAgainstTheApiOfJava21() {
        assertEquals("21", System.getProperty("tidegate.client.release"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "name",
                "description",
                "url",
                "licenses/license/name",
                "licenses/license/url",
                "developers/developer/name",
                "scm/url",
                "scm/connection"
            })
    void thePomSaysWhatARepositoryOfLibrariesAsksFor(String element) throws Exception {
        assertNotEquals("", pom("/project/" + element));
    }

    @Test
    void theJarHasAModuleNameThatStays() throws Exception {
        assertEquals("io.tidegate.client", pom("//manifestEntries/Automatic-Module-Name"));
    }

    /** The profile names the plugins, and the parent says for all libraries what they do. */
    @ParameterizedTest
    @CsvSource({"source, jar-no-fork", "javadoc, jar"})
    void aReleaseHasItsSourcesAndItsJavadoc(String name, String goal) throws Exception {
        String plugin = "build/%s/plugin[artifactId='maven-" + name + "-plugin']";
        assertNotEquals("", pom("/project/profiles/profile[id='release']/" + plugin.formatted("plugins")));
        assertEquals(goal, xpath(PARENT, "/project/" + plugin.formatted("pluginManagement/plugins") + "//goal"));
    }

    @Test
    void itsJavadocHasNoWarning() throws Exception {
        assertEquals("true", pom("/project/profiles/profile[id='release']//failOnWarnings"));
    }

    /** A reader copies it, and it is to work. */
    @Test
    void theReadMeNamesTheCoordinatesOfThePom() throws Exception {
        String text = Files.readString(Path.of("README.md"));
        Matcher dependency = Pattern.compile(
                        "<groupId>(.*?)</groupId>\\s*<artifactId>(.*?)</artifactId>\\s*<version>(.*?)</version>")
                .matcher(text);
        assertTrue(dependency.find());
        assertEquals(pom("/project/parent/groupId"), dependency.group(1));
        assertEquals(pom("/project/artifactId"), dependency.group(2));
        assertEquals(pom("/project/parent/version"), dependency.group(3));
    }

    @Test
    void theFirstProgramOfTheReadMeCompiles(@TempDir Path folder) throws IOException {
        Matcher program = Pattern.compile("```java\n(import .*?)```", Pattern.DOTALL)
                .matcher(Files.readString(Path.of("README.md")));
        assertTrue(program.find());
        Path source = Files.writeString(folder.resolve("Hello.java"), program.group(1));
        ByteArrayOutputStream said = new ByteArrayOutputStream();
        int code = ToolProvider.getSystemJavaCompiler()
                .run(null, said, said, "-d", folder.toString(), "-cp", "target/classes", source.toString());
        assertEquals(0, code, said.toString(UTF_8));
    }

    private static String pom(String path) throws Exception {
        return xpath(POM, path);
    }

    private static String xpath(Path file, String path) throws Exception {
        Document document =
                DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(file.toFile());
        XPath xpath = XPathFactory.newInstance().newXPath();
        return xpath.evaluate(path, document).strip();
    }
}
