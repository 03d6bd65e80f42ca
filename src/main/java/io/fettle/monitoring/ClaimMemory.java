package io.fettle.monitoring;

import io.fettle.cmdb.Claims;
import io.fettle.kernel.AssetId;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.springframework.stereotype.Component;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * What was claimed lately: the same facts are claimed again only now and then, to show that they
 * are still seen. Bounded; what falls out is claimed once more than needed.
 */
@Component
class ClaimMemory {
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final Duration AGAIN = Duration.ofMinutes(30);
  private static final int MOST = 100_000;

  private final Map<Key, Last> last =
      new LinkedHashMap<>(1_024, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Key, Last> eldest) {
          return size() > MOST;
        }
      };

  /** Who said it of what. */
  record Key(AssetId machine, String check, String facet, boolean outOfBand) {}

  private record Last(int hash, Instant at) {}

  /** A claim that the register has not heard lately. */
  record News(Key key, Claims.Claim claim) {}

  /**
   * Empty when this is what was claimed lately; otherwise remembers it as claimed, until {@link
   * #forget}.
   */
  Optional<News> news(
      AssetId machine,
      String check,
      boolean outOfBand,
      String facet,
      Map<String, Object> doc,
      Instant now) {
    Key key = new Key(machine, check, facet, outOfBand);
    if (!isNews(key, doc.hashCode(), now)) return Optional.empty();
    Claims.Source.Type type = outOfBand ? Claims.Source.Type.BMC : Claims.Source.Type.HOST;
    Map<String, JsonNode> facets = Map.of(facet, JSON.valueToTree(doc));
    return Optional.of(
        new News(key, new Claims.Claim(new Claims.Source(check, type), machine, facets, now)));
  }

  private synchronized boolean isNews(Key key, int hash, Instant now) {
    Last known = last.get(key);
    if (known != null && known.hash() == hash && now.isBefore(known.at().plus(AGAIN))) return false;
    last.put(key, new Last(hash, now));
    return true;
  }

  /** It did not get through: the next visit claims it again. */
  synchronized void forget(News news) {
    last.remove(news.key());
  }
}
