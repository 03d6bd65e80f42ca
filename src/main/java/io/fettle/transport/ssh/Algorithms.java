package io.fettle.transport.ssh;

import java.util.List;
import java.util.stream.Stream;
import org.apache.sshd.client.ClientBuilder;
import org.apache.sshd.client.SshClient;
import org.apache.sshd.common.NamedFactory;
import org.apache.sshd.common.NamedResource;
import org.apache.sshd.common.cipher.BuiltinCiphers;
import org.apache.sshd.common.kex.BuiltinDHFactories;
import org.apache.sshd.common.mac.BuiltinMacs;
import org.apache.sshd.common.signature.BuiltinSignatures;

/**
 * What is offered to a server, best first. Set by hand: left to itself the library picks
 * sntrup761x25519, which costs some 100 ms of CPU per connection.
 */
final class Algorithms {
  private static final List<BuiltinDHFactories> KEX =
      List.of(
          BuiltinDHFactories.curve25519,
          BuiltinDHFactories.curve25519_libssh,
          BuiltinDHFactories.ecdhp256,
          BuiltinDHFactories.ecdhp384,
          BuiltinDHFactories.ecdhp521,
          BuiltinDHFactories.dhg16_512,
          BuiltinDHFactories.dhg14_256,
          BuiltinDHFactories.dhgex256);

  private static final List<BuiltinCiphers> CIPHERS =
      List.of(
          BuiltinCiphers.aes128gcm,
          BuiltinCiphers.aes256gcm,
          BuiltinCiphers.aes128ctr,
          BuiltinCiphers.aes192ctr,
          BuiltinCiphers.aes256ctr,
          BuiltinCiphers.cc20p1305_openssh);

  private static final List<BuiltinMacs> MACS =
      List.of(
          BuiltinMacs.hmacsha256etm,
          BuiltinMacs.hmacsha512etm,
          BuiltinMacs.hmacsha256,
          BuiltinMacs.hmacsha512,
          BuiltinMacs.hmacsha1);

  /** Also the order in which a server's host keys are asked for; no certificates. */
  private static final List<BuiltinSignatures> SIGNATURES =
      List.of(
          BuiltinSignatures.ed25519,
          BuiltinSignatures.nistp256,
          BuiltinSignatures.nistp384,
          BuiltinSignatures.nistp521,
          BuiltinSignatures.rsaSHA512,
          BuiltinSignatures.rsaSHA256,
          BuiltinSignatures.rsa);

  private Algorithms() {}

  static void set(SshClient client) {
    client.setKeyExchangeFactories(
        NamedFactory.setUpTransformedFactories(true, KEX, ClientBuilder.DH2KEX));
    client.setCipherFactories(List.copyOf(CIPHERS));
    client.setMacFactories(List.copyOf(MACS));
    client.setSignatureFactories(List.copyOf(SIGNATURES));
  }

  /**
   * The host-key algorithms with those of the pinned key's type first, so that a server which has
   * several keys is asked for the one we know.
   */
  static String preferring(String proposal, String keyType) {
    List<String> all = List.of(proposal.split(","));
    return String.join(
        ",",
        Stream.concat(
                all.stream().filter(a -> serves(a, keyType)),
                all.stream().filter(a -> !serves(a, keyType)))
            .toList());
  }

  private static boolean serves(String algorithm, String keyType) {
    return algorithm.equals(keyType) || (keyType.equals("ssh-rsa") && algorithm.startsWith("rsa-"));
  }

  static List<String> kexNames() {
    return KEX.stream().map(NamedResource::getName).toList();
  }
}
