package io.fettle.batch;

import java.util.HashMap;
import java.util.Map;

/** The exact text that each machine of a job gets: the job's, filled in with stored values. */
final class Texts {
  private final ValueTable values;

  Texts(ValueTable values) {
    this.values = values;
  }

  /** As it is read by the machine's shell, now and at any later time. */
  String of(Job job, int no) {
    if (!job.origin().filled()) return job.body();
    Map<String, String> own = new HashMap<>(values.of(job.id(), no));
    job.params().forEach((name, value) -> own.put(name, String.valueOf(value)));
    return Template.of(job.body(), own.keySet()).with(own);
  }
}
