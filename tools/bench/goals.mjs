// The goal of each figure, for a quiet machine with two cores. A row is compared by its value, or by its ratio if the goal says so.
const atMost = (value) => ({ value, isAtMost: true });
const atLeast = (value) => ({ value, isAtMost: false });
const ofRatio = (goal) => ({ ...goal, isRatio: true });

export const goals = {
  'engine-chain': atMost(3),
  'engine-fan-out': atMost(4),
  'engine-loop': atMost(5),
  'engine-loop-memory': atMost(100),
  'engine-durable': atMost(30),
  'engine-durable-100-runs': atMost(10),
  'engine-durable-fan-out': atMost(12),
  'cluster-chain': atMost(700),
  'cluster-chain-10-runs': atMost(100),
  'cluster-chain-100-runs': atMost(40),
  'cluster-workers-2': ofRatio(atLeast(1.9)),
  'cluster-workers-4': ofRatio(atLeast(3.4)),
  'cluster-pickup-p50': atMost(8),
  'cluster-pickup-p95': atMost(25),
  'cluster-kill-p95': atMost(15_000),
  'cluster-stop-p95': atMost(15_000),
  'cluster-drain-p95': atMost(2_000),
  'cluster-drain-exit': atMost(20_000),
  'cluster-flush-new-runs': atMost(15_000),
  'cluster-redis-away-new-runs': atMost(15_000),
  'cluster-redis-away-running': ofRatio(atMost(1.1)),
  'cluster-postgres-restart-silence': atMost(5_000),
  'cluster-postgres-restart-lost': atMost(0),
  'cluster-cancel-p95': atMost(1_000),
  'cluster-cancel-without-redis-p95': atMost(1_000),
  'cluster-delta-processor': atMost(60),
  'cluster-delta-p95': atMost(60),
  'cluster-watchers-p95': atMost(120),
  'http-runs': atLeast(1500),
  'http-run-time-p99': atMost(100),
  'auth-added': atMost(0.3),
  'authority-run': atMost(0.05),
  'authority-lookup': atMost(0.005),
  'thread-run': atMost(1),
  'bodies-longest': atMost(50),
  'cold-start': atMost(1500),
  'idle-memory': atMost(170),
  'suspended-1000-memory': atMost(20),
  'suspended-resume': atMost(10),
  'restart-10000-serving': atMost(2000),
  'first-token-added-sse': atMost(3),
  'first-token-added-sse-p99': atMost(15),
  'first-token-added-socket': atMost(3),
  'first-token-added-socket-p99': atMost(15),
  'dashboard-1m': atMost(1000),
  'dashboard-1m-processor': atMost(1000),
  'dashboard-1m-workflow': atMost(1000),
  'monitor-run': atMost(0.1),
  'rollup-behind': atMost(10_000),
  'rollup-throughput': ofRatio(atLeast(0.97)),
  'generate-tokens': ofRatio(atLeast(0.97)),
  'generate-four-tokens': ofRatio(atLeast(0.97)),
  'ingest-tokens': ofRatio(atLeast(0.9)),
  'hybrid-100k': atMost(25),
  'hybrid-1m': atMost(60),
  'hybrid-1m-load': atMost(3),
  'graph-100k': atMost(40),
  'graph-100k-readers': atMost(60),
  'graph-100k-filter': atMost(60),
  'route-decision': atMost(1),
  'moderation-rules': atMost(20),
  'moderation-classifier': atMost(60),
  'experiment-3000-runs': atMost(6),
  lab: atMost(600),
  'experiment-table-10000': atMost(1000),
  'experiment-page-10000': atMost(1000),
  'label-join-bytes': atMost(1),
  'audit-verify-1m': atMost(30),
  'sockets-arrival-p95': atMost(100),
  'sockets-memory': atMost(150),
  'live-longest-task': atMost(100),
  'live-frame': atMost(20),
  'live-token-on-screen': atMost(50),
  'query-1m': atMost(8),
  'query-1m-load': atMost(3),
  'query-1m-recall': atLeast(0.995),
  'query-1m-loop-delay-p99': atMost(5),
};
for (const name of ['query-100k', 'query-100k-real'])
  Object.assign(goals, {
    [name]: atMost(1.5),
    [`${name}-p95`]: atMost(3),
    [`${name}-filter-1%`]: atMost(1),
    [`${name}-filter-10%`]: atMost(3),
    [`${name}-recall`]: atLeast(0.995),
    [`${name}-load`]: atMost(0.5),
    [`${name}-loop-delay-p99`]: atMost(5),
  });

for (const channel of ['v1', 'chat', 'responses', 'responses-stored', 'mcp', 'mcp-stateless'])
  Object.assign(goals, { [`channels-${channel}`]: atLeast(1500), [`channels-${channel}-p99`]: atMost(100) });

/** Gives the goal of a row as text, and whether it is reached; undefined if the row has no goal. */
export function goalOf({ case: name, median, ratio }) {
  const goal = goals[name];
  if (goal === undefined) return undefined;
  const figure = goal.isRatio === true ? ratio : median;
  if (figure === undefined) return undefined;
  const isReached = goal.isAtMost ? figure <= goal.value : figure >= goal.value;
  return { text: `${goal.isAtMost ? '<=' : '>='} ${goal.value}${goal.isRatio === true ? ' x' : ''}`, isReached };
}
