package io.fettle.cmdb;

import io.fettle.cmdb.Columns.Column;
import io.fettle.cmdb.csv.CsvReader;
import io.fettle.cmdb.csv.Delimiters;
import io.fettle.cmdb.csv.Encodings;
import io.fettle.kernel.Label;
import io.fettle.kernel.Problem;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A file on its way into the register: how it is written, its header, then row by row. */
final class IntakeFile implements Closeable {
  private static final int LOOK_FOR_HEADER = 20;
  private final CsvReader csv;
  private final Imports.Mapping mapping;
  private final List<Optional<Column>> columns;

  private IntakeFile(CsvReader csv, Imports.Mapping mapping, List<Optional<Column>> columns) {
    this.csv = csv;
    this.mapping = mapping;
    this.columns = columns;
  }

  /**
   * Opens a file and finds its header.
   *
   * @throws Problem 422 when it is too large, no text, or has no header that names machines
   */
  static IntakeFile open(Path file) throws IOException {
    long size = Files.size(file);
    if (size > Imports.LARGEST)
      throw Problem.badInput(
          "file", size + " B", "文件超过 100 MB，请拆分后导入", "the file is larger than 100 MB; split it");
    refuseWorkbooks(file);
    Encodings.Found encoding = Encodings.of(file);
    char delimiter;
    try (Reader in = Encodings.open(file, encoding)) {
      delimiter = Delimiters.of(in);
    }
    CsvReader csv = new CsvReader(Encodings.open(file, encoding), delimiter);
    try {
      return header(csv, encoding.charset().name(), delimiter);
    } catch (Problem | IOException e) {
      csv.close();
      throw e;
    }
  }

  private static void refuseWorkbooks(Path file) throws IOException {
    byte[] head;
    try (InputStream in = Files.newInputStream(file)) {
      head = in.readNBytes(4);
    }
    boolean zip = head.length == 4 && head[0] == 'P' && head[1] == 'K' && head[2] == 3;
    boolean old = head.length == 4 && (head[0] & 255) == 0xd0 && (head[1] & 255) == 0xcf;
    if (zip || old)
      throw Problem.badInput(
          "file",
          file.getFileName().toString(),
          "这是 Excel 工作簿；请在 Excel 中另存为“CSV UTF-8”后再导入",
          "this is an Excel workbook; save it as 'CSV UTF-8' first");
  }

  private static IntakeFile header(CsvReader csv, String encoding, char delimiter)
      throws IOException {
    List<String> first = List.of();
    for (int i = 0; i < LOOK_FOR_HEADER; i++) {
      Optional<CsvReader.Row> row = csv.next();
      if (row.isEmpty()) break;
      if (row.get().blank()) continue;
      List<String> names = row.get().cells().stream().map(c -> c.text().strip()).toList();
      if (first.isEmpty()) first = names;
      List<Optional<Column>> columns = Columns.map(names);
      if (!identifies(columns)) continue;
      return new IntakeFile(
          csv, mapping(encoding, delimiter, row.get().line(), names, columns), columns);
    }
    String found = String.join(", ", first.stream().limit(30).toList());
    throw Problem.badInput(
        "header",
        found.length() > 300 ? found.substring(0, 300) + "…" : found,
        "找不到含“资产号”或“序列号”的表头行；至少需要其中一列",
        "no header row with 'asset number' or 'serial number' was found; at least one is needed");
  }

  private static boolean identifies(List<Optional<Column>> columns) {
    return columns.stream()
        .flatMap(Optional::stream)
        .anyMatch(c -> c.id().equals("asset_no") || c.id().equals("serial"));
  }

  private static Imports.Mapping mapping(
      String encoding,
      char delimiter,
      int line,
      List<String> names,
      List<Optional<Column>> columns) {
    List<Imports.Header> headers = new ArrayList<>();
    for (int i = 0; i < names.size(); i++) {
      String name = names.get(i).replace('\0', ' ');
      String shown = name.length() > 100 ? name.substring(0, 100) + "…" : name;
      headers.add(
          columns
              .get(i)
              .map(c -> new Imports.Header(shown, c.id(), c.label()))
              .orElseGet(() -> new Imports.Header(shown, null, null)));
    }
    return new Imports.Mapping(encoding, String.valueOf(delimiter), line, headers);
  }

  Imports.Mapping mapping() {
    return mapping;
  }

  /** The next row that has something in it. */
  Optional<IntakeRow> next() throws IOException {
    for (; ; ) {
      Optional<CsvReader.Row> row = csv.next();
      if (row.isEmpty()) return Optional.empty();
      if (!row.get().blank()) return Optional.of(read(row.get()));
    }
  }

  private IntakeRow read(CsvReader.Row row) {
    IntakeRow.Builder out = new IntakeRow.Builder(row.line());
    if (row.open()) {
      out.refuse(
          "",
          row.cells().getLast().text(),
          new Label(
              "这里的引号没有闭合，其后的内容都未读取",
              "a quote is opened here and never closed; nothing after it was read"));
      return out.build();
    }
    for (int i = 0; i < row.cells().size(); i++) {
      CsvReader.Cell cell = row.cells().get(i);
      if (i < columns.size()) {
        String header = mapping.headers().get(i).header();
        columns.get(i).ifPresent(c -> out.take(c, header, cell));
      } else if (!cell.text().isBlank()) {
        out.refuse(
            "",
            cell.text(),
            new Label(
                "这一行的单元格比表头多，请检查分隔符和引号",
                "more cells than the header has; check delimiters and quotes"));
        break;
      }
    }
    return out.build();
  }

  @Override
  public void close() throws IOException {
    csv.close();
  }
}
