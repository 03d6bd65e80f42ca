package io.fettle.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fettle.backup.Sealers.Cut;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SealersTest {
  @TempDir private Path folder;

  @Test
  void piecesComeInOrderAndEqualOnesAreStoredOnce() throws IOException {
    byte[] bytes = new byte[Chunks.SIZE * 40 + 77];
    new Random(1).nextBytes(bytes);
    System.arraycopy(bytes, 0, bytes, Chunks.SIZE, Chunks.SIZE * 20);
    try (Chunks chunks = new Chunks(folder.resolve("b"), BackupKey.of(folder));
        Sealers sealers = new Sealers(chunks)) {
      Cut cut = sealers.cut(new ByteArrayInputStream(bytes));

      assertThat(cut.size()).isEqualTo(bytes.length);
      assertThat(cut.pieces()).hasSize(41);
      ByteArrayOutputStream back = new ByteArrayOutputStream();
      for (String piece : cut.pieces()) back.write(chunks.get(piece));
      assertThat(back.toByteArray()).isEqualTo(bytes);
      try (Stream<Path> files = Files.walk(folder.resolve("b"))) {
        assertThat(files.filter(Files::isRegularFile).map(f -> f.getFileName().toString()))
            .containsExactlyInAnyOrderElementsOf(cut.pieces().stream().distinct().toList());
      }
      assertThat(sealers.cut(new ByteArrayInputStream(new byte[0])).pieces()).isEmpty();
    }
  }

  @Test
  void aPieceThatCannotBeStoredFailsTheWhole() throws IOException {
    Files.writeString(folder.resolve("b"), "a file, no folder");
    try (Chunks chunks = new Chunks(folder.resolve("b"), BackupKey.of(folder));
        Sealers sealers = new Sealers(chunks)) {
      byte[] bytes = new byte[Chunks.SIZE * 40];
      for (int i = 0; i < 3; i++)
        assertThatThrownBy(() -> sealers.cut(new ByteArrayInputStream(bytes)))
            .isInstanceOf(IOException.class)
            .hasMessageContaining(folder.toString());
    }
  }
}
