package io.fettle.cmdb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.springframework.test.web.servlet.request.MockMvcRequestBuilders.get;
import static org.springframework.test.web.servlet.request.MockMvcRequestBuilders.multipart;
import static org.springframework.test.web.servlet.request.MockMvcRequestBuilders.patch;
import static org.springframework.test.web.servlet.request.MockMvcRequestBuilders.post;

import io.fettle.kernel.Problem;
import io.fettle.kernel.Role;
import io.fettle.kernel.Viewer;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.core.MethodParameter;
import org.springframework.http.converter.ByteArrayHttpMessageConverter;
import org.springframework.http.converter.json.JacksonJsonHttpMessageConverter;
import org.springframework.mock.web.MockHttpServletResponse;
import org.springframework.mock.web.MockPart;
import org.springframework.test.web.servlet.MockMvc;
import org.springframework.test.web.servlet.RequestBuilder;
import org.springframework.test.web.servlet.setup.MockMvcBuilders;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RestControllerAdvice;
import org.springframework.web.bind.support.WebDataBinderFactory;
import org.springframework.web.context.request.NativeWebRequest;
import org.springframework.web.method.support.HandlerMethodArgumentResolver;
import org.springframework.web.method.support.ModelAndViewContainer;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.json.JsonMapper;

/** The shapes that scripts rely on. */
class ApiTest {
  private final Room room = new Room();
  private Viewer viewer = new Viewer(Room.ANN, Set.of(Role.OPERATOR), Set.of());
  private final JsonMapper json =
      JsonMapper.builder().propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE).build();
  private final Machines machines = new Machines(room.register, new Finder(new FindTable(room.db)));
  private final MockMvc web =
      MockMvcBuilders.standaloneSetup(
              new ImportApi(room.imports),
              new AssetApi(room.register, machines, room.provenance, room.history, room.catalogue),
              new EditApi(machines, room.edits),
              new ConflictApi(room.conflicts))
          .setControllerAdvice(new Refusals())
          .setCustomArgumentResolvers(new Asking())
          .setMessageConverters(
              new ByteArrayHttpMessageConverter(), new JacksonJsonHttpMessageConverter(json))
          .build();

  private final class Asking implements HandlerMethodArgumentResolver {
    @Override
    public boolean supportsParameter(MethodParameter parameter) {
      return parameter.getParameterType() == Viewer.class;
    }

    @Override
    public Object resolveArgument(
        MethodParameter parameter,
        @Nullable ModelAndViewContainer container,
        NativeWebRequest request,
        @Nullable WebDataBinderFactory binders) {
      return viewer;
    }
  }

  @RestControllerAdvice
  private static final class Refusals {
    @ExceptionHandler
    org.springframework.http.ResponseEntity<String> refused(Problem problem) {
      return org.springframework.http.ResponseEntity.status(problem.status())
          .body(problem.title().en());
    }
  }

  @BeforeEach
  void fleet() throws Exception {
    JsonNode answer =
        ok(
            post("/api/v1/register/imports")
                .content(
                    "资产号,序列号,厂商,IP,团队\nA1,SERIAL01,Dell,10.0.0.1,pay\nA2,SERIAL02,HPE,10.0.0.2:2222,ads\nA3,SERIAL03,HPE,nonsense!,ads\n")
                .contentType("text/csv"));
    assertThat(answer.path("created").asInt()).isEqualTo(2);
    assertThat(answer.at("/rejected/0").propertyNames())
        .contains("line", "column", "value", "reason");
    assertThat(answer.at("/rejected/0/line").asInt()).isEqualTo(4);
    assertThat(answer.at("/rejected/0/column").asString()).isEqualTo("IP");
    assertThat(answer.at("/rejected/0/reason").asString()).contains("not an IP");
    JsonNode later = ok(get("/api/v1/register/imports/" + answer.path("id").asString()));
    assertThat(later.path("state").asString()).isEqualTo("done");
    assertThat(later.path("rejected")).hasSize(1);
  }

  private MockHttpServletResponse call(RequestBuilder request) throws Exception {
    return web.perform(request).andReturn().getResponse();
  }

  private JsonNode ok(RequestBuilder request) throws Exception {
    MockHttpServletResponse response = call(request);
    assertThat(response.getStatus()).as(response.getContentAsString()).isEqualTo(200);
    return json.readTree(response.getContentAsString(StandardCharsets.UTF_8));
  }

  @Test
  void aDryRunShowsMappingAndRowsAndWritesNothing() throws Exception {
    JsonNode answer =
        ok(
            multipart("/api/v1/register/imports?dry_run=true")
                .part(
                    new MockPart(
                        "file",
                        "新机器.csv",
                        "资产号,机柜\nA1,R1\nA9,R1\nA9,R2\n".getBytes(StandardCharsets.UTF_8)))
                .locale(Locale.SIMPLIFIED_CHINESE));

    assertThat(answer.path("id").isNull()).isTrue();
    assertThat(answer.at("/mapping/headers/1/column").asString()).isEqualTo("rack");
    assertThat(answer.path("rows").valueStream().map(r -> r.path("outcome").asString()).toList())
        .containsExactly("updated", "created", "rejected");
    assertThat(answer.at("/rejected/0/reason").asString()).isEqualTo("与第 3 行重复：A9");
    assertThat(answer.at("/rejected/0/reason_en").asString()).isEqualTo("already in line 3: A9");
    assertThat(room.count("asset")).isEqualTo(2);
  }

  @Test
  void resolveHasTheFixedShape() throws Exception {
    assertThat(ok(get("/api/v1/resolve?q=10.0.0.2")))
        .isEqualTo(
            Room.json(
                "{'q':'10.0.0.2','kind':'ip','hits':[{'id':'"
                    + room.id("A2")
                    + "','asset_no':'A2','key':'net.ip','matched':'10.0.0.2:2222'}]}"));
  }

  @Test
  void listsAreFilteredPagedAndCounted() throws Exception {
    JsonNode first = ok(get("/api/v1/assets?limit=1&count=true"));
    assertThat(first.at("/items/0/asset_no").asString()).isEqualTo("A1");
    assertThat(first.path("total").asInt()).isEqualTo(2);
    JsonNode second = ok(get("/api/v1/assets?limit=1&cursor=" + first.path("next").asString()));
    assertThat(second.at("/items/0/address").asString()).isEqualTo("10.0.0.2:2222");
    assertThat(second.path("next").isNull()).isTrue();
    JsonNode some = ok(get("/api/v1/assets").param("filter", "register.vendor == 'HPE'"));
    assertThat(some.path("items")).hasSize(1);

    assertThat(call(get("/api/v1/assets?cursor=nonsense")).getStatus()).isEqualTo(422);
    assertThat(call(get("/api/v1/assets").param("filter", "x ==")).getStatus()).isEqualTo(422);
  }

  @Test
  void oneMachineWithProvenanceByAnyKey() throws Exception {
    MockHttpServletResponse response = call(get("/api/v1/assets/serial01?provenance=true"));
    JsonNode machine = json.readTree(response.getContentAsString(StandardCharsets.UTF_8));

    assertThat(machine.path("asset_no").asString()).isEqualTo("A1");
    assertThat(machine.at("/facets/register/vendor").asString()).isEqualTo("Dell");
    assertThat(machine.path("provenance").path("/register/vendor").path("source").asString())
        .isEqualTo("register");
    assertThat(response.getHeader("ETag")).isEqualTo("\"" + machine.path("version").asInt() + "\"");
    assertThat(ok(get("/api/v1/assets/A1/history")).path("items")).hasSize(1);
    assertThat(ok(get("/api/v1/facet-types")).path("bmc").at("/schema/type").asString())
        .isEqualTo("object");
  }

  @Test
  void anotherTeamsMachineAnswers404EvenByItsId() throws Exception {
    String id = room.id("A1").toString();
    viewer = Room.owner("ads");

    assertThat(call(get("/api/v1/assets/" + id)).getStatus()).isEqualTo(404);
    assertThat(call(get("/api/v1/assets/A1/history")).getStatus()).isEqualTo(404);
    assertThat(call(get("/api/v1/assets/A2")).getStatus()).isEqualTo(200);
    assertThat(ok(get("/api/v1/assets")).path("items")).hasSize(1);
    assertThat(ok(get("/api/v1/resolve?q=10.0.0.1")).path("hits")).isEmpty();
  }

  @Test
  void editsNeedTheVersionThatWasRead() throws Exception {
    long version = room.machine("A1").version();
    var edit =
        patch("/api/v1/assets/A1/facets/placement?reason=moved")
            .contentType("application/merge-patch+json")
            .content("{\"rack\":\"F1\"}");
    assertThat(call(edit).getStatus()).isEqualTo(428);

    assertThat(call(edit.header("If-Match", "\"" + version + "\"")).getStatus()).isEqualTo(200);
    assertThat(call(edit).getStatus()).isEqualTo(412);
    assertThat(room.text("A1", "placement.rack")).isEqualTo("F1");
    assertThat(
            call(post("/api/v1/assets/A1/retire")
                    .contentType("application/json")
                    .content("{\"reason\":\"scrapped\"}"))
                .getStatus())
        .isEqualTo(200);
    assertThat(room.text("A1", "lifecycle")).isEqualTo("retired");
  }

  @Test
  void conflictsAreListedAndRejectedWithAReason() throws Exception {
    room.load("资产号,序列号,厂商\nA1,SERIAL02,HPE\n");
    JsonNode list = ok(get("/api/v1/conflicts"));
    assertThat(list.path("total").asInt()).isEqualTo(1);
    assertThat(list.at("/items/0/explain")).isNotEmpty();
    String url = "/api/v1/conflicts/" + list.at("/items/0/id").asString() + "/reject";

    assertThat(call(post(url).contentType("application/json").content("{}")).getStatus())
        .isEqualTo(422);
    var reject =
        post(url).contentType("application/json").content("{\"reason\":\"file was wrong\"}");
    assertThat(call(reject).getStatus()).isEqualTo(204);
    assertThat(call(reject).getStatus()).isEqualTo(404);
  }
}
