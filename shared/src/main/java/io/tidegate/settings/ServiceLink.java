package io.tidegate.settings;

import java.util.regex.Pattern;

/**
 * The variables that Kubernetes gives to every pod of a namespace for each Service in it, such as
 * {@code TIDEGATE_PORT=tcp://10.0.0.1:8080} for a Service named {@code tidegate}.
 *
 * @see <a href="https://kubernetes.io/docs/concepts/services-networking/service/#environment-variables">Kubernetes:
 *     environment variables of a Service</a>
 */
final class ServiceLink {
    static final String RULE = "is no setting: Kubernetes sets it in every pod for a Service of this name; set"
            + " enableServiceLinks: false in the pod's spec";

    private static final Pattern KEY = Pattern.compile("tidegate(\\..+)?"
            + "\\.(service\\.host|service\\.port(\\..+)?|port\\.[0-9]+\\.(tcp|udp|sctp)(\\.(proto|port|addr))?)");
    private static final Pattern URL = Pattern.compile("(tcp|udp|sctp)://.*");

    private ServiceLink() {}

    static boolean matches(String key, String value) {
        return KEY.matcher(key).matches()
                || (key.endsWith(".port") && URL.matcher(value).matches());
    }
}
