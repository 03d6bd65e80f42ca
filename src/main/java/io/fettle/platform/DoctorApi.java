package io.fettle.platform;

import io.fettle.kernel.Role;
import io.fettle.kernel.Viewer;
import io.fettle.web.Allow;
import java.util.List;
import java.util.Locale;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** {@code GET /api/v1/doctor}: what {@code ./fettle doctor} shows. */
@RestController
class DoctorApi {
  private final Doctor doctor;

  DoctorApi(Doctor doctor) {
    this.doctor = doctor;
  }

  /** All findings; {@code ok} when every one is. */
  record Report(boolean ok, List<Part> parts) {}

  /** One finding in the reader's language. */
  record Part(String name, boolean ok, String why) {}

  @GetMapping("/api/v1/doctor")
  @Allow(Role.AUDITOR)
  Report examine(Viewer viewer, Locale locale) {
    List<Part> parts =
        doctor.examine(viewer).stream()
            .map(f -> new Part(f.name(), f.ok(), f.why().in(locale)))
            .toList();
    return new Report(parts.stream().allMatch(Part::ok), parts);
  }
}
