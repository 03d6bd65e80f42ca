package io.fettle.platform;

import java.io.IOException;
import java.io.InputStream;
import java.io.StringReader;
import java.io.StringWriter;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.openssl.PEMParser;
import org.bouncycastle.openssl.jcajce.JcaPEMWriter;
import org.bouncycastle.openssl.jcajce.JcaPKCS8Generator;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/**
 * The certificate the server shows: the company's own, or a self-signed one that is made at the
 * first start, and again when it nears its end or lacks an address that the server listens on.
 */
record Tls(Path certificate, Path key) {
  private static final Duration LIFE = Duration.ofDays(825);
  private static final Duration RENEW = Duration.ofDays(30);
  private static final Pattern NUMERIC = Pattern.compile("[0-9.]+|[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*");

  static Tls of(Path home, PlatformSettings settings) {
    String certificate = settings.tlsCertificate();
    String key = settings.tlsKey();
    if (certificate != null && key != null) return new Tls(readable(certificate), readable(key));
    if (certificate != null || key != null)
      throw new StartRefused(
          "platform.tls-certificate and platform.tls-key go together; give both or neither.");
    return made(home.resolve("tls"), settings.listen());
  }

  private static Path readable(String file) {
    Path path = Path.of(file).toAbsolutePath();
    if (!Files.isReadable(path))
      throw new StartRefused("The TLS file " + path + " cannot be read; check path and mode.");
    return path;
  }

  private static Tls made(Path folder, String listen) {
    Tls tls = new Tls(folder.resolve("certificate.pem"), folder.resolve("key.pem"));
    try {
      Set<String> names = names(listen);
      if (!tls.serves(names)) tls.make(folder, names);
      return tls;
    } catch (IOException | GeneralSecurityException | OperatorCreationException e) {
      throw new StartRefused(
          "A TLS certificate cannot be made in "
              + folder
              + " ("
              + e.getMessage()
              + "); name your own with platform.tls-certificate and platform.tls-key.",
          e);
    }
  }

  /** What clients may call this server: for a wildcard every address of this machine. */
  private static Set<String> names(String listen) throws IOException {
    Set<String> names = new TreeSet<>(List.of("localhost", "127.0.0.1"));
    names.add(InetAddress.getLocalHost().getHostName());
    InetAddress address = InetAddress.getByName(listen);
    if (!address.isAnyLocalAddress()) names.add(listen);
    else
      NetworkInterface.networkInterfaces()
          .flatMap(NetworkInterface::inetAddresses)
          .filter(a -> !a.isLinkLocalAddress())
          .forEach(a -> names.add(a.getHostAddress()));
    return names;
  }

  private boolean serves(Set<String> names) throws IOException, GeneralSecurityException {
    if (!Files.exists(certificate) || !Files.exists(key)) return false;
    try (InputStream in = Files.newInputStream(certificate)) {
      var shown = (X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(in);
      Instant end = shown.getNotAfter().toInstant();
      if (end.isBefore(Clock.systemUTC().instant().plus(RENEW))) return false;
      Set<String> held = new HashSet<>();
      for (List<?> name : shown.getSubjectAlternativeNames())
        held.add(plain(name.get(1).toString()));
      return names.stream().map(Tls::plain).allMatch(held::contains);
    } catch (CertificateException e) {
      return false;
    }
  }

  /** One spelling of an IPv6 address. */
  private static String plain(String name) {
    try {
      return NUMERIC.matcher(name).matches() ? InetAddress.getByName(name).getHostAddress() : name;
    } catch (UnknownHostException e) {
      return name;
    }
  }

  private void make(Path folder, Set<String> names)
      throws IOException, GeneralSecurityException, OperatorCreationException {
    Files.createDirectories(folder);
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(new ECGenParameterSpec("secp256r1"));
    KeyPair pair = generator.generateKeyPair();
    Files.deleteIfExists(key);
    Files.createFile(
        key, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    Files.writeString(key, pem(new JcaPKCS8Generator(pair.getPrivate(), null).generate()));
    Files.writeString(certificate, pem(selfSigned(pair, names)));
  }

  private static X509Certificate selfSigned(KeyPair pair, Set<String> names)
      throws IOException, GeneralSecurityException, OperatorCreationException {
    String host = InetAddress.getLocalHost().getHostName();
    X500Name name = new X500Name("CN=Fettle on " + host.replaceAll("[^A-Za-z0-9.-]", "-"));
    Instant now = Clock.systemUTC().instant();
    JcaX509v3CertificateBuilder builder =
        new JcaX509v3CertificateBuilder(
            name,
            new BigInteger(127, new SecureRandom()),
            Date.from(now.minus(Duration.ofHours(1))),
            Date.from(now.plus(LIFE)),
            name,
            pair.getPublic());
    builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(false));
    builder.addExtension(
        Extension.subjectAlternativeName,
        false,
        new GeneralNames(names.stream().map(Tls::name).toArray(GeneralName[]::new)));
    X509CertificateHolder holder =
        builder.build(new JcaContentSignerBuilder("SHA256withECDSA").build(pair.getPrivate()));
    return new JcaX509CertificateConverter().getCertificate(holder);
  }

  private static GeneralName name(String host) {
    int kind = NUMERIC.matcher(host).matches() ? GeneralName.iPAddress : GeneralName.dNSName;
    return new GeneralName(kind, host);
  }

  private static String pem(Object thing) throws IOException {
    StringWriter out = new StringWriter();
    try (JcaPEMWriter writer = new JcaPEMWriter(out)) {
      writer.writeObject(thing);
    }
    return out.toString();
  }

  /** SHA-256 of the certificate as browsers show it, to compare before trusting it. */
  String fingerprint() {
    try (PEMParser parser = new PEMParser(new StringReader(Files.readString(certificate)))) {
      if (!(parser.readObject() instanceof X509CertificateHolder holder))
        throw new StartRefused("There is no certificate in " + certificate + ".");
      byte[] digest = MessageDigest.getInstance("SHA-256").digest(holder.getEncoded());
      return HexFormat.ofDelimiter(":").formatHex(digest).toUpperCase(Locale.ROOT);
    } catch (IOException | GeneralSecurityException e) {
      throw new StartRefused("The certificate " + certificate + " cannot be read.", e);
    }
  }
}
