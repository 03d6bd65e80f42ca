package io.fettle.lab;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.MessageDigest;
import java.security.spec.ECParameterSpec;
import java.security.spec.ECPoint;
import java.security.spec.ECPrivateKeySpec;
import java.security.spec.ECPublicKeySpec;
import org.bouncycastle.asn1.x9.X9ECParameters;
import org.bouncycastle.crypto.ec.CustomNamedCurves;
import org.bouncycastle.jce.spec.ECNamedCurveSpec;

/**
 * ECDSA keys that follow from a seed, so that a restarted lab is the same fleet. For simulation
 * only.
 */
final class HostKeys {
  private static final X9ECParameters CURVE = CustomNamedCurves.getByName("secp256r1");

  private HostKeys() {}

  /** The key pair of this name; generation {@code n} rises when a machine is 'reinstalled'. */
  static KeyPair of(String name, int generation) {
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-256")
              .digest(("fettle lab " + name + " " + generation).getBytes(StandardCharsets.UTF_8));
      BigInteger d =
          new BigInteger(1, hash).mod(CURVE.getN().subtract(BigInteger.TWO)).add(BigInteger.ONE);
      var q = CURVE.getG().multiply(d).normalize();
      ECParameterSpec spec =
          new ECNamedCurveSpec(
              "secp256r1", CURVE.getCurve(), CURVE.getG(), CURVE.getN(), CURVE.getH());
      KeyFactory factory = KeyFactory.getInstance("EC");
      ECPoint point =
          new ECPoint(q.getAffineXCoord().toBigInteger(), q.getAffineYCoord().toBigInteger());
      return new KeyPair(
          factory.generatePublic(new ECPublicKeySpec(point, spec)),
          factory.generatePrivate(new ECPrivateKeySpec(d, spec)));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this JDK has no EC keys: " + e.getMessage(), e);
    }
  }
}
