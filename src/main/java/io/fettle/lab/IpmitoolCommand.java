package io.fettle.lab;

import io.fettle.lab.bmc.BmcUser;
import io.fettle.lab.bmc.CardState;
import io.fettle.lab.shell.Command.Call;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * {@code ipmitool} on the simulated machine: every form ends in an IPMI command to the machine's
 * own card over the system interface (no password, administrator). Output shapes follow ipmitool
 * 1.8.19.
 */
final class IpmitoolCommand {
  private final SimMachine machine;
  private final Call call;

  IpmitoolCommand(SimMachine machine, Call call) {
    this.machine = machine;
    this.call = call;
  }

  int run() {
    if (!call.shell().user().equals("root"))
      return call.fail(
          1,
          "Could not open device at /dev/ipmi0 or /dev/ipmi/0 or /dev/ipmidev/0: Permission denied");
    List<String> args = new ArrayList<>(call.args());
    while (!args.isEmpty() && args.getFirst().startsWith("-")) {
      String option = args.removeFirst();
      if (List.of("-I", "-N", "-R", "-C", "-L").contains(option) && !args.isEmpty())
        args.removeFirst();
    }
    if (args.isEmpty()) return call.fail(1, "No command provided!");
    String verb = String.join(" ", args.subList(0, Math.min(2, args.size())));
    if (args.getFirst().equals("raw")) return raw(args.subList(1, args.size()));
    return switch (verb) {
      case "mc info", "bmc info" -> info();
      case "mc guid" -> command(0x06, 0x37, true);
      case "mc reset" -> command(0x06, 0x02, false);
      case "lan print" -> lanPrint();
      case "user list" -> userList();
      case "user enable" -> command(0x06, 0x47, false, number(args, 2), 1);
      case "user disable" -> command(0x06, 0x47, false, number(args, 2), 0);
      case "user set" -> userSet(args);
      case "user test" -> userTest(args);
      case "channel setaccess" -> setAccess(args);
      case "chassis power", "power status" ->
          say("Chassis Power is " + (machine.card().powered() ? "on" : "off"));
      default -> call.fail(1, "Invalid command: " + String.join(" ", args));
    };
  }

  private int say(String line) {
    call.out().line(line);
    return 0;
  }

  private static int number(List<String> args, int index) {
    return index < args.size() ? Integer.decode(args.get(index)) : 0;
  }

  private byte[] send(int netFn, int command, int... data) {
    byte[] bytes = new byte[data.length];
    for (int i = 0; i < data.length; i++) bytes[i] = (byte) data[i];
    return machine.inBand().handle(netFn, command, bytes, 4);
  }

  private int raw(List<String> words) {
    int[] bytes;
    try {
      bytes = words.stream().mapToInt(Integer::decode).toArray();
    } catch (NumberFormatException e) {
      return call.fail(1, "Given data is invalid.");
    }
    if (bytes.length < 2) return call.fail(1, "RAW Commands: raw <netfn> <cmd> [data]");
    byte[] answer = send(bytes[0], bytes[1], Arrays.copyOfRange(bytes, 2, bytes.length));
    int code = answer[0] & 0xff;
    if (code != 0) {
      call.err()
          .line(
              "Unable to send RAW command (channel=0x0 netfn=0x%x lun=0x0 cmd=0x%x rsp=0x%x): %s"
                  .formatted(bytes[0], bytes[1], code, text(code)));
      return 1;
    }
    StringBuilder out = new StringBuilder();
    for (int i = 1; i < answer.length; i++) {
      if (i > 1 && (i - 1) % 16 == 0) out.append('\n');
      out.append(" %02x".formatted(answer[i] & 0xff));
    }
    call.out().line(out.toString());
    return 0;
  }

  private static String text(int code) {
    return switch (code) {
      case 0xc0 -> "Node busy";
      case 0xc1 -> "Invalid command";
      case 0xc7 -> "Request data length invalid";
      case 0xc9 -> "Parameter out of range";
      case 0xcc -> "Invalid data field in request";
      case 0xd4 -> "Insufficient privilege level";
      default -> "Unknown (0x%x)".formatted(code);
    };
  }

  private int command(int netFn, int command, boolean show, int... data) {
    byte[] answer = send(netFn, command, data);
    if (answer[0] != 0) return call.fail(1, "command failed: " + text(answer[0] & 0xff));
    if (show) call.out().line(java.util.HexFormat.of().formatHex(answer, 1, answer.length));
    return 0;
  }

