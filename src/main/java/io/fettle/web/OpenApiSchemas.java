package io.fettle.web;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import io.swagger.v3.core.jackson.ModelResolver;
import io.swagger.v3.core.jackson.TypeNameResolver;
import java.util.Map;
import java.util.Set;
import org.springdoc.core.providers.ObjectMapperProvider;
import org.springdoc.core.utils.SpringDocUtils;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Makes the OpenAPI description say what the documents hold: their names are snake_case, a record
 * inside a controller has that controller's name before its own (there are several {@code Row}s),
 * and a free document is any object.
 */
@Configuration(proxyBeanMethods = false)
class OpenApiSchemas {
  static {
    SpringDocUtils.getConfig()
        .replaceWithClass(ObjectNode.class, Map.class)
        .replaceWithClass(JsonNode.class, Object.class);
  }

  @Bean
  ModelResolver modelResolver(ObjectMapperProvider mappers) {
    ObjectMapper snake =
        mappers.jsonMapper().copy().setPropertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE);
    ModelResolver resolver = new ModelResolver(snake, new Names());
    resolver.setOpenapi31(true);
    return resolver;
  }

  private static final class Names extends TypeNameResolver {
    @Override
    protected String nameForClass(Class<?> type, Set<Options> options) {
      Class<?> around = type.getEnclosingClass();
      String name = super.nameForClass(type, options);
      return around == null ? name : around.getSimpleName() + "." + name;
    }
  }
}
