package io.fettle.remediation.action;

import io.fettle.cmdb.MachineDoc;
import io.fettle.reach.Reach;
import java.nio.file.Path;
import java.util.Map;

/** What an action may know and use. */
public interface ActionContext {
  MachineDoc machine();

  /** Component of the fault (an account, a mount point); {@code ""} for the machine. */
  String component();

  /** Parameters from the runbook, checked against its schema. */
  Map<String, Object> params();

  /** Evidence of the reading that confirmed the fault. */
  Map<String, Object> evidence();

  Reach reach();

  /** True once the lease has ended: no change is begun any more. Reading back is no change. */
  boolean late();

  /**
   * Asked right before the first byte of each change leaves, after every wait for a place, a
   * connection and a log-in: false once the lease has ended before anything left, and for what
   * follows that once the action's time limit has ended too or another has the machine. An action
   * of which nothing was ever let out counts as not sent, not as failed.
   */
  boolean mayLeave();

  /**
   * Said right before a change leaves that can be taken back: with these parameters over its own
   * the same action puts back what is there now. On disk, where it is kept, when this returns.
   */
  default void wayBack(Map<String, Object> params) {}

  /**
   * Keeps a file that was fetched from the machine; called by one action once at most.
   *
   * @param content stands here already under its checksum
   * @param path where it lay on the machine
   * @return false where nothing keeps files
   */
  default boolean keep(String path, Path content, long size, String sha256) {
    return false;
  }

  /**
   * Adds a line to the attempt's transcript: {@code → netfn 30 cmd 24 data 02}, {@code ← cc 00}.
   * Never a secret.
   */
  void transcript(String line);
}
