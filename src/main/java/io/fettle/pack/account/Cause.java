package io.fettle.pack.account;

import io.fettle.kernel.Label;
import java.util.Locale;

/** Why an account cannot log in. */
enum Cause {
  USER_MISSING(
      "账号不存在",
      "the account does not exist",
      "按声明创建账号；声明里要写明 UID",
      "create it as declared; declare its UID"),
  NSS_DOWN(
      "目录服务 sssd 没有运行，账号查不到",
      "sssd is not running, so the directory's accounts are missing",
      "在机器上重启 sssd，再看它的日志",
      "restart sssd there and read its log"),
  UID_WRONG(
      "UID 与声明不一致",
      "its UID is not the declared one",
      "由人决定：文件归属要随 UID 一起改，或改声明",
      "decide: its files change hands with the UID; or correct the declaration"),
  UID_CLASH(
      "UID 与其他账号相同",
      "its UID is another account's too",
      "由人决定哪个账号保留这个 UID，另一个换 UID 并改文件归属",
      "decide which account keeps the UID; the other's files must change hands"),
  EXPIRED(
      "账号已过期",
      "the account has expired",
      "确认此人在职后，在声明里写明 expires（日期或 never），由 Fettle 照改",
      "if the person is still here, declare expires (a day, or never); Fettle then sets it"),
  CHANGE_FORCED(
      "被要求先修改密码",
      "a change of password is forced",
      "由本人修改密码；没有密码的服务账号请声明 password: none",
      "the person changes the password; for a service account without one declare password: none"),
  PASSWORD_EXPIRED(
      "密码已过期且超过宽限期",
      "the password has expired",
      "由本人修改密码；没有密码的服务账号请声明 password: none",
      "the person changes the password; for a service account without one declare password: none"),
  SHELL_REFUSES(
      "登录 shell 不允许登录",
      "its shell refuses log-in",
      "在声明里写明 shell，再由 Fettle 修改",
      "declare its shell; Fettle then sets it"),
  SHELL_MISSING(
      "登录 shell 不存在",
      "its shell does not exist",
      "在声明里写明 /etc/shells 里存在的 shell，再由 Fettle 修改",
      "declare one that exists and stands in /etc/shells; Fettle then sets it"),
  HOME_MISSING(
      "主目录不存在",
      "its home folder is missing",
      "先看主目录是不是没有挂载，再创建",
      "look first whether it is a mount that is gone, then make it"),
  HOME_OPEN(
      "主目录权限过宽或属主不对",
      "its home folder is too open or somebody else's",
      "属主必须是本人或 root，组和其他人不可写",
      "it must be the account's or root's, and not writable by others"),
  FOLDER_OPEN(
      ".ssh 目录权限过宽或属主不对",
      "its key folder is too open or somebody else's",
      "属主必须是本人，权限 700",
      "it must be the account's, mode 700"),
  FILE_OPEN(
      "公钥文件权限过宽或属主不对",
      "its key file is too open or somebody else's",
      "属主必须是本人，权限 600",
      "it must be the account's, mode 600"),
  SYMLINK(
      "登录路径上有符号链接，不自动处理",
      "a symbolic link stands in the way, not touched",
      "由人确认链接指向哪里；换成真实目录后再查",
      "a person looks where it leads; replace it by a real folder"),
  KEY_MISSING(
      "声明的公钥不在机器上",
      "a declared key is not there",
      "把声明的公钥加进公钥文件",
      "add the declared key to the key file"),
  NOLOGIN(
      "/etc/nologin 存在，禁止登录",
      "/etc/nologin forbids log-in",
      "确认维护已结束，再删除该文件；声明 unbar: true 后由 Fettle 处理",
      "make sure the maintenance is over, then remove the file; with unbar: true Fettle does"),
  SHUTDOWN(
      "机器正在关机", "the machine is shutting down", "等机器重启完成", "wait until the machine is up again"),
  ACCESS_CONF(
      "access.conf 拒绝该账号",
      "access.conf refuses it",
      "请机器负责人同意后修改该规则",
      "change the rule, with the owner's consent"),
  DENIED(
      "sshd 的 DenyUsers 包含该账号",
      "sshd's DenyUsers names it",
      "先问是谁禁止的；从 DenyUsers 去掉该账号，sshd -t 后重载；声明 unbar: true 后由 Fettle 处理",
      "ask who barred it; take it from DenyUsers, sshd -t, reload; with unbar: true Fettle does"),
  NOT_ALLOWED(
      "sshd 的 AllowUsers 不包含该账号",
      "sshd's AllowUsers does not name it",
      "把该账号加进 AllowUsers，sshd -t 后重载；声明 unbar: true 后由 Fettle 处理",
      "add it to AllowUsers, sshd -t, reload; with unbar: true Fettle does"),
  GROUP_REFUSED(
      "sshd 的 AllowGroups/DenyGroups 拒绝其组",
      "sshd refuses its groups",
      "在声明里写明允许登录的组（groups），或由人修改该列表",
      "declare a group that may log in (groups), or change the list by hand"),
  PUBKEY_OFF(
      "sshd 关闭了公钥登录",
      "sshd takes no keys",
      "由人决定是否打开 PubkeyAuthentication",
      "decide whether to turn PubkeyAuthentication on"),
  PAM_REFUSED(
      "PAM 账号阶段拒绝，原因不明",
      "PAM's account phase refuses it for another reason",
      "看 /etc/pam.d/sshd 的 account 段和认证日志",
      "read the account part of /etc/pam.d/sshd and the auth log"),
  LOGIN_REFUSED(
      "没有已知原因，但真实登录被拒绝",
      "no known cause, yet a real log-in was refused",
      "看机器的认证日志；下面的过程写明了每一步",
      "read the machine's auth log; the steps below say what was tried"),
  FAILLOCK(
      "密码多次输错被锁定",
      "locked after wrong passwords",
      "先找到输错密码的来源；不再有新的失败后再清除计数",
      "find where the wrong passwords come from; reset the tally once they have stopped"),
  LIMIT_ZERO(
      "limits 把登录数或进程数限为 0",
      "limits allow it no log-in or process",
      "先问是谁限制的，再改正这一行；声明 unbar: true 后由 Fettle 处理",
      "ask who set it, then correct this line; with unbar: true Fettle does"),
  SUDO_MISSING(
      "没有声明的 sudo 权限",
      "the declared sudo is not granted",
      "写入声明的 sudo 规则",
      "write the declared sudo rule"),
  SUDOERS_BROKEN(
      "sudoers 语法错误，sudo 不可用",
      "sudoers has a syntax error",
      "用 visudo -c 找到出错的文件，改正或移走",
      "find the broken file with visudo -c; correct it or move it away"),
  DISK_FULL(
      "主目录所在磁盘或 inode 已满", "its disk or inodes are full", "清理磁盘；见磁盘类故障", "make room on the disk"),
  SSHD_BROKEN(
      "sshd 配置有误，重载会失败",
      "sshd's configuration is broken",
      "用 sshd -t 找到错误并改正，之前不要重载",
      "find the mistake with sshd -t and correct it; do not reload before");

  private final Label label;
  private final Label hint;

  Cause(String zh, String en, String hintZh, String hintEn) {
    this.label = new Label(zh, en);
    this.hint = new Label(hintZh, hintEn);
  }

  Label label() {
    return label;
  }

  /** What a person does about it. */
  Label hint() {
    return hint;
  }

  /** Snake case, for the API. */
  String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
