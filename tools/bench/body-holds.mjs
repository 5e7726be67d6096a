// Measures how long each body blocks the event loop of a server that was started with loop-hold.mjs.

/** Milliseconds. A longer hold is measured again, because a garbage collection may have caused it. */
const goal = 50;
const tries = 3;

/** Collects the longest hold of each shape and its channel. */
export class BodyHolds {
  #pipe;
  #report;
  #longest = new Map();
  #all = [];

  /** `pipe` is connected to file descriptor 3 of the server; `report` is called with each new longest hold. */
  constructor(pipe, report) {
    this.#pipe = pipe;
    this.#report = report;
  }

  /** Runs the work up to three times while it blocks the loop for longer than the goal, and keeps the shortest hold. */
  async measure(shape, channel, work) {
    let least;
    for (let index = 0; index < tries && (least === undefined || least.work > goal); index += 1) {
      await this.#ask();
      await work();
      // Work that continues after the reply counts too.
      await new Promise((resolve) => setTimeout(resolve, 10));
      const hold = await this.#ask();
      if (least === undefined || hold.work < least.work) least = hold;
    }
    this.#all.push(least.work);
    const known = this.#longest.get(shape);
    if (known !== undefined && known.work >= least.work) return;
    this.#longest.set(shape, { ...least, channel });
    if (least.work >= Math.max(...this.#all)) this.#report(`${shape} at ${channel}: ${least.work.toFixed(0)} ms`);
  }

  #ask() {
    return new Promise((resolve) => {
      this.#pipe.once('data', (line) => resolve(JSON.parse(line)));
      this.#pipe.write('?');
    });
  }

  /** Gives the rows of the bench, and prints each hold above the goal with its channel. */
  rows() {
    for (const [shape, { work, wall, channel }] of this.#longest)
      if (work > goal)
        process.stderr.write(`  ${shape} at ${channel}: ${work.toFixed(0)} ms, by the clock ${wall.toFixed(0)}\n`);
    const sorted = this.#all.toSorted((a, b) => a - b);
    return [
      { case: 'bodies-longest', unit: 'ms', samples: [sorted.at(-1)] },
      { case: 'bodies-p99', unit: 'ms', samples: [sorted[Math.floor(sorted.length * 0.99)]] },
    ];
  }
}
