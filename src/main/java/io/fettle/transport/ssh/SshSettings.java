package io.fettle.transport.ssh;

import io.fettle.transport.Limits;
import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * Limits of SSH.
 *
 * @param connect until TCP is open
 * @param banner from there until the server has said who it is
 * @param auth from there until logged in: key exchange, host key, log-in
 * @param total for everything, the command included, whatever limit the command asks for
 * @param outputCeiling a command that says more than this in all is killed
 * @param refusedPause a password that a machine refused is not offered to it again for so long
 * @param overall conversations at once
 * @param perSubnet at once in one /24
 * @param perTarget at once with one address
 * @param patience longest wait for a place among these before the answer is BUSY
 */
@ConfigurationProperties("fettle.transport.ssh")
public record SshSettings(
    @DefaultValue("5s") Duration connect,
    @DefaultValue("10s") Duration banner,
    @DefaultValue("20s") Duration auth,
    @DefaultValue("15m") Duration total,
    @DefaultValue("64MB") DataSize outputCeiling,
    @DefaultValue("15m") Duration refusedPause,
    @DefaultValue("256") int overall,
    @DefaultValue("64") int perSubnet,
    @DefaultValue("2") int perTarget,
    @DefaultValue("30s") Duration patience) {

  Limits limits() {
    return new Limits(new Limits.Widths(overall, perSubnet, perTarget, patience));
  }
}
