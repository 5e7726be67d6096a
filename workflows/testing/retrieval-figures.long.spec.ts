import { describe, it, jest } from '@jest/globals';
import { readAbstracts } from './compare-retrieval.js';
import { hasStarterModels } from './open-test-heddle.js';
import { checkRetrievalFigures } from './retrieval-figures.js';

jest.setTimeout(900_000);
const abstracts = readAbstracts(300);
const canRun = abstracts !== undefined && (await hasStarterModels());
const name = canRun
  ? 'finds a search that was made worse with 20 of 20 seeds, and calls equal ones different in at most 5 % of 1,000 simulations'
  : 'finds a search that was made worse (skipped: the PubMedQA abstracts or the starter models are not here)';

describe('a comparison of two searches in 300 PubMedQA abstracts', () => {
  (canRun ? it : it.skip)(name, async () => {
    if (abstracts === undefined) return;
    const figures = await checkRetrievalFigures(abstracts, { rows: 200, seeds: 20, simulations: 1_000, noise: 0.25 });
    process.stderr.write(`largest p ${figures.largestP}, called different ${figures.calledDifferent} of 1,000\n`);
  });
});
