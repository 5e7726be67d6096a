// How long each body holds the event loop of a server that was started with loop-hold.mjs.

/** Milliseconds: a longer hold is measured again, since a collection of garbage may have come in between. */
const goal = 50;
const tries = 3;

/** Collects the longest hold of each shape and where it was. */
export class BodyHolds {
  #pipe;
  #tell;
  #longest = new Map();
  #all = [];

  /** `pipe` is the server's file 3; `tell` is told of the longest hold so far. */
  constructor(pipe, tell) {
    this.#pipe = pipe;
    this.#tell = tell;
  }

  /** Does the work, up to three times while it holds the loop for more than the goal, and keeps the least of these. */
  async measure(shape, location, work) {
    let least;
    for (let index = 0; index < tries && (least === undefined || least.work > goal); index += 1) {
      await this.#ask();
      await work();
      // What goes on behind the answer counts too.
      await new Promise((resolve) => setTimeout(resolve, 10));
      const hold = await this.#ask();
      if (least === undefined || hold.work < least.work) least = hold;
    }
    this.#all.push(least.work);
    const known = this.#longest.get(shape);
    if (known !== undefined && known.work >= least.work) return;
    this.#longest.set(shape, { ...least, location });
    if (least.work >= Math.max(...this.#all)) this.#tell(`${shape} at ${location}: ${least.work.toFixed(0)} ms`);
  }

  #ask() {
    return new Promise((resolve) => {
      this.#pipe.once('data', (line) => resolve(JSON.parse(line)));
      this.#pipe.write('?');
    });
  }

  /** The rows of the bench; what holds the loop for more than the goal is told, with its location. */
  rows() {
    for (const [shape, { work, wall, location }] of this.#longest)
      if (work > goal)
        process.stderr.write(`  ${shape} at ${location}: ${work.toFixed(0)} ms, by the clock ${wall.toFixed(0)}\n`);
    const sorted = this.#all.toSorted((a, b) => a - b);
    return [
      { case: 'bodies-longest', unit: 'ms', samples: [sorted.at(-1)] },
      { case: 'bodies-p99', unit: 'ms', samples: [sorted[Math.floor(sorted.length * 0.99)]] },
    ];
  }
}
