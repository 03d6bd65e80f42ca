package io.fettle.library;

import io.fettle.library.MirrorWork.Behind;
import java.io.IOException;
import java.net.URISyntaxException;
import java.security.cert.CertificateException;
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
import org.eclipse.jgit.lib.Repository;
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
 * forward and its tags never; a branch is deleted there only when it was deleted here at the very
 * commit where it stands there. So a library that was lost or begun anew cannot take its copies
 * along.
 */
@Component
class GitMirror {
  private static final int SECONDS = 60;

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
        Transport transport = Transport.open(store.repository(), new URIish(url))) {
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
        String more = ssh == null ? "" : ssh.words();
        throw new Behind(more.isEmpty() ? words(e) : more);
      }
    } catch (URISyntaxException | NotSupportedException | TransportException e) {
      throw new Behind(words(e));
    }
  }

  private OpenSsh ssh(Optional<String> secret) throws IOException, Behind {
    return new OpenSsh(
        store.folder(), secret.orElseThrow(() -> new Behind("it has no private key")));
  }

  private void push(Transport transport, Map<String, ObjectId> refs) throws IOException, Behind {
    Map<String, ObjectId> there = there(transport);
    List<RemoteRefUpdate> updates = new ArrayList<>();
    for (Map.Entry<String, ObjectId> ref : refs.entrySet())
      if (!ref.getValue().equals(there.get(ref.getKey())))
        updates.add(update(ref.getKey(), ref.getValue(), there));
    for (Map.Entry<String, ObjectId> ref : there.entrySet())
      if (!refs.containsKey(ref.getKey()) && deletedHere(ref.getKey(), ref.getValue()))
        updates.add(change(ref.getKey(), ObjectId.zeroId(), true, ref.getValue()));
    if (updates.isEmpty()) return;
    PushResult result = transport.push(NullProgressMonitor.INSTANCE, updates);
    for (RemoteRefUpdate each : result.getRemoteUpdates())
      if (each.getStatus() != Status.OK
          && each.getStatus() != Status.UP_TO_DATE
          && each.getStatus() != Status.NON_EXISTING)
        throw new Behind(
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

  private RemoteRefUpdate update(String ref, ObjectId to, Map<String, ObjectId> there)
      throws IOException, Behind {
    Repository repository = store.repository();
    ObjectId now = there.get(ref);
    boolean keeps = ref.equals(Store.MAIN) || ref.startsWith(Constants.R_TAGS);
    if (keeps && now != null && !Ancestry.holds(repository, to, now))
      throw new Behind(
          ref
              + " stands there at "
              + now.abbreviate(10).name()
              + ", which this library does not have: it is not overwritten");
    return change(ref, to, !keeps, now == null ? ObjectId.zeroId() : now);
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

  private static String words(Exception e) {
    Throwable root = e;
    boolean tls = false;
    while (root.getCause() != null && root.getCause() != root) {
      root = root.getCause();
      tls |= root instanceof SSLException;
    }
    if (tls || root instanceof CertificateException)
      return "its certificate is not believed: "
          + root.getMessage()
          + " (an authority of your own goes into library.mirror-ca)";
    Throwable cause = e.getCause();
    String more =
        cause == null || cause.getMessage() == null ? "" : " (" + cause.getMessage() + ")";
    return e.getMessage() + more;
  }
}
