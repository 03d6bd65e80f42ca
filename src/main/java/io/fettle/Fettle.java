package io.fettle;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.modulith.Modulithic;

/** The server process. */
@SpringBootApplication
@Modulithic(
    systemName = "Fettle",
    sharedModules = {"kernel", "audit", "web"})
public class Fettle {
  static void main(String[] args) {
    SpringApplication.run(Fettle.class, args);
  }
}
