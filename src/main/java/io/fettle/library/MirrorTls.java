package io.fettle.library;

import io.fettle.library.MirrorWork.Behind;
import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.net.Proxy;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.SecureRandom;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;
import org.eclipse.jgit.transport.http.HttpConnection;
import org.eclipse.jgit.transport.http.HttpConnectionFactory;
import org.eclipse.jgit.transport.http.JDKHttpConnectionFactory;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * Whom mirrors over https believe: the authorities that Java knows, and those in a file of the
 * company's own, which is read anew each time.
 */
@Component
class MirrorTls {
  private static final long MOST_SAID = 8 << 20;
  private static final Duration LIMIT = Duration.ofMinutes(30);

  private final @Nullable String authorities;

  MirrorTls(LibrarySettings settings) {
    this.authorities = settings.mirrorCa();
  }

  /** How connections are made; certificate and host name are always checked. */
  HttpConnectionFactory connections() throws Behind {
    JDKHttpConnectionFactory plain = new JDKHttpConnectionFactory();
    TrustManager[] trust =
        authorities == null || authorities.isBlank() ? null : trust(Path.of(authorities));
    return new HttpConnectionFactory() {
      @Override
      public HttpConnection create(URL url) throws IOException {
        return believing(plain.create(url));
      }

      @Override
      public HttpConnection create(URL url, Proxy proxy) throws IOException {
        return believing(plain.create(url, proxy));
      }

      private HttpConnection believing(HttpConnection connection) throws IOException {
        try {
          if (trust != null) connection.configure(null, trust, new SecureRandom());
          return bounded(connection);
        } catch (GeneralSecurityException e) {
          throw new IOException(e);
        }
      }
    };
  }

  /** The other side is asked for its branches and told of ours: a few kilobytes. */
  private static HttpConnection bounded(HttpConnection connection) {
    Bounded.Deadline deadline = Bounded.Deadline.in(LIMIT);
    InvocationHandler handler =
        (proxy, method, words) -> {
          try {
            Object answer = method.invoke(connection, words);
            return answer instanceof InputStream in ? Bounded.in(in, MOST_SAID, deadline) : answer;
          } catch (InvocationTargetException e) {
            throw Objects.requireNonNullElse(e.getCause(), e);
          }
        };
    return (HttpConnection)
        java.lang.reflect.Proxy.newProxyInstance(
            HttpConnection.class.getClassLoader(), new Class<?>[] {HttpConnection.class}, handler);
  }

  private static TrustManager[] trust(Path file) throws Behind {
    try (InputStream in = Files.newInputStream(file)) {
      KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
      store.load(null, null);
      List<Certificate> all = new ArrayList<>(known());
      all.addAll(CertificateFactory.getInstance("X.509").generateCertificates(in));
      for (int i = 0; i < all.size(); i++) store.setCertificateEntry("c" + i, all.get(i));
      return of(store).getTrustManagers();
    } catch (IOException | GeneralSecurityException e) {
      throw new Behind(
          "library.mirror-ca：无法读取 " + file + " 中的证书（" + e + "）",
          "library.mirror-ca: cannot read the certificates in " + file + " (" + e + ")");
    }
  }

  private static List<X509Certificate> known() throws GeneralSecurityException {
    List<X509Certificate> known = new ArrayList<>();
    for (TrustManager manager : of(null).getTrustManagers())
      if (manager instanceof X509TrustManager x) known.addAll(List.of(x.getAcceptedIssuers()));
    return known;
  }

  private static TrustManagerFactory of(@Nullable KeyStore store) throws GeneralSecurityException {
    TrustManagerFactory factory =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    factory.init(store);
    return factory;
  }
}
