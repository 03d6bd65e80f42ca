package io.fettle.transport;

/** The lab may speak to loopback only; nothing was sent. */
public final class OutsideLab extends IllegalStateException {
  private static final long serialVersionUID = 1L;

  OutsideLab(String address) {
    super("fettle.lab=true speaks to loopback only, refused " + address);
  }
}
