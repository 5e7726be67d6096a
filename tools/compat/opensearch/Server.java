import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.opensearch.common.settings.Settings;
import org.opensearch.node.InternalSettingsPreparer;
import org.opensearch.node.Node;
import org.opensearch.plugins.Plugin;

/** OpenSearch with its k-NN plugin in one process: FOLDER PORT. */
public class Server {
  private static final class OneNode extends Node {
    OneNode(Settings settings, Collection<Class<? extends Plugin>> plugins) {
      super(InternalSettingsPreparer.prepareEnvironment(settings, Map.of(), null, () -> "heddle-compat"), plugins, true);
    }
  }

  @SuppressWarnings("unchecked")
  public static void main(String[] arguments) throws Exception {
    List<Class<? extends Plugin>> plugins = new ArrayList<>();
    for (String name : new String[] {
          "org.opensearch.transport.Netty4Plugin",
          "org.opensearch.index.reindex.ReindexPlugin",
          "org.opensearch.painless.PainlessPlugin",
          "org.opensearch.knn.plugin.KNNPlugin"
        }) {
      plugins.add((Class<? extends Plugin>) Class.forName(name));
    }
    Settings settings =
        Settings.builder()
            .put("path.home", arguments[0])
            .put("cluster.name", "heddle-compat")
            .put("discovery.type", "single-node")
            .put("network.host", "127.0.0.1")
            .put("http.port", arguments[1])
            .put("transport.port", "0")
            .put("cluster.routing.allocation.disk.threshold_enabled", false)
            .put("node.store.allow_mmap", false)
            .build();
    new OneNode(settings, plugins).start();
    Thread.currentThread().join();
  }
}
