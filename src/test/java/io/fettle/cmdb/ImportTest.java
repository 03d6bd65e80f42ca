package io.fettle.cmdb;

import static io.fettle.cmdb.Room.ALL;
import static io.fettle.cmdb.Room.ANN;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import io.fettle.kernel.Endpoint;
import io.fettle.kernel.Problem;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a purchase import does to the register. */
class ImportTest {
  private static final String CHINESE =
      """
      资产号,序列号,厂商,型号,园区,机房,机柜,U位,IP,管理卡IP,管理卡模式,业务负责人,主机名,MAC,团队,业务,采购单,保修到期
      A0001,2WF88P2,戴尔,PowerEdge R740,上海一,A区,F06,12,10.1.2.3,10.9.2.3,独立,王芳,web01.example.com,B0-26-28-00-11-22,支付,收银,PO-77,2027/3/1
      A0002,S452312,Supermicro,X11,上海一,A区,F06,13-14,10.1.2.4:2222,10.9.2.4:6230,共享,李雷,web02,b026.2800.1123,支付,收银,PO-77,2027年03月01日
      """;
  private final Room room = new Room();

  @Test
  void chineseHeadersFillTheFacets() {
    var run = room.load(CHINESE);

    assertThat(run.state()).isEqualTo(Imports.State.DONE);
    assertThat(room.rejections(run)).isEmpty();
    assertThat(run.created()).isEqualTo(2);
    var card = room.register.card(room.id("A0002")).orElseThrow();
    assertThat(card.ssh()).isEqualTo(new Endpoint("10.1.2.4", 2222));
    assertThat(card.bmc()).isEqualTo(new Endpoint("10.9.2.4", 6230));
    assertThat(card.place()).isEqualTo("上海一 / A区 / F06 / U13-14");
    assertThat(room.machine("A0001").doc())
        .isEqualTo(
            Room.json(
                """
                {'asset_no':'A0001','type':'server','lifecycle':'in_service',
                 'register':{'vendor':'戴尔','model':'PowerEdge R740','serial':'2WF88P2','po':'PO-77',
                   'warranty_end':'2027-03-01'},
                 'placement':{'site':'上海一','room':'A区','rack':'F06','u':'12'},
                 'ownership':{'team':'支付','service':'收银','contact':'王芳'},
                 'net':{'address':'10.1.2.3','hostname':'web01.example.com','macs':['b0:26:28:00:11:22']},
                 'bmc':{'address':'10.9.2.3'},
                 'intent':{'bmc':{'nic_mode':'dedicated'}}}
                """));
    assertThat(room.text("A0002", "intent.bmc.nic_mode")).isEqualTo("shared");
    assertThat(room.audited).hasSize(2);
    assertThat(room.audited.getFirst())
        .startsWith("person:ann register.import_started")
        .contains("sha256=");
    assertThat(room.audited.getLast()).startsWith("person:ann register.imported");
  }

  @Test
  void theSameFileAgainChangesNothing() {
    room.load(CHINESE);
    long changes = room.count("change");
    long version = room.machine("A0001").version();
    long feed = room.register.feedEnd();
    room.clock.forward(java.time.Duration.ofHours(3));

    var again = room.load(CHINESE);

    assertThat(again)
        .extracting(Imports.Run::created, Imports.Run::updated)
        .containsExactly(0L, 0L);
    assertThat(again.unchanged()).isEqualTo(2);
    assertThat(room.count("change")).isEqualTo(changes);
    assertThat(room.machine("A0001").version()).isEqualTo(version);
    assertThat(room.register.feedEnd()).isEqualTo(feed);
  }

  @ParameterizedTest
  @ValueSource(strings = {"UTF-8", "BOM", "GB18030", "UTF-16LE"})
  void theEncodingIsFoundByItself(String encoding) {
    String text = CHINESE.replace("李雷", "𠮷雷");
    byte[] bytes =
        switch (encoding) {
          case "BOM" -> ("\ufeff" + text).getBytes(StandardCharsets.UTF_8);
          case "UTF-16LE" -> ("\ufeff" + text).getBytes(StandardCharsets.UTF_16LE);
          default -> text.getBytes(Charset.forName(encoding));
        };

    assertThat(room.load(bytes).created()).isEqualTo(2);
    assertThat(room.text("A0002", "ownership.contact")).isEqualTo("𠮷雷");
  }

