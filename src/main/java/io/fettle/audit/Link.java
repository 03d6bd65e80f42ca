package io.fettle.audit;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The hash of one link: SHA-256 over the hash before, the link's own fields and each row's fields
 * in the order of ids, every field with its length in front, so that no two records look alike.
 */
final class Link {
  /** What stands before the first link. */
  static final byte[] NOTHING = new byte[32];

  private Link() {}

  static byte[] hash(
      byte[] previous, long batch, String ids, Instant sealedAt, List<AuditEntry> rows) {
    MessageDigest digest = sha256();
    digest.update(previous);
    number(digest, batch);
    text(digest, ids);
    number(digest, micros(sealedAt));
    number(digest, rows.size());
    rows.forEach(row -> row(digest, row));
    return digest.digest();
  }

  private static void row(MessageDigest digest, AuditEntry row) {
    number(digest, row.id());
    number(digest, micros(row.at()));
    text(digest, row.actor().kind().name());
    text(digest, row.actor().name());
    text(digest, row.action());
    text(digest, row.object());
    text(digest, row.reason());
    text(digest, row.details());
  }

  private static void text(MessageDigest digest, @Nullable String text) {
    if (text == null) {
      number(digest, -1);
      return;
    }
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    number(digest, bytes.length);
    digest.update(bytes);
  }

  private static void number(MessageDigest digest, long number) {
    digest.update(ByteBuffer.allocate(Long.BYTES).putLong(number).array());
  }

  private static long micros(Instant at) {
    return ChronoUnit.MICROS.between(Instant.EPOCH, at);
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
