package io.fettle.cli;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.util.Map;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/**
 * Whom to believe over TLS: the certificates in the file {@code FETTLE_CA}, else the one that this
 * machine's own Fettle made, else the JDK's.
 */
final class Trust {
  private Trust() {}

  static Optional<SSLContext> context(Map<String, String> environment, Path home, boolean here) {
    String named = environment.getOrDefault("FETTLE_CA", "");
    Path file = named.isBlank() ? home.resolve("tls/certificate.pem") : Path.of(named);
    if (named.isBlank() && !(here && Files.isReadable(file))) return Optional.empty();
    try (InputStream in = Files.newInputStream(file)) {
      KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
      store.load(null, null);
      int number = 0;
      for (Certificate certificate :
          CertificateFactory.getInstance("X.509").generateCertificates(in))
        store.setCertificateEntry("c" + number++, certificate);
      TrustManagerFactory trust =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      trust.init(store);
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(null, trust.getTrustManagers(), null);
      return Optional.of(context);
    } catch (IOException | GeneralSecurityException e) {
      throw Refused.because("FETTLE_CA: cannot read the certificates in " + file + " (" + e + ")");
    }
  }
}
