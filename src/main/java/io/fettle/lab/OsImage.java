package io.fettle.lab;

import io.fettle.lab.shell.Fs;

/** What a freshly installed simulated machine has on its disk. */
final class OsImage {
  private static final String FSTAB =
      """
      /dev/sda2 / ext4 errors=remount-ro 0 1
      /dev/sda3 /var ext4 defaults 0 2
      /dev/sda1 /boot ext4 defaults 0 2
      """;

  private OsImage() {}

  /** The part of /proc that scripts read; 4242 is every shell, below the SSH server's session. */
  static void proc(Fs fs, SimMachine machine) {
    fs.live("/proc/mounts", () -> DiskCommands.proc(machine));
    fs.live("/proc/self/mounts", () -> DiskCommands.proc(machine));
    fs.live("/proc/uptime", () -> "%d.00 1.00\n".formatted(machine.up().toSeconds()));
    fs.live(
        "/proc/stat",
        () -> "cpu 1 2 3 4\nbtime %d\n".formatted(machine.bootedAt().getEpochSecond()));
    fs.live("/proc/sys/kernel/random/boot_id", () -> machine.bootId() + "\n");
    fs.put("/proc/loadavg", 0444, 0, "0.21 0.18 0.15 1/412 4242\n");
    process(fs, 4242, 901, "sh", "sh");
    process(fs, 901, 700, "sshd", "sshd: fettle@notty");
    process(fs, 700, 1, "sshd", "sshd: /usr/sbin/sshd -D [listener] 0 of 10-100 startups");
    process(fs, 1, 0, "systemd", "/sbin/init");
  }

  private static void process(Fs fs, int pid, int parent, String name, String line) {
    String folder = "/proc/" + pid;
    fs.put(folder + "/comm", 0444, 0, name + "\n");
    fs.put(folder + "/cmdline", 0444, 0, line.replace(' ', '\0') + "\0");
    fs.put(
        folder + "/status",
        0444,
        0,
        "Name:\t%s\nPid:\t%d\nPPid:\t%d\n".formatted(name, pid, parent));
  }

  static void install(Fs fs, SimMachine.Plate plate) {
    for (String folder :
        new String[] {
          "/bin",
          "/sbin",
          "/usr/bin",
          "/usr/sbin",
          "/etc",
          "/home",
          "/var/log",
          "/var/cache/apt/archives",
          "/run",
          "/proc/sys/kernel/random",
          "/dev",
          "/etc/ssh",
          "/etc/motd.d",
          "/etc/sudoers.d",
          "/etc/security/limits.d",
          "/sys/class/net/eno1"
        }) fs.folder(folder, 0755, 0);
    fs.folder("/tmp", 01777, 0);
    fs.folder("/root", 0700, 0);
    fs.folder("/var/tmp", 01777, 0);
    fs.folder("/var/lib", 0755, 0);
    fs.folder("/etc/skel", 0755, 0);
    fs.folder("/home/fettle", 0700, 990);
    fs.put("/etc/hostname", 0644, 0, plate.hostname() + "\n");
    fs.put(
        "/etc/os-release",
        0644,
        0,
        "PRETTY_NAME=\"Debian GNU/Linux 12 (bookworm)\"\nNAME=\"Debian GNU/Linux\"\nVERSION_ID=\"12\"\nVERSION=\"12 (bookworm)\"\nID=debian\n");
    fs.put("/etc/debian_version", 0644, 0, "12.7\n");
    fs.put(
        "/etc/passwd",
        0644,
        0,
        """
        root:x:0:0:root:/root:/bin/bash
        daemon:x:1:1:daemon:/usr/sbin:/usr/sbin/nologin
        sshd:x:101:65534::/run/sshd:/usr/sbin/nologin
        fettle:x:990:990:Fettle:/home/fettle:/bin/sh
        """);
    fs.put(
        "/etc/shadow",
        0640,
        0,
        """
        root:*:20000:0:99999:7:::
        daemon:*:20000:0:99999:7:::
        sshd:!:20000::::::
        fettle:*:20000:0:99999:7:::
        """);
    fs.put("/etc/group", 0644, 0, "root:x:0:\nsudo:x:27:\nfettle:x:990:\n");
    fs.put("/etc/pam.d/sshd", 0644, 0, "@include common-auth\n@include common-account\n");
    fs.put("/etc/pam.d/common-account", 0644, 0, "account required pam_unix.so\n");
    fs.put("/etc/security/limits.conf", 0644, 0, "# no limits\n");
    fs.put("/etc/sudoers.d/fettle", 0440, 0, "fettle ALL=(ALL:ALL) NOPASSWD: ALL\n");
    fs.put("/etc/fstab", 0644, 0, FSTAB);
    for (String disk : new String[] {"sda1", "sda2", "sda3"})
      fs.put("/sys/fs/ext4/" + disk + "/errors_count", 0444, 0, "0\n");
    fs.put("/etc/shells", 0644, 0, "/bin/sh\n/bin/bash\n/usr/bin/bash\n/usr/bin/sh\n");
    for (String shell :
        new String[] {
          "/bin/sh",
          "/bin/bash",
          "/usr/bin/bash",
          "/usr/bin/sh",
          "/usr/sbin/nologin",
          "/usr/sbin/sshd",
          "/usr/bin/ipmitool"
        }) fs.put(shell, 0755, 0, "ELF");
    fs.put(
        "/etc/ssh/sshd_config",
        0644,
        0,
        "UsePAM yes\nPasswordAuthentication no\nPermitRootLogin prohibit-password\n");
    fs.put("/etc/security/access.conf", 0644, 0, "# no rules\n");
    fs.put("/sys/class/net/eno1/address", 0444, 0, plate.mac() + "\n");
    fs.put("/sys/class/net/eno1/operstate", 0444, 0, "up\n");
    fs.put("/sys/class/dmi/id/product_serial", 0400, 0, plate.serial() + "\n");
    fs.put("/sys/class/dmi/id/sys_vendor", 0444, 0, plate.vendor() + "\n");
    fs.put("/sys/class/dmi/id/product_name", 0444, 0, plate.model() + "\n");
    fs.device("/dev/ipmi0");
    fs.device("/dev/null");
  }
}
