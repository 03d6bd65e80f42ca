package io.fettle.pack.account;

import io.fettle.kernel.Label;
import java.util.Locale;

/** Why an account cannot log in. */
enum Cause {
  USER_MISSING("账号不存在", "the account does not exist"),
  UID_WRONG("UID 与声明不一致", "its UID is not the declared one"),
  UID_CLASH("UID 与其他账号相同", "its UID is another account's too"),
  EXPIRED("账号已过期", "the account has expired"),
  CHANGE_FORCED("被要求先修改密码", "a change of password is forced"),
  PASSWORD_EXPIRED("密码已过期且超过宽限期", "the password has expired"),
  SHELL_REFUSES("登录 shell 不允许登录", "its shell refuses log-in"),
  SHELL_MISSING("登录 shell 不存在", "its shell does not exist"),
  HOME_MISSING("主目录不存在", "its home folder is missing"),
  HOME_OPEN("主目录权限过宽或属主不对", "its home folder is too open or somebody else's"),
  FOLDER_OPEN(".ssh 目录权限过宽或属主不对", "its key folder is too open or somebody else's"),
  FILE_OPEN("公钥文件权限过宽或属主不对", "its key file is too open or somebody else's"),
  SYMLINK("登录路径上有符号链接，不自动处理", "a symbolic link stands in the way, not touched"),
  KEY_MISSING("声明的公钥不在机器上", "a declared key is not there"),
  NOLOGIN("/etc/nologin 存在，禁止登录", "/etc/nologin forbids log-in"),
  SHUTDOWN("机器正在关机", "the machine is shutting down"),
  ACCESS_CONF("access.conf 拒绝该账号", "access.conf refuses it"),
  DENIED("sshd 的 DenyUsers 包含该账号", "sshd's DenyUsers names it"),
  NOT_ALLOWED("sshd 的 AllowUsers 不包含该账号", "sshd's AllowUsers does not name it"),
  GROUP_REFUSED("sshd 的 AllowGroups/DenyGroups 拒绝其组", "sshd refuses its groups"),
  PUBKEY_OFF("sshd 关闭了公钥登录", "sshd takes no keys"),
  FAILLOCK("密码多次输错被锁定", "locked after wrong passwords"),
  LIMIT_ZERO("limits 把登录数或进程数限为 0", "limits allow it no log-in or process"),
  SUDO_MISSING("没有声明的 sudo 权限", "the declared sudo is not granted"),
  SUDOERS_BROKEN("sudoers 语法错误，sudo 不可用", "sudoers has a syntax error"),
  DISK_FULL("主目录所在磁盘或 inode 已满", "its disk or inodes are full"),
  SSHD_BROKEN("sshd 配置有误，重载会失败", "sshd's configuration is broken");

  private final Label label;

  Cause(String zh, String en) {
    this.label = new Label(zh, en);
  }

  Label label() {
    return label;
  }

  /** Snake case, for the API. */
  String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
