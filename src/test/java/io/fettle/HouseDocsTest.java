package io.fettle;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * What the documentation says of the code is what the code is. To write it anew: {@code mvn
 * -Dtest=HouseDocsTest -Dfettle.docs=write test}.
 */
class HouseDocsTest {
  @Test
  void theGeneratedPartsAreTrue() throws Exception {
    boolean write = "write".equals(System.getProperty("fettle.docs"));
    for (Map.Entry<Path, String> file : new HouseDocs().files().entrySet()) {
      if (write) {
        Files.createDirectories(file.getKey().getParent());
        Files.writeString(file.getKey(), file.getValue());
      }
      assertThat(file.getKey()).exists();
      assertThat(Files.readString(file.getKey()))
          .as("%s; write it anew: mvn -Dtest=HouseDocsTest -Dfettle.docs=write test", file.getKey())
          .isEqualTo(file.getValue());
    }
  }
}
