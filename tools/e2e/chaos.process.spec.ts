import { afterAll, describe, expect, it, jest } from '@jest/globals';
import { isLong, sampleSeed } from '@heddle/core/testing';
import { join } from 'node:path';
import { reportText } from '../chaos/report.js';
import { runChaos } from '../chaos/run-chaos.js';
import { cleanUp, temporaryFolder } from './built-program.js';
import { hasStarterModels } from './starter-models.js';

jest.setTimeout(300_000);
afterAll(cleanUp);

const hasModels = await hasStarterModels();
const kills = isLong ? 30 : 3;

describe(`a server that is killed at ${kills} random moments`, () => {
  it(`keeps the eight promises, ${hasModels ? 'with the starter models' : 'without models, which are not on this machine'}`, async () => {
    const report = await runChaos({
      faults: { kill: kills },
      seed: sampleSeed,
      hasModels,
      data: join(temporaryFolder(), 'data'),
      pace: 0.4,
      isPatient: true,
    });
    // The text names the broken promises and the seed.
    expect(report.isGood ? '' : reportText(report)).toBe('');
    expect(report.kills).toBe(kills);
    expect(report.outcomes['done']).toBeGreaterThan(0);
    expect(report.seen['ingests']).toBeGreaterThan(0);
    expect(report.seen['publishedStreams']).toBeGreaterThan(0);
  });
});
