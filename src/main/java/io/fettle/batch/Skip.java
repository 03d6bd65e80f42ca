package io.fettle.batch;

import io.fettle.kernel.Label;

/** Why a machine that the query matches is left out before anything begins. */
public enum Skip {
  MAINTENANCE("维护中", "in maintenance"),
  NOT_IN_SERVICE("不在服务中", "not in service"),
  LEASED("正被修复或另一个作业占用", "a repair or another job has it"),
  NO_ADDRESS("没有登记地址", "no address is known"),
  NO_VALUE(
      "登记簿里没有文本所用变量的值，或其值含 shell 算术会执行的内容",
      "the register lacks a value that the text asks for, or it is one that a shell's arithmetic would"
          + " run"),
  NO_SSH_ACCOUNT("没有分配 SSH 凭据", "no SSH credential is assigned"),
  NO_CARD_ADDRESS("没有登记管理卡地址", "no address of its management card is known"),
  NO_CARD_SECRET("没有分配管理卡凭据", "no BMC credential is assigned");

  private final Label label;

  Skip(String zh, String en) {
    label = new Label(zh, en);
  }

  public Label label() {
    return label;
  }
}