  @Test
  void oneDamagedByteDoesNotTurnTheFileIntoAnotherLanguage() {
    byte[] bytes = CHINESE.getBytes(StandardCharsets.UTF_8);
    bytes[new String(bytes, StandardCharsets.ISO_8859_1).indexOf("F06,13") - 2] = (byte) 0xff;

    var run = room.load(bytes);

    assertThat(run.mapping().encoding()).isEqualTo("UTF-8");
    assertThat(run.created()).isEqualTo(1);
    assertThat(room.rejections(run))
        .extracting(r -> r.line(), r -> r.column())
        .contains(tuple(3, "机房"));
  }

  @Test
  void semicolonsTabsEnglishHeadersAndTitleLinesAreUnderstood() {
    room.load("Asset Tag;Serial Number;Manufacturer\nB1;XK12345;Dell Inc.\n");
    room.load("Servers of hall 7\t\t\n\t\t\nasset no\tS/N\tVendor\nB2\tXK12346\tHP\n");

    assertThat(room.names("register.vendor in ['Dell Inc.', 'HP']", ALL))
        .containsExactly("B1", "B2");
  }

  @Test
  void everyBadRowIsReportedAndTheGoodOnesGoIn() {
    var run =
        room.load(
            """
            资产号,序列号,厂商,IP,管理卡模式,U位,保修到期
            C1,GOOD0001,Dell,10.0.0.1,独立,1,2027-01-01
            C2,GOOD0002,Dell,10.0.0.300,独立,1,2027-01-01
            ,To be filled by O.E.M.,Dell,10.0.0.4,独立,1,2027-01-01
            C4,GOOD0004,Dell,10.0.0.5,随便,九,2027-02-30
            C5,1.23457E+11,Dell,10.0.0.6,共享,2,2027-01-01
            C1,GOOD0006,Dell,10.0.0.7,共享,2,2027-01-01
            C7,Not Specified,Dell,10.0.0.8,故障切换,3,20270101
            C8,GOOD0008,Dell,10.0.0.9,共享,3,2027-01-01,extra
            """);

    assertThat(run).extracting(Imports.Run::created, Imports.Run::rejected).containsExactly(2L, 6L);
    assertThat(room.rejections(run))
        .extracting(Imports.Rejection::line, Imports.Rejection::column, Imports.Rejection::value)
        .containsExactly(
            tuple(3, "IP", "10.0.0.300"),
            tuple(4, "", ""),
            tuple(5, "管理卡模式", "随便"),
            tuple(5, "U位", "九"),
            tuple(5, "保修到期", "2027-02-30"),
            tuple(6, "序列号", "1.23457E+11"),
            tuple(7, "资产号", "C1"),
            tuple(9, "", "extra"));
    assertThat(room.rejections(run))
        .allSatisfy(r -> {
          assertThat(r.reason().zh()).isNotBlank();
          assertThat(r.reason().en()).isNotBlank();
        });
    assertThat(room.names("", ALL)).containsExactly("C1", "C7");
    assertThat(room.text("C7", "register.serial")).isEqualTo("-");
    assertThat(room.text("C7", "intent.bmc.nic_mode")).isEqualTo("failover");
  }

  @Test
  void aNumberThatComesLaterIsMatchedByVendorAndSerial() {
    room.load("序列号,厂商,型号\n2WF88P2,Dell Inc.,R740\n");
    assertThat(room.register.find("2wf88p2", ALL).hits().getFirst().assetNo()).isNull();

    var run = room.load("资产号,序列号,厂商\nA7,2WF88P2,戴尔\n");

    assertThat(run.updated()).isEqualTo(1);
    assertThat(room.machine("A7").id()).isEqualTo(room.id("2WF88P2"));
    assertThat(room.count("asset")).isEqualTo(1);
  }

  @Test
  void theSameSerialOfTwoVendorsIsTwoMachines() {
    var run = room.load("序列号,厂商\nSAME0001,Dell\nSAME0001,HPE\n");

    assertThat(run.created()).isEqualTo(2);
  }

  @Test
  void aContradictionIsAConflictAndNeverAMerge() {
    room.load("资产号,序列号,厂商\nA1,SERIAL01,Dell\nA2,SERIAL02,Dell\n");

    var run = room.load("资产号,序列号,厂商\nA1,SERIAL02,Dell\nA3,SERIAL01,Dell\nA1,OTHER001,Dell\n");

    assertThat(run.rejected()).isEqualTo(3);
    assertThat(room.text("A1", "register.serial")).isEqualTo("SERIAL01");
    assertThat(room.text("A2", "register.serial")).isEqualTo("SERIAL02");
    assertThat(room.count("conflict")).isEqualTo(2);
    assertThat(room.rejections(run).getFirst().reason().zh()).contains("矛盾");
  }

