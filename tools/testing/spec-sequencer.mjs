import { statSync } from 'node:fs';
import { drawSpecs, orderSpecs } from './order-specs.mjs';

/** Jest asks it for the order of the spec files; HEDDLE_DRAW_SPECS is the seed of a run that has not all of them. */
export default class SpecSequencer {
  constructor({ globalConfig }) {
    this.workers = globalConfig.maxWorkers;
  }

  sort(tests) {
    const specs = tests.map((test) => ({ test, path: test.path, size: statSync(test.path).size }));
    const seed = process.env.HEDDLE_DRAW_SPECS;
    return orderSpecs(seed ? drawSpecs(specs, Number(seed)) : specs, this.workers).map(({ test }) => test);
  }

  /** Jest tells how long each file took, for the next run: none of that is kept. */
  cacheResults() {}
}
