package io.fettle.library;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.fettle.kernel.Label;
import io.fettle.kernel.Role;
import io.fettle.kernel.Viewer;
import io.fettle.library.Bounded.Deadline;
import io.fettle.web.Allow;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.zip.GZIPInputStream;
import org.eclipse.jgit.errors.PackProtocolException;
import org.eclipse.jgit.errors.UnpackException;
import org.eclipse.jgit.transport.PacketLineOut;
import org.eclipse.jgit.transport.ReceivePack;
import org.eclipse.jgit.transport.RefAdvertiser.PacketLineOutRefAdvertiser;
import org.eclipse.jgit.transport.ServiceMayNotContinueException;
import org.eclipse.jgit.transport.UploadPack;
import org.eclipse.jgit.transport.UploadPackInternalServerErrorException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;

/**
 * Git's smart HTTP: what {@code git clone}, {@code pull} and {@code push} speak, in protocol 0 and
 * 2. Each request is judged like any other; refusals are plain text, which Git shows.
 */
@Controller
@RequestMapping("/git/scripts.git")
class GitPages {
  private static final Logger LOG = LoggerFactory.getLogger(GitPages.class);
  private static final String UPLOAD = "git-upload-pack";
  private static final String RECEIVE = "git-receive-pack";
  private static final long LARGEST_QUESTION = 8 << 20;
  private static final long PATIENCE_SECONDS = 10;

  /** Of one push; a library with all its history has a tenth of them. */
  private static final int MOST_OBJECTS = 300_000;

  private final Store store;
  private final PushDesk desk;
  private final LibrarySettings settings;
  private final Semaphore places;

  GitPages(Store store, PushDesk desk, LibrarySettings settings) {
    this.store = store;
    this.desk = desk;
    this.settings = settings;
    places = new Semaphore(settings.concurrent(), true);
  }

  /** What a conversation does once it has its place. */
  private interface Talk {
    void with(InputStream in, OutputStream out) throws IOException;
  }

  @GetMapping("/info/refs")
  @Allow({Role.OPERATOR, Role.AUDITOR})
  void advertise(
      @RequestParam(defaultValue = "") String service,
      HttpServletRequest request,
      HttpServletResponse response,
      Locale locale,
      Viewer viewer)
      throws IOException {
    boolean push = service.equals(RECEIVE);
    if (!push && !service.equals(UPLOAD))
      refuse(
          response, 403, new Label("需要 Git 1.6.6 或更新的版本", "Git 1.6.6 or newer is needed"), locale);
    else if (push && !viewer.is(Role.OPERATOR))
      refuse(
          response, 403, new Label("您的角色只能读取脚本库", "Your role may only read the library"), locale);
    else
      talk(
          request,
          response,
          locale,
          (in, out) -> {
            response.setContentType("application/x-" + service + "-advertisement");
            PacketLineOut lines = new PacketLineOut(out);
            if (push) advertisePush(lines, viewer, locale);
            else advertiseFetch(request, lines);
          });
  }

  private void advertisePush(PacketLineOut lines, Viewer viewer, Locale locale) throws IOException {
    lines.writeString("# service=" + RECEIVE + "\n");
    lines.end();
    ReceivePack receiver = desk.receiver(viewer, locale, settings);
    try {
      receiver.sendAdvertisedRefs(new PacketLineOutRefAdvertiser(lines));
    } finally {
      receiver.getRevWalk().close();
    }
  }

  private void advertiseFetch(HttpServletRequest request, PacketLineOut lines) throws IOException {
    UploadPack sender = sender(request);
    try {
      sender.sendAdvertisedRefs(new PacketLineOutRefAdvertiser(lines), UPLOAD);
    } finally {
      sender.getRevWalk().close();
    }
  }

