package io.fettle.batch;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * How large files of jobs may be.
 *
 * @param put bytes of a file that is put on machines
 * @param get bytes of a file that is fetched from one machine
 */
@ConfigurationProperties("fettle.batch.files")
record FileSettings(@DefaultValue("100MB") DataSize put, @DefaultValue("20MB") DataSize get) {
  FileSettings {
    if (put.toBytes() < 1 || get.toBytes() < 1)
      throw new IllegalArgumentException(
          "fettle.batch.files.put and fettle.batch.files.get must be 1B or more");
  }
}
