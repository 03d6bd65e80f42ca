package io.fettle.library;

import io.fettle.library.MirrorWork.Behind;
import java.io.IOException;
import java.net.URISyntaxException;
import java.security.cert.CertificateException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import javax.net.ssl.SSLException;
import org.eclipse.jgit.errors.NotSupportedException;
import org.eclipse.jgit.errors.TransportException;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.NullProgressMonitor;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.Ref;
import org.eclipse.jgit.transport.PushConnection;
import org.eclipse.jgit.transport.PushResult;
import org.eclipse.jgit.transport.RemoteRefUpdate;
import org.eclipse.jgit.transport.RemoteRefUpdate.Status;
import org.eclipse.jgit.transport.SshTransport;
import org.eclipse.jgit.transport.Transport;
import org.eclipse.jgit.transport.TransportHttp;
import org.eclipse.jgit.transport.URIish;
import org.eclipse.jgit.transport.UsernamePasswordCredentialsProvider;
import org.springframework.stereotype.Component;

/**
 * Brings a Git repository elsewhere to what this one has. Its {@code main} is only ever moved
 * forward and its tags never; another branch is rewritten there only when it stands where it once
 * stood here, and deleted only when it was deleted here at the very commit where it stands there.
 * So a library that was lost, restored or begun anew cannot take its copies along.
 */
@Component
class GitMirror {
  /** How long the other side may say nothing. */
  private static final int SECONDS = 60;

  /** How long one push may take: a side that says a little from time to time never ends. */
  private static final Duration LIMIT = Duration.ofMinutes(30);

  private final Store store;
  private final RefTable table;
  private final MirrorTls tls;

  GitMirror(Store store, RefTable table, MirrorTls tls) {
    this.store = store;
    this.table = table;
    this.tls = tls;
  }

  void bring(MirrorAddress address, String url, Optional<String> secret, Map<String, ObjectId> refs)
      throws IOException, Behind {
    try (OpenSsh ssh = address.overSsh() ? ssh(secret) : null;
        Transport transport = Transport.open(store.repository(), new URIish(url));
        TimeLimit limit = new TimeLimit(LIMIT, ssh == null ? () -> {} : ssh::end)) {
      transport.setTimeout(SECONDS);
      if (transport instanceof TransportHttp over) over.setHttpConnectionFactory(tls.connections());
      if (transport instanceof SshTransport over && ssh != null) over.setSshSessionFactory(ssh);
      else if (secret.isPresent())
        transport.setCredentialsProvider(
            new UsernamePasswordCredentialsProvider(
                address.user().isEmpty() ? "fettle" : address.user(), secret.get()));
      try {
        push(transport, refs);
      } catch (TransportException e) {
        if (limit.isReached())
          throw new Behind(
              "一次镜像超过了 " + LIMIT.toMinutes() + " 分钟",
              "it took longer than " + LIMIT.toMinutes() + " min");
        String more = ssh == null ? "" : ssh.words();
        throw more.isEmpty() ? behind(e) : Behind.says(more);
      }
    } catch (URISyntaxException | NotSupportedException | TransportException e) {
      throw behind(e);
    }
  }

  private OpenSsh ssh(Optional<String> secret) throws IOException, Behind {
    return new OpenSsh(
        store.folder(),
        secret.orElseThrow(() -> new Behind("它没有私钥", "it has no private key")),
        LIMIT);
  }

  private void push(Transport transport, Map<String, ObjectId> refs) throws IOException, Behind {
    Map<String, ObjectId> there = there(transport);
    Replaceable replaceable = new Replaceable(store.repository(), table);
    List<RemoteRefUpdate> updates = new ArrayList<>();
    List<String> left = new ArrayList<>();
    for (Map.Entry<String, ObjectId> ref : refs.entrySet()) {
      String name = ref.getKey();
      ObjectId now = there.getOrDefault(name, ObjectId.zeroId());
      if (now.equals(ref.getValue())) continue;
      boolean lasting = Replaceable.isLasting(name);
      if (now.equals(ObjectId.zeroId()) || replaceable.by(name, now, ref.getValue()))
        updates.add(change(name, ref.getValue(), !lasting, now));
      else if (lasting) throw Replaceable.not(name, now, 0);
      else left.add(name);
    }
    for (Map.Entry<String, ObjectId> ref : there.entrySet())
      if (!refs.containsKey(ref.getKey()) && deletedHere(ref.getKey(), ref.getValue()))
        updates.add(change(ref.getKey(), ObjectId.zeroId(), true, ref.getValue()));
    if (!updates.isEmpty()) push(transport, updates);
    if (!left.isEmpty())
      throw Replaceable.not(
          left.getFirst(), there.getOrDefault(left.getFirst(), ObjectId.zeroId()), left.size() - 1);
  }

  private static void push(Transport transport, List<RemoteRefUpdate> updates)
      throws IOException, Behind {
    PushResult result = transport.push(NullProgressMonitor.INSTANCE, updates);
    for (RemoteRefUpdate each : result.getRemoteUpdates())
      if (each.getStatus() != Status.OK
          && each.getStatus() != Status.UP_TO_DATE
          && each.getStatus() != Status.NON_EXISTING)
        throw Behind.says(
            each.getRemoteName()
                + ": "
                + each.getStatus()
                + " "
                + (each.getMessage() == null ? "" : each.getMessage()));
  }

  private static Map<String, ObjectId> there(Transport transport) throws IOException {
    Map<String, ObjectId> refs = new TreeMap<>();
    PushConnection connection = transport.openPush();
    try {
      for (Ref ref : connection.getRefs())
        if (ref.getObjectId() != null && isOurs(ref.getName()))
          refs.put(ref.getName(), ref.getObjectId());
    } finally {
      connection.close();
    }
    return refs;
  }

  static boolean isOurs(String ref) {
    return ref.startsWith(Constants.R_HEADS) || ref.startsWith(Constants.R_TAGS);
  }

  private RemoteRefUpdate change(String ref, ObjectId to, boolean force, ObjectId expected)
      throws IOException {
    boolean deletes = to.equals(ObjectId.zeroId());
    return new RemoteRefUpdate(
        store.repository(), deletes ? null : ref, to, ref, force, null, expected);
  }

  private boolean deletedHere(String ref, ObjectId there) {
    return !ref.equals(Store.MAIN) && table.deletedAt(ref).filter(there.name()::equals).isPresent();
  }

  private static Behind behind(Exception e) {
    Throwable root = e;
    boolean tls = false;
    while (root.getCause() != null && root.getCause() != root) {
      root = root.getCause();
      tls |= root instanceof SSLException;
    }
    if (tls || root instanceof CertificateException)
      return new Behind(
          "它的证书不可信：" + root.getMessage() + "（自有的证书颁发机构写入 library.mirror-ca）",
          "its certificate is not believed: "
              + root.getMessage()
              + " (an authority of your own goes into library.mirror-ca)");
    Throwable cause = e.getCause();
    String more =
        cause == null || cause.getMessage() == null ? "" : " (" + cause.getMessage() + ")";
    return Behind.says(e.getMessage() + more);
  }
}
