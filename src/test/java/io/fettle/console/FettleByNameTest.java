package io.fettle.console;

import static org.assertj.core.api.Assertions.assertThat;

import io.fettle.kernel.Role;
import io.fettle.support.FettleTest;
import io.fettle.support.TestBrowser;
import io.fettle.support.TestServer;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;

/** Lists narrowed to Fettle itself, which no search for machines knows. */
@FettleTest
class FettleByNameTest {
  @Autowired private TestServer server;

  @Test
  void faultsAndTicketsAreNarrowedToFettleByItsNameForWhoMaySeeIt() throws Exception {
    TestBrowser admin = new TestBrowser(server);
    admin.signIn("admin", TestServer.ADMIN_PASSWORD);
    for (String list : new String[] {"/faults", "/tickets"}) {
      assertThat(admin.get(list + "?machine=Fettle").status()).as(list).isEqualTo(200);
      String api = "/api/v1" + list + "?machine=fettle";
      assertThat(server.get(Role.OPERATOR, api).status()).as(api).isEqualTo(200);
      assertThat(server.get(Role.OWNER, api).status()).as(api).isEqualTo(404);
      assertThat(server.get(Role.OPERATOR, api + "x").status()).isEqualTo(404);
    }
  }
}
