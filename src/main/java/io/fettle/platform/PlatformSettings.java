package io.fettle.platform;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * What the process stands on.
 *
 * @param port port of the pages and the API; FETTLE_PORT and --port win
 * @param listen address to listen on; anything but loopback turns TLS on; FETTLE_LISTEN wins
 * @param databaseUrl JDBC URL of an outside PostgreSQL 18; absent: Fettle runs its own;
 *     FETTLE_DB_URL wins
 * @param databaseUser role that owns Fettle's schemas there; FETTLE_DB_USER wins
 * @param databasePassword its password; better given as FETTLE_DB_PASSWORD
 * @param poolSize database connections at most
 * @param tlsCertificate PEM file with the certificate chain; absent: a self-signed one is made
 * @param tlsKey PEM file (PKCS#8) with its private key
 */
@ConfigurationProperties("fettle.platform")
public record PlatformSettings(
    @DefaultValue("8080") int port,
    @DefaultValue("127.0.0.1") String listen,
    @Nullable String databaseUrl,
    @Nullable String databaseUser,
    @Nullable String databasePassword,
    @DefaultValue("20") int poolSize,
    @Nullable String tlsCertificate,
    @Nullable String tlsKey) {

  /** Never with the password: settings are printed. */
  @Override
  public String toString() {
    return "PlatformSettings[port=" + port + ", listen=" + listen + ", poolSize=" + poolSize + "]";
  }
}
