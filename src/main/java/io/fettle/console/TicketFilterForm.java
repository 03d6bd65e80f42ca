package io.fettle.console;

import io.fettle.kernel.AssetId;
import io.fettle.ticket.TicketFilter;
import io.fettle.ticket.TicketSorting;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** The filter of the tickets list as it stands in the address. */
public record TicketFilterForm(
    boolean all, @Nullable String faultClass, @Nullable String machine, TicketSorting sorting) {
  TicketFilter filter(@Nullable AssetId asset) {
    return new TicketFilter(!all, faultClass, asset);
  }

  /** The address of the open ones, or of every one. */
  public String withAll(boolean every) {
    return address(every, machine, sorting, null);
  }

  /** The address of this list for one machine. */
  public String withMachine(String key) {
    return address(all, key, sorting, null);
  }

  /** The address of this list in another order. */
  public String sorted(TicketSorting other) {
    return address(all, machine, other, null);
  }

  /** The address of the page that goes on at this cursor. */
  public String next(String at) {
    return address(all, machine, sorting, at);
  }

  private String address(
      boolean every, @Nullable String key, TicketSorting order, @Nullable String cursor) {
    StringBuilder out = new StringBuilder("/tickets");
    add(out, "state", every ? "all" : null);
    add(out, "class", faultClass);
    add(out, "machine", key);
    add(out, "sort", order.equals(TicketSorting.NEWEST) ? null : order.text());
    add(out, "cursor", cursor);
    return out.toString();
  }

  private static void add(StringBuilder out, String name, @Nullable String value) {
    if (value == null || value.isEmpty()) return;
    out.append(out.indexOf("?") < 0 ? '?' : '&').append(name).append('=');
    out.append(URLEncoder.encode(value, StandardCharsets.UTF_8));
  }
}
