package io.fettle.web;

import io.fettle.kernel.Problem;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.http.CacheControl;
import org.springframework.http.HttpHeaders;
import org.springframework.http.ResponseEntity;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestHeader;

/** Serves {@link Assets}. */
@Controller
class AssetPages {
  private static final CacheControl FOR_EVER =
      CacheControl.maxAge(Duration.ofDays(365)).cachePublic().immutable();

  private final Assets assets;

  AssetPages(Assets assets) {
    this.assets = assets;
  }

  @Allow(everyone = true)
  @GetMapping("/assets/{hash}/{name}")
  ResponseEntity<byte[]> asset(
      @PathVariable String hash,
      @PathVariable String name,
      @RequestHeader(name = HttpHeaders.ACCEPT_ENCODING, required = false)
          @Nullable String accepts) {
    Assets.Asset asset = assets.find(name).orElseThrow(() -> Problem.notFound("file", name));
    boolean gzip = accepts != null && accepts.contains("gzip");
    ResponseEntity.BodyBuilder answer =
        ResponseEntity.ok()
            .cacheControl(asset.hash().equals(hash) ? FOR_EVER : CacheControl.noCache())
            .eTag(asset.hash() + (gzip ? "z" : ""))
            .header(HttpHeaders.CONTENT_TYPE, asset.type())
            .header(HttpHeaders.VARY, HttpHeaders.ACCEPT_ENCODING);
    if (gzip) answer.header(HttpHeaders.CONTENT_ENCODING, "gzip");
    return answer.body(gzip ? asset.packed() : asset.plain());
  }
}
