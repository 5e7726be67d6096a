import { afterAll, describe, it, jest } from '@jest/globals';
import { cleanUp } from './built-program.js';
import { killExperiment } from './kill-experiment.js';

jest.setTimeout(180_000);
afterAll(cleanUp);

describe('an experiment on a server that is killed', () => {
  it('runs every row once, and has the same table as without kills', () => killExperiment({ rows: 150, kills: 3 }));
});
