import { statSync } from 'node:fs';
import { orderSpecs } from './order-specs.mjs';

/** Jest asks it for the order of the spec files. */
export default class SpecSequencer {
  constructor({ globalConfig }) {
    this.workers = globalConfig.maxWorkers;
  }

  sort(tests) {
    const specs = tests.map((test) => ({ test, path: test.path, size: statSync(test.path).size }));
    return orderSpecs(specs, this.workers).map(({ test }) => test);
  }

  /** Jest tells how long each file took, for the next run: none of that is kept. */
  cacheResults() {}
}
