import { afterAll, describe, expect, it, jest } from '@jest/globals';
import { isLong, sampleSeed } from '@heddle/core/testing';
import { clusterFaultKinds } from '../chaos/cluster/cluster-faults.js';
import { runCluster } from '../chaos/cluster/run-cluster.js';
import { startServices } from '../chaos/cluster/services.js';
import { reportText } from '../chaos/report.js';
import { cleanUp } from './built-program.js';

jest.setTimeout(600_000);

const services = await startServices();
const missing = typeof services === 'string' ? services : undefined;
const suite = typeof services === 'string' ? describe.skip : describe;

afterAll(async () => {
  await cleanUp();
  if (typeof services !== 'string') await services.close();
});

/** Of each kind so many. */
const count = isLong ? 3 : 1;
const faults = Object.fromEntries(Object.keys(clusterFaultKinds).map((kind) => [kind, count]));

suite(`a cluster that is struck in every way (${missing ?? 'Postgres and Redis are installed'})`, () => {
  it('keeps the eight promises', async () => {
    if (typeof services === 'string') return;
    const report = await runCluster({
      ...{ faults, services, seed: sampleSeed, leaseMs: 1_500, pace: 0.2, isPatient: true, runs: 8 },
    });
    // The text names what was broken, and the seed.
    expect(report.isGood ? '' : reportText(report)).toBe('');
    expect(report.cluster?.struck).toEqual(faults);
    expect(report.outcomes['done']).toBeGreaterThan(0);
    expect(report.seen['publishedStreams']).toBeGreaterThan(0);
    expect(report.cluster?.connectionsCut).toBeGreaterThan(0);
  });
});
