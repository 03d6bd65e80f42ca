package io.fettle.kernel;

import java.util.Map;

/** What the things that can be asked for by a key are called in Chinese. */
final class Nouns {
  private static final Map<String, String> ZH =
      Map.ofEntries(
          Map.entry("backup work", "备份工作"),
          Map.entry("change", "改动"),
          Map.entry("commit", "提交"),
          Map.entry("conflict", "冲突"),
          Map.entry("credential", "凭据"),
          Map.entry("facet", "信息面"),
          Map.entry("fault", "故障"),
          Map.entry("file", "文件"),
          Map.entry("import", "导入"),
          Map.entry("intent", "声明"),
          Map.entry("item", "作业中的机器"),
          Map.entry("job", "作业"),
          Map.entry("machine", "机器"),
          Map.entry("maintenance", "维护窗口"),
          Map.entry("mirror", "镜像"),
          Map.entry("person", "人员"),
          Map.entry("policy", "策略"),
          Map.entry("reader", "读取方"),
          Map.entry("saved job", "保存的作业"),
          Map.entry("script", "脚本"),
          Map.entry("storm", "风暴"),
          Map.entry("suggestion", "建议"),
          Map.entry("ticket", "工单"),
          Map.entry("token", "令牌"),
          Map.entry("upload", "上传"));

  private Nouns() {}

  /** The word itself where none is known. */
  static String zh(String noun) {
    return ZH.getOrDefault(noun, noun + " ");
  }
}
