package io.fettle.platform;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/** Where the server listens, and with which certificate: elsewhere than loopback only with TLS. */
final class Web {
  private Web() {}

  static Map<String, Object> properties(Settings settings) {
    PlatformSettings platform = settings.platform();
    Map<String, Object> properties = new LinkedHashMap<>();
    properties.put("server.port", platform.port());
    properties.put("server.address", platform.listen());
    if (needsTls(platform)) {
      Tls tls = Tls.of(settings.home(), platform);
      RunFolder.in(settings.home()).fingerprint(tls.fingerprint());
      properties.put("spring.ssl.bundle.pem.web.keystore.certificate", uri(tls.certificate()));
      properties.put("spring.ssl.bundle.pem.web.keystore.private-key", uri(tls.key()));
      properties.put("server.ssl.bundle", "web");
    }
    return properties;
  }

  static boolean needsTls(PlatformSettings platform) {
    return platform.tlsCertificate() != null || !isLoopback(platform.listen());
  }

  private static boolean isLoopback(String address) {
    try {
      return InetAddress.getByName(address).isLoopbackAddress();
    } catch (UnknownHostException e) {
      throw new StartRefused(
          "'" + address + "' is no address of this machine; give --listen one that is.", e);
    }
  }

  private static String uri(Path file) {
    return file.toUri().toString();
  }
}