  @Test
  void aPreviewSaysWhatWouldHappenAndWritesNothing() {
    room.load("资产号,序列号,厂商,机柜\nA1,SERIAL01,Dell,R1\nA2,SERIAL02,Dell,R1\n");
    long docs = room.count("change");

    var preview =
        room.preview(
            "资产号,序列号,厂商,机柜,备注\nA1,SERIAL01,Dell,R1,x\nA2,SERIAL02,Dell,R2,x\nA3,SERIAL03,Dell,R2,\nA4,XX,Dell,R1,\nA1,,,,\n");

    assertThat(preview.rows())
        .extracting(Imports.PreviewRow::name, Imports.PreviewRow::outcome)
        .containsExactly(
            tuple("A1", Imports.Outcome.UNCHANGED),
            tuple("A2", Imports.Outcome.UPDATED),
            tuple("A3", Imports.Outcome.CREATED),
            tuple("A4", Imports.Outcome.CREATED),
            tuple("A1", Imports.Outcome.REJECTED));
    assertThat(preview.rows().get(3).notes()).hasSize(1);
    assertThat(preview.mapping().headers().get(4).column()).isNull();
    assertThat(preview.mapping().headers().get(1).column()).isEqualTo("serial");
    assertThat(room.count("asset")).isEqualTo(2);
    assertThat(room.count("import")).isEqualTo(1);
    assertThat(room.count("change")).isEqualTo(docs);
  }

  @Test
  void everyBadRowOfAPreviewIsReportedPageByPage() {
    StringBuilder csv = new StringBuilder("资产号,序列号,IP\n");
    int lines = 2_600;
    for (int i = 0; i < lines; i++)
      csv.append("P%d,PSERIAL%d,%s\n".formatted(i, i, i % 2 == 0 ? "300.1.1.1" : ""));
    String text = csv.toString();

    List<Integer> bad = new ArrayList<>();
    Imports.After after = Imports.After.START;
    while (after != null) {
      Imports.Preview page = room.preview(text, new Imports.Look(null, 0, 0, after, 700));
      assertThat(page.created() + page.rejected()).isEqualTo(lines);
      page.rejections().forEach(r -> bad.add(r.line()));
      after = page.nextRejection();
    }
    assertThat(bad).hasSize(1_300).doesNotHaveDuplicates();

    List<Integer> rejected = new ArrayList<>();
    Integer line = 0;
    while (line != null) {
      Imports.Look look =
          new Imports.Look(Imports.Outcome.REJECTED, line, 500, Imports.After.START, 0);
      Imports.Preview page = room.preview(text, look);
      page.rows().forEach(r -> rejected.add(r.line()));
      line = page.nextRow();
    }
    assertThat(rejected).isEqualTo(bad);
  }

  @Test
  void hostileCellsStayDataOrAreRefused() {
    String huge = "x".repeat(10 << 20);
    var run =
        room.load(
            "资产号,型号,业务负责人,主机名\n"
                + "H1,<script>alert(1)</script>,=cmd|' /C calc'!A0,h1\n"
                + "H2,\"two\nlines, \"\"quoted\"\"\",'; drop table asset;--,h2\n"
                + "H3,nul\0here,x,h3\n"
                + "H4,"
                + huge
                + ",x,h4\n"
                + "=\"00123\",model,x,h5\n"
                + "H6,model,x,$(reboot)\n"
                + "H7,{\"a\": \\u0000},x,h7\n");

    assertThat(room.rejections(run))
        .extracting(Imports.Rejection::line, Imports.Rejection::column)
        .containsExactly(tuple(5, "型号"), tuple(6, "型号"), tuple(8, "主机名"));
    assertThat(room.rejections(run))
        .allSatisfy(r -> assertThat(r.value().length()).isLessThan(210));
    assertThat(room.text("H1", "register.model")).isEqualTo("<script>alert(1)</script>");
    assertThat(room.text("H2", "register.model")).isEqualTo("two\nlines, \"quoted\"");
    assertThat(room.text("H7", "register.model")).isEqualTo("{\"a\": \\u0000}");
    assertThat(room.names("", ALL)).containsExactly("00123", "H1", "H2", "H7");
  }

