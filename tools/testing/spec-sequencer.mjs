import { statSync } from 'node:fs';
import { drawSpecs, orderSpecs } from './order-specs.mjs';

/** Gives Jest the order of the spec files. HEDDLE_DRAW_SPECS is the seed of a run that includes only some of them. */
export default class SpecSequencer {
  constructor({ globalConfig }) {
    this.workers = globalConfig.maxWorkers;
  }

  sort(tests) {
    const specs = tests.map((test) => ({ test, path: test.path, size: statSync(test.path).size }));
    const seed = process.env.HEDDLE_DRAW_SPECS;
    return orderSpecs(seed ? drawSpecs(specs, Number(seed)) : specs, this.workers).map(({ test }) => test);
  }

  /** Jest reports how long each file took; these times are not stored. */
  cacheResults() {}
}
