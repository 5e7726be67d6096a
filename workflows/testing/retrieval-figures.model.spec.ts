import { describe, it } from '@jest/globals';
import { readAbstracts } from './compare-retrieval.js';
import { hasStarterModels } from './open-test-heddle.js';
import { checkRetrievalFigures } from './retrieval-figures.js';

const abstracts = readAbstracts(80);
const canRun = abstracts !== undefined && (await hasStarterModels());
const name = canRun
  ? 'finds a search that was made worse, and no difference where there is none'
  : 'finds a search that was made worse (skipped: the PubMedQA abstracts or the starter models are not here)';

describe('a comparison of two searches in 80 PubMedQA abstracts', () => {
  (canRun ? it : it.skip)(
    name,
    async () => {
      if (abstracts !== undefined)
        await checkRetrievalFigures(abstracts, { rows: 60, seeds: 5, simulations: 100, noise: 0.6 });
    },
    300_000,
  );
});
