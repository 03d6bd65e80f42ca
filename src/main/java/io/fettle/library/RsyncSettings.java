package io.fettle.library;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Where the library is read over rsync, which is not encrypted.
 *
 * @param port of the rsync daemon, which runs while somebody has a secret for it
 * @param listen address it listens on
 * @param hostsAllow who may connect, in rsync's words: addresses, networks, names, with spaces
 */
@ConfigurationProperties("fettle.library.rsync")
record RsyncSettings(
    @DefaultValue("8730") int port,
    @DefaultValue("127.0.0.1") String listen,
    @DefaultValue("*") String hostsAllow) {
  RsyncSettings {
    if (port < 1 || port > 65_535)
      throw new IllegalArgumentException("fettle.library.rsync.port must be 1 to 65535");
    if (!listen.matches("[0-9A-Za-z.:%_-]+"))
      throw new IllegalArgumentException("fettle.library.rsync.listen must be an address");
    if (!hostsAllow.matches("[0-9A-Za-z.:%_/*?, -]+"))
      throw new IllegalArgumentException(
          "fettle.library.rsync.hosts-allow must be addresses, networks or names");
  }
}
