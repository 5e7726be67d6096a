import { afterAll, describe, it, jest } from '@jest/globals';
import { cleanUp } from './built-program.js';
import { startFakeProvider } from './fake-provider.js';
import { killExperiment } from './kill-experiment.js';

jest.setTimeout(180_000);
afterAll(cleanUp);

describe('an experiment on a server that is killed', () => {
  it('runs every row once, and has the same table as without kills', () => killExperiment({ rows: 150, kills: 3 }));

  it('asks the model once for all variants of a row, and counts that call once', async () => {
    const provider = await startFakeProvider('k');
    try {
      await killExperiment({ rows: 60, kills: 3, provider });
    } finally {
      await provider.stop();
    }
  });
});
