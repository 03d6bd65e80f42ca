package io.fettle.web;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.zip.GZIPOutputStream;
import org.springframework.stereotype.Component;

/**
 * The few static files the pages use, read once, kept in memory packed and plain, and addressed by
 * the hash of their content, so that a browser may keep them for ever. Nothing else of the class
 * path can be fetched.
 */
@Component
public class Assets {
  private static final String CSS = "text/css;charset=UTF-8";
  private static final String JS = "text/javascript;charset=UTF-8";

  private final Map<String, Asset> files = new LinkedHashMap<>();

  public Assets() {
    ours("fettle.css", CSS);
    ours("fettle.js", JS);
    ours("live.js", JS);
    ours("chart.js", JS);
    ours("theme.js", JS);
    ours("icon.svg", "image/svg+xml");
    add("uplot.js", JS, "/static/vendor/uplot/uPlot.iife.min.js");
    add("uplot.css", CSS, "/static/vendor/uplot/uPlot.min.css");
    add("tabler.css", CSS, webjar("tabler__core", "dist/css/tabler.min.css"));
    add("htmx.js", JS, webjar("htmx.org", "dist/htmx.min.js"));
  }

  /** One file. */
  record Asset(String type, String hash, byte[] plain, byte[] packed) {}

  /** The address of a file for a page; throws when there is no such file. */
  public String url(String name) {
    return "/assets/" + find(name).orElseThrow().hash() + "/" + name;
  }

  Optional<Asset> find(String name) {
    return Optional.ofNullable(files.get(name));
  }

  private void ours(String name, String type) {
    add(name, type, "/static/" + name);
  }

  private void add(String name, String type, String resource) {
    byte[] plain = read(resource);
    files.put(name, new Asset(type, hash(plain), plain, pack(plain)));
  }

  private static String webjar(String name, String file) {
    Properties pom = new Properties();
    try (InputStream in = open("/META-INF/maven/org.webjars.npm/" + name + "/pom.properties")) {
      pom.load(in);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return "/META-INF/resources/webjars/" + name + "/" + pom.getProperty("version") + "/" + file;
  }

  private static byte[] read(String resource) {
    try (InputStream in = open(resource)) {
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static InputStream open(String resource) {
    InputStream in = Assets.class.getResourceAsStream(resource);
    if (in == null) throw new IllegalStateException("Not on the class path: " + resource);
    return in;
  }

  private static byte[] pack(byte[] plain) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
      gzip.write(plain);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out.toByteArray();
  }

  private static String hash(byte[] plain) {
    try {
      byte[] sum = MessageDigest.getInstance("SHA-256").digest(plain);
      return HexFormat.of().formatHex(sum, 0, 6);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
