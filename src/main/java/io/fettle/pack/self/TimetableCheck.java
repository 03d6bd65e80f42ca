package io.fettle.pack.self;

import io.fettle.kernel.Label;
import io.fettle.kernel.Severity;
import io.fettle.web.HealthPart;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.stereotype.Component;

/** Did each saved job start at its last set time? */
@Component
class TimetableCheck extends PartCheck {
  TimetableCheck(ObjectProvider<HealthPart> parts) {
    super(parts, "timetables", Severity.WARNING);
  }

  @Override
  public String name() {
    return "fettle.timetable";
  }

  @Override
  public Label label() {
    return new Label("定时作业", "Jobs at set times");
  }
}
