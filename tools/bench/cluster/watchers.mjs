import { startWatchers, writing } from '../sockets.bench.mjs';
import { onCluster, parameter } from './open-cluster.mjs';

const perSecond = 50;

/** Measures sockets at two API processes that watch one run of a worker. */
export const watchers = {
  name: 'cluster-watchers',
  title: 'two API processes with 1,000 sockets each (HEDDLE_BENCH_WATCHERS) that watch one run of a worker',
  run: (bench) =>
    onCluster({ apis: 2 }, bench, async (cluster) => {
      const count = parameter('HEDDLE_BENCH_WATCHERS', 1_000);
      const seconds = parameter('HEDDLE_BENCH_SECONDS', 30);
      bench.progress(`${count} sockets connect to each process`);
      const groups = cluster.apis.map(({ address }) => startWatchers(address, count));
      for (const { ended } of groups) ended.catch(() => undefined);
      await Promise.all(groups.map(({ connected }) => connected));
      bench.progress('they watch');
      const workflow = await cluster.save(writing(seconds * perSecond));
      const [runId] = await cluster.accept(workflow);
      for (const group of groups) group.watch(runId);
      const reports = await Promise.all(groups.map(({ ended }) => ended));
      const failures = reports.flatMap((report) => report.failures);
      if (failures.length > 0) throw new Error(`There were gaps, such as: ${failures.slice(0, 5).join('; ')}`);
      return [
        ...['p50', 'p95', 'p99'].map((share) => ({
          case: `cluster-watchers-${share}`,
          unit: 'ms',
          samples: [Math.max(...reports.map(({ arrival }) => arrival[share]))],
        })),
        {
          case: 'cluster-watchers-resyncs',
          unit: 'resyncs',
          samples: [reports.reduce((sum, { resyncs }) => sum + resyncs, 0)],
        },
      ];
    }),
};