  @PostMapping("/" + UPLOAD)
  @Allow({Role.OPERATOR, Role.AUDITOR})
  void fetch(HttpServletRequest request, HttpServletResponse response, Locale locale)
      throws IOException {
    if (!asks(request, response, UPLOAD, locale)) return;
    talk(
        request,
        response,
        locale,
        (in, out) -> {
          response.setContentType("application/x-" + UPLOAD + "-result");
          try (UploadPack sender = sender(request)) {
            sender.uploadWithExceptionPropagation(
                Bounded.in(in, LARGEST_QUESTION, Deadline.in(settings.timeLimit())), out, null);
          } catch (UploadPackInternalServerErrorException | ServiceMayNotContinueException e) {
            LOG.info("a fetch of the script library ended early: {}", e.toString());
          }
        });
  }

  @PostMapping("/" + RECEIVE)
  @Allow(Role.OPERATOR)
  void push(HttpServletRequest request, HttpServletResponse response, Locale locale, Viewer viewer)
      throws IOException {
    if (!asks(request, response, RECEIVE, locale)) return;
    // Commands and the pack's own limit are counted by JGit; this ends what never ends.
    long most = settings.packLimit().toBytes() + LARGEST_QUESTION;
    talk(
        request,
        response,
        locale,
        (in, out) -> {
          response.setContentType("application/x-" + RECEIVE + "-result");
          try {
            desk.receiver(viewer, locale, settings)
                .receive(
                    new PackBound(
                        Bounded.in(in, most, Deadline.in(settings.timeLimit())), MOST_OBJECTS),
                    out,
                    null);
          } catch (UnpackException | PackProtocolException e) {
            // The client has been told; nothing was moved.
            LOG.info("a push to the script library was refused: {}", cause(e));
          }
        });
  }

  private UploadPack sender(HttpServletRequest request) {
    UploadPack sender = new UploadPack(store.repository());
    sender.setBiDirectionalPipe(false);
    String protocol = request.getHeader("Git-Protocol");
    if (protocol != null && protocol.length() < 200)
      sender.setExtraParameters(List.of(protocol.split(":")));
    return sender;
  }

  /** Runs it when there is a place; what is unpacked here is bounded by the caller. */
  private void talk(
      HttpServletRequest request, HttpServletResponse response, Locale locale, Talk talk)
      throws IOException {
    if (!place()) {
      response.setHeader("Retry-After", "30");
      refuse(
          response,
          503,
          new Label("脚本库正忙，请稍后重试", "The library is busy: try again shortly"),
          locale);
      return;
    }
    try {
      response.setHeader("Cache-Control", "no-cache, no-store");
      boolean packed = "gzip".equals(request.getHeader("Content-Encoding"));
      InputStream plain = request.getInputStream();
      OutputStream out = Bounded.out(response.getOutputStream(), Deadline.in(settings.timeLimit()));
      talk.with(packed ? new GZIPInputStream(plain) : plain, out);
      out.flush();
    } catch (IOException e) {
      LOG.warn("a request to the script library broke off or cannot be read: {}", e.toString());
      if (response.isCommitted()) return;
      Label why = new Label("请求中断或无法读取，详见日志", "It broke off or cannot be read; see the log");
      refuse(response, 400, why, locale);
    } finally {
      places.release();
    }
  }

  private boolean place() {
    try {
      return places.tryAcquire(PATIENCE_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private static boolean asks(
      HttpServletRequest request, HttpServletResponse response, String service, Locale locale)
      throws IOException {
    if (("application/x-" + service + "-request").equals(request.getContentType())) return true;
    refuse(response, 415, new Label("这里只接受 Git 请求", "Only Git is spoken here"), locale);
    return false;
  }

  private static void refuse(HttpServletResponse response, int status, Label why, Locale locale)
      throws IOException {
    response.setStatus(status);
    response.setContentType("text/plain;charset=UTF-8");
    response.getOutputStream().write((why.in(locale) + "\n").getBytes(UTF_8));
  }

  private static String cause(Exception e) {
    return String.valueOf(e.getCause() == null ? e : e.getCause());
  }
}
