package io.fettle.transport;

import io.fettle.kernel.Endpoint;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.stereotype.Component;

/**
 * The one way from an endpoint to an address for every transport. In the lab ({@code
 * fettle.lab=true}) it lets nothing out of loopback. Connect to the address returned, never to the
 * name again: a name may lead elsewhere the second time.
 */
@Component
public final class LabGuard {
  private final boolean lab;

  public LabGuard(@Value("${fettle.lab:false}") boolean lab) {
    this.lab = lab;
  }

  /**
   * Resolves the endpoint.
   *
   * @throws UnknownHostException when a name leads nowhere
   * @throws OutsideLab in the lab, for any address outside loopback
   */
  public InetSocketAddress resolve(Endpoint endpoint) throws UnknownHostException {
    InetAddress address = InetAddress.getByName(endpoint.host());
    if (lab && !address.isLoopbackAddress()) throw new OutsideLab(endpoint.toString());
    return new InetSocketAddress(address, endpoint.port());
  }
}
