import { afterAll, describe, expect, it, jest } from '@jest/globals';
import { isLong, sampleSeed } from '@heddle/core/testing';
import { clusterFaultKinds } from '../chaos/cluster/cluster-faults.js';
import { runCluster } from '../chaos/cluster/run-cluster.js';
import { startServices } from '../chaos/cluster/services.js';
import { reportText } from '../chaos/report.js';
import { cleanUp } from './built-program.js';

jest.setTimeout(600_000);

const services = await startServices();
const bucket = typeof services === 'string' ? undefined : services.bucket;
const missing =
  typeof services === 'string'
    ? services
    : typeof bucket === 'string'
      ? `without files and imports: ${bucket}`
      : 'Postgres, Redis and an S3 server are installed';
const suite = typeof services === 'string' ? describe.skip : describe;

afterAll(async () => {
  await cleanUp();
  if (typeof services !== 'string') await services.close();
});

/** The number of faults of each kind. */
const count = isLong ? 3 : 1;
const faults = Object.fromEntries(Object.keys(clusterFaultKinds).map((kind) => [kind, count]));

suite(`a cluster with every kind of fault (${missing})`, () => {
  it('keeps the eight promises', async () => {
    if (typeof services === 'string') return;
    const report = await runCluster({
      faults,
      services,
      seed: sampleSeed,
      leaseMs: 1_500,
      pace: 0.1,
      isPatient: true,
      runs: 5,
    });
    // The text names the broken promises and the seed.
    expect(report.isGood ? '' : reportText(report)).toBe('');
    const possible = Object.entries(faults).filter(([kind]) => !Object.hasOwn(report.skipped, kind));
    expect(report.cluster?.struck).toEqual(Object.fromEntries(possible));
    if (typeof bucket !== 'string') expect(report.seen['ingests']).toBeGreaterThan(0);
    expect(report.outcomes['done']).toBeGreaterThan(0);
    expect(report.seen['publishedStreams']).toBeGreaterThan(0);
    expect(report.cluster?.connectionsCut).toBeGreaterThan(0);
  });
});