  @Test
  void anUnclosedQuoteIsReportedWhereItOpens() {
    var run = room.load("资产号,型号\nQ1,a\nQ2,\"b\nQ3,c\n");

    assertThat(run.created()).isEqualTo(1);
    assertThat(room.rejections(run)).extracting(Imports.Rejection::line).containsExactly(3);
  }

  @Test
  void aFileThatIsNoRegisterIsRefusedWhole() {
    assertThatThrownBy(() -> room.load("name,colour\nx,red\n"))
        .isInstanceOfSatisfying(
            Problem.class,
            p -> assertThat(p.faults().getFirst().value()).isEqualTo("name, colour"));
    assertThatThrownBy(() -> room.load(new byte[] {'P', 'K', 3, 4, 0, 0}))
        .isInstanceOf(Problem.class)
        .hasMessageContaining("Excel");
    assertThatThrownBy(() -> room.load("")).isInstanceOf(Problem.class);
    assertThat(room.count("import")).isZero();
  }

  @Test
  void emptyCellsSayNothing() {
    room.load("资产号,机柜,IP\nA1,R1,10.0.0.1\n");

    room.load("资产号,机柜,IP,型号\nA1,,,R740\n");

    assertThat(room.text("A1", "placement.rack")).isEqualTo("R1");
    assertThat(room.text("A1", "register.model")).isEqualTo("R740");
  }

  @Test
  void anImportCutShortIsFinishedByTheSameFile() {
    StringBuilder csv = new StringBuilder("资产号,序列号,厂商\n");
    for (int i = 0; i < 2500; i++) csv.append("K%05d,SER%06d,Dell\n".formatted(i, i));
    // The database refuses in the third chunk, as if the process had died there.
    room.db.sql("alter table cmdb.asset_doc add constraint stop check (name <> 'K02200')").update();
    assertThatThrownBy(() -> room.load(csv.toString())).isInstanceOf(RuntimeException.class);
    var failed = room.imports.recent(1).getFirst();
    assertThat(failed.state()).isEqualTo(Imports.State.FAILED);
    assertThat(room.count("asset")).isEqualTo(failed.created()).isEqualTo(2000);
    assertThat(room.count("asset_doc")).isEqualTo(2000);
    room.db.sql("alter table cmdb.asset_doc drop constraint stop").update();
    assertThat(room.audited).hasSize(2);
    assertThat(room.audited.getFirst()).contains("register.import_started");
    assertThat(room.audited.getLast())
        .startsWith("person:ann register.import_failed")
        .contains("created=2000");

    var run = new Room(room.database).load(csv.toString());

    assertThat(run)
        .extracting(Imports.Run::created, Imports.Run::unchanged)
        .containsExactly(500L, 2000L);
    assertThat(room.count("asset")).isEqualTo(2500);
  }

  @Test
  void anImportWhoseProcessDiedIsMarkedSo() {
    var run = room.load("资产号\nA1\n");
    room.db.sql("update cmdb.import set state = 'running'").update();
    room.clock.forward(java.time.Duration.ofMinutes(10));

    room.imports.interrupt(room.clock.instant());
    room.imports.interrupt(room.clock.instant());

    assertThat(room.imports.find(run.id()).orElseThrow().state())
        .isEqualTo(Imports.State.INTERRUPTED);
    assertThat(room.audited)
        .filteredOn(a -> a.contains("register.import_interrupted"))
        .singleElement()
        .asString()
        .contains("created=1", "begun_by=person:ann");
  }

  @Test
  void twoWritersOfTheSameNewSerialMakeOneAsset() throws Exception {
    for (int i = 0; i < 200; i++) {
      byte[] csv =
          "序列号,厂商,IP\nRACE%04d,Dell,10.0.0.1\n".formatted(i).getBytes(StandardCharsets.UTF_8);
      var other = new Room(room.database);
      try (var pool = java.util.concurrent.Executors.newVirtualThreadPerTaskExecutor()) {
        var a = pool.submit(() -> room.load(csv));
        var b = pool.submit(() -> other.load(csv));
        assertThat(a.get().created() + b.get().created()).isEqualTo(1);
        assertThat(a.get().unchanged() + b.get().unchanged()).isEqualTo(1);
      }
    }

    assertThat(room.count("asset")).isEqualTo(200);
    assertThat(room.count("asset_key where kind = 'serial'")).isEqualTo(200);
    assertThat(ANN.name()).isEqualTo("ann");
  }
}