  private int info() {
    byte[] a = send(0x06, 0x01);
    if (a[0] != 0 || a.length < 12) return call.fail(1, "Get Device ID command failed");
    int manufacturer = (a[7] & 0xff) | (a[8] & 0xff) << 8 | (a[9] & 0xff) << 16;
    int product = (a[10] & 0xff) | (a[11] & 0xff) << 8;
    say("Device ID                 : " + (a[1] & 0xff));
    say("Firmware Revision         : %d.%02x".formatted(a[3] & 0x7f, a[4] & 0xff));
    say("IPMI Version              : 2.0");
    say("Manufacturer ID           : " + manufacturer);
    return say("Product ID                : " + product + " (0x%04x)".formatted(product));
  }

  private int lanPrint() {
    CardState.Lan lan = machine.card().lan();
    say("IP Address Source       : " + (lan.source() == 1 ? "Static Address" : "DHCP Address"));
    say("IP Address              : " + dotted(lan.address()));
    say("Subnet Mask             : " + dotted(lan.mask()));
    say("MAC Address             : " + java.util.HexFormat.ofDelimiter(":").formatHex(lan.mac()));
    say("Default Gateway IP      : " + dotted(lan.gateway()));
    return say("802.1q VLAN ID          : " + (lan.vlan() == 0 ? "Disabled" : "" + lan.vlan()));
  }

  private static String dotted(byte[] a) {
    return (a[0] & 0xff) + "." + (a[1] & 0xff) + "." + (a[2] & 0xff) + "." + (a[3] & 0xff);
  }

  private int userList() {
    say("ID  Name             Callin  Link Auth  IPMI Msg   Channel Priv Limit");
    for (BmcUser user : machine.card().users()) {
      String privilege =
          user.privilege() == 4
              ? "ADMINISTRATOR"
              : user.privilege() == 3 ? "OPERATOR" : user.privilege() == 2 ? "USER" : "NO ACCESS";
      say(
          "%-3d %-16s %-7s %-10s %-10s %s"
              .formatted(user.id(), user.name(), "true", "true", user.messaging(), privilege));
    }
    return 0;
  }

  /**
   * {@code user set password ID} reads the password twice from standard input; {@code user set name
   * ID NAME}.
   */
  private int userSet(List<String> args) {
    int id = number(args, 3);
    if (args.size() >= 5 && args.get(2).equals("name")) {
      byte[] name = Arrays.copyOf(args.get(4).getBytes(StandardCharsets.ISO_8859_1), 16);
      int[] data = new int[17];
      data[0] = id;
      for (int i = 0; i < 16; i++) data[i + 1] = name[i];
      return command(0x06, 0x45, false, data);
    }
    if (args.size() < 4 || !args.get(2).equals("password"))
      return call.fail(1, "User Commands: set name|password");
    String first =
        args.size() > 4 && !args.get(4).matches("16|20") ? args.get(4) : call.in().line();
    String second = args.size() > 4 && !args.get(4).matches("16|20") ? first : call.in().line();
    if (first == null || !first.equals(second)) return call.fail(1, "Passwords do not match.");
    int[] data = new int[22];
    data[0] = 0x80 | id;
    data[1] = 2;
    byte[] password = Arrays.copyOf(first.getBytes(StandardCharsets.ISO_8859_1), 20);
    for (int i = 0; i < 20; i++) data[i + 2] = password[i];
    return command(0x06, 0x47, false, data);
  }

  private int userTest(List<String> args) {
    int id = number(args, 2);
    String given = args.size() > 4 ? args.get(4) : call.in().line();
    boolean same =
        machine.card().users().stream()
            .anyMatch(u ->
                u.id() == id
                    && new String(u.password(), StandardCharsets.ISO_8859_1).equals(given));
    return same
        ? say("Success")
        : call.fail(1, "Set User Password command failed (user " + id + "): password incorrect");
  }

  private int setAccess(List<String> args) {
    int channel = number(args, 2);
    int id = number(args, 3);
    int bits = 0x80;
    int privilege = 4;
    for (String arg : args.subList(Math.min(4, args.size()), args.size())) {
      if (arg.equals("ipmi=on")) bits |= 0x10;
      if (arg.equals("link=on")) bits |= 0x20;
      if (arg.equals("callin=off")) bits |= 0x40;
      if (arg.startsWith("privilege=")) privilege = Integer.parseInt(arg.substring(10));
    }
    return command(0x06, 0x43, false, bits | channel, id, privilege);
  }
}
