// Measures Heddle on Postgres and Redis. `npm run bench -- cluster` runs all cases; each case also has its own name.
import { cancel } from './cluster/cancel.mjs';
import { deltas } from './cluster/deltas.mjs';
import { lostRedis, restartedPostgres } from './cluster/lost-services.mjs';
import { lostWorkers } from './cluster/lost-workers.mjs';
import { moreWorkers } from './cluster/more-workers.mjs';
import { nodesOnPostgres } from './cluster/nodes.mjs';
import { pickup, pickupWithoutRedis } from './cluster/pickup.mjs';
import { watchers } from './cluster/watchers.mjs';

export const cases = [
  ...[nodesOnPostgres, moreWorkers, pickup, ...pickupWithoutRedis, lostWorkers, lostRedis, restartedPostgres],
  ...[cancel, deltas, watchers],
];
