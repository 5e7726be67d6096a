import { afterAll, describe, it, jest } from '@jest/globals';
import { cleanUp } from './built-program.js';
import { killExperiment } from './kill-experiment.js';

jest.setTimeout(900_000);
afterAll(cleanUp);

describe('an experiment of 1,000 rows on a server that is killed ten times', () => {
  it('runs every row once, and has the same table as without kills', () => killExperiment({ rows: 1_000, kills: 10 }));
});
